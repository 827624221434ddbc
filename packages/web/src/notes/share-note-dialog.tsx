/** Lets those who manage a note choose who may read and write it. */

import { Button, Group, Modal, Stack } from '@mantine/core'
import type { NoteOverview } from '@sallyport/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { toAccessControl, toSharing } from '../people/sharing.ts'
import { SharingEditor } from '../people/sharing-editor.tsx'
import { useHttp } from '../session/session-context.tsx'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { notify } from '../shell/notify.ts'
import { notesKey } from './use-notes.ts'

interface ShareNoteDialogProps {
  readonly note: NoteOverview
  readonly opened: boolean
  readonly onClose: () => void
}

/** The dialog. */
export function ShareNoteDialog({ note, opened, onClose }: ShareNoteDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Share “${note.title}”`}>
      <SharingForm note={note} onClose={onClose} />
    </Modal>
  )
}

function SharingForm({ note, onClose }: Omit<ShareNoteDialogProps, 'opened'>) {
  const http = useHttp()
  const queries = useQueryClient()
  const [sharing, setSharing] = useState(() => toSharing(note.access_control ?? null))
  const save = useMutation({
    mutationFn: () =>
      http.call('notes.update', { params: { id: note.id }, body: { access_control: toAccessControl(sharing) } }),
    onSuccess: (saved) => {
      queries.setQueryData(['note', note.id], saved)
      onClose()
      notify('Sharing was changed. It holds at once.')
      return queries.invalidateQueries({ queryKey: notesKey })
    },
  })
  return (
    <Stack gap="md">
      <SharingEditor
        value={sharing}
        onChange={setSharing}
        owner={note.user_id}
        everybody="Everybody with an account may read; only you may write."
        newLevel="write"
      />
      <ErrorAlert error={save.error} />
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button onClick={() => save.mutate()} loading={save.isPending}>
          Save
        </Button>
      </Group>
    </Stack>
  )
}
