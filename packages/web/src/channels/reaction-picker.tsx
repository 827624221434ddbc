/** A small set of reactions to choose from. */
import { ActionIcon, Popover, SimpleGrid, Tooltip, UnstyledButton } from '@mantine/core'
import { IconMoodPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { emoji } from './emoji.ts'
import classes from './message.module.css'

interface ReactionPickerProps {
  readonly onPick: (name: string) => void
  readonly size?: number
}

/** The button and, when it is open, the signs. */
export function ReactionPicker({ onPick, size = 28 }: ReactionPickerProps) {
  const [opened, setOpened] = useState(false)
  return (
    <Popover opened={opened} onChange={setOpened} position="top-end" shadow="md" trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Tooltip label="React" disabled={opened}>
          <ActionIcon size={size} aria-label="React" onClick={() => setOpened((before) => !before)}>
            <IconMoodPlus size={18} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={6} aria-label="Reactions">
        <SimpleGrid cols={6} spacing={2} verticalSpacing={2}>
          {emoji.map(({ name, sign, label }) => (
            <UnstyledButton
              key={name}
              className={classes.emoji}
              aria-label={label}
              title={label}
              onClick={() => {
                setOpened(false)
                onPick(name)
              }}
            >
              {sign}
            </UnstyledButton>
          ))}
        </SimpleGrid>
      </Popover.Dropdown>
    </Popover>
  )
}
