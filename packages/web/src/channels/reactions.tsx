/** The reactions that a message has. */

import { Group, Tooltip, UnstyledButton } from '@mantine/core'
import type { Message } from '@sallyport/protocol'
import { emojiOf } from './emoji.ts'
import classes from './message.module.css'

interface ReactionsProps {
  readonly reactions: Message['reactions']
  readonly me: string
  /** Left out: the person may not react. */
  readonly onToggle: ((name: string, add: boolean) => void) | undefined
}

/** One button for each reaction: pressing adds or takes back one's own. */
export function Reactions({ reactions, me, onToggle }: ReactionsProps) {
  if (reactions.length === 0) return null
  return (
    <Group gap={4} mt={4}>
      {reactions.map(({ name, users, count }) => {
        const { sign, label } = emojiOf(name)
        const mine = users.some(({ id }) => id === me)
        const names = users.map((user) => user.name).join(', ')
        return (
          <Tooltip key={name} label={`${names}: ${label}`} multiline maw={260}>
            <UnstyledButton
              className={classes.reaction}
              aria-pressed={mine}
              aria-label={`${label}, ${count}: ${names}`}
              disabled={onToggle === undefined}
              onClick={() => onToggle?.(name, !mine)}
            >
              <span aria-hidden>{sign}</span>
              <span aria-hidden>{count}</span>
            </UnstyledButton>
          </Tooltip>
        )
      })}
    </Group>
  )
}
