/** Changes the text of a message in its place. */

import { Button, Group, Stack, Textarea } from '@mantine/core'
import type { Message } from '@sallyport/protocol'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { ErrorAlert } from '../shell/error-alert.tsx'

interface MessageEditorProps {
  readonly message: Message
  readonly onSave: (message: Message, content: string) => Promise<void>
  readonly onClose: () => void
}

/** Enter saves, Escape leaves the message as it is. */
export function MessageEditor({ message, onSave, onClose }: MessageEditorProps) {
  const [text, setText] = useState(message.content)
  const save = useMutation({ mutationFn: (content: string) => onSave(message, content), onSuccess: onClose })
  const submit = () => {
    const content = text.trim()
    if (content === message.content) onClose()
    else if (content !== '') save.mutate(content)
  }
  return (
    <Stack gap="xs" my={4}>
      <Textarea
        aria-label="Edit the message"
        autosize
        maxRows={10}
        autoFocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onFocus={(event) => event.currentTarget.setSelectionRange(text.length, text.length)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Escape') {
            event.stopPropagation()
            onClose()
          }
          if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault()
            submit()
          }
        }}
      />
      <ErrorAlert error={save.error} />
      <Group gap="xs">
        <Button size="xs" onClick={submit} loading={save.isPending} disabled={text.trim() === ''}>
          Save
        </Button>
        <Button size="xs" variant="default" onClick={onClose}>
          Cancel
        </Button>
      </Group>
    </Stack>
  )
}
