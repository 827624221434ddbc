/** Goes to a channel, note or person by a few letters of the name (Ctrl or ⌘ and K). */
import { Modal, Text, TextInput, UnstyledButton } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import classes from './switcher.module.css'
import { useDestinations } from './use-destinations.tsx'

interface SwitcherProps {
  readonly opened: boolean
  readonly onClose: () => void
}

/** The dialog. */
export function Switcher({ opened, onClose }: SwitcherProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size="lg"
      yOffset="12vh"
      centered={false}
      attributes={{ content: { 'aria-label': 'Go to a channel, note or person' } }}
      classNames={{ content: classes.content ?? '' }}
    >
      <SwitcherList onClose={onClose} />
    </Modal>
  )
}

/** Mounted with the dialog, so that each opening starts anew. */
function SwitcherList({ onClose }: { readonly onClose: () => void }) {
  const [query, setQuery] = useState('')
  const [picked, setPicked] = useState(0)
  const destinations = useDestinations(query)
  const listId = useId()
  const list = useRef<HTMLDivElement>(null)
  const index = Math.min(picked, destinations.length - 1)

  useEffect(() => {
    if (index >= 0) list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [index])

  function go(at: number): void {
    const destination = destinations[at]
    if (destination === undefined) return
    onClose()
    destination.go()
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && destinations.length > 0) {
      event.preventDefault()
      setPicked((index + step + destinations.length) % destinations.length)
    }
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) go(index)
  }

  return (
    <>
      <TextInput
        data-autofocus
        size="lg"
        variant="unstyled"
        placeholder="Go to a channel, note or person"
        aria-label="Go to a channel, note or person"
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={index < 0 ? undefined : `${listId}-${index}`}
        autoComplete="off"
        spellCheck={false}
        leftSection={<IconSearch size={20} aria-hidden />}
        classNames={{ input: classes.input ?? '' }}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value)
          setPicked(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={listId} role="listbox" aria-label="Places" className={classes.list}>
        {destinations.map((destination, at) => (
          <UnstyledButton
            key={destination.key}
            id={`${listId}-${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === index}
            className={classes.option}
            onClick={() => go(at)}
            onMouseMove={() => setPicked(at)}
          >
            {destination.icon}
            <Text component="span" size="sm" truncate flex={1}>
              {destination.label}
            </Text>
            <Text component="span" size="xs" c="dimmed">
              {destination.kind}
            </Text>
          </UnstyledButton>
        ))}
      </div>
      {destinations.length === 0 && (
        <Text c="dimmed" size="sm" p="lg" ta="center" role="status">
          Nothing here has “{query}” in its name.
        </Text>
      )}
    </>
  )
}
