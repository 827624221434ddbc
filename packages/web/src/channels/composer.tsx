/** Where a message is written. */

import { ActionIcon, Textarea } from '@mantine/core'
import type { Channel } from '@sallyport/client'
import { limits } from '@sallyport/protocol'
import { IconArrowUp } from '@tabler/icons-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import classes from './composer.module.css'
import { loadDraft, saveDraft } from './drafts.ts'

interface ComposerProps {
  readonly channel: Channel
  readonly parent: string | null
  /** Under this name the draft is kept. */
  readonly place: string
  readonly label: string
  readonly onSend: (content: string) => void
}

/** Enter sends, Shift and Enter make a new line; what is not sent stays here until the next visit. */
export function Composer({ channel, parent, place, label, onSend }: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(() => loadDraft(place))
  const content = text.trim()
  const over = [...content].length - limits.messageContent

  function change(value: string): void {
    setText(value)
    saveDraft(place, value)
    if (value.trim() !== '') channel.typing(parent ?? undefined)
  }

  function submit(): void {
    if (content === '' || over > 0) return
    onSend(content)
    setText('')
    saveDraft(place, '')
    // After the button was pressed: the next message is written here too, and a phone keeps its keyboard.
    field.current?.focus()
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    submit()
  }

  return (
    <form
      className={classes.composer}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Textarea
        ref={field}
        className={classes.field ?? ''}
        variant="unstyled"
        aria-label={label}
        placeholder={label}
        autosize
        minRows={1}
        maxRows={8}
        autoFocus={window.matchMedia('(hover: hover)').matches}
        value={text}
        error={over > 0 ? `${over} characters too long` : undefined}
        onChange={(event) => change(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <ActionIcon
        type="submit"
        variant="filled"
        color="gate"
        size={34}
        radius="md"
        aria-label="Send"
        disabled={content === '' || over > 0}
      >
        <IconArrowUp size={20} />
      </ActionIcon>
    </form>
  )
}
