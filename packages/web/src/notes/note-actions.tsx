/** What can be done with a note as a whole. */

import { ActionIcon, Button, Menu, Text, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { modals } from '@mantine/modals'
import { type NoteOverview, reaches } from '@sallyport/protocol'
import { IconDots, IconShare2, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { useHttp } from '../session/session-context.tsx'
import { notifyError } from '../shell/notify.ts'
import { ShareNoteDialog } from './share-note-dialog.tsx'
import { notesKey } from './use-notes.ts'

/** Sharing and deletion, for those who manage the note. */
export function NoteActions({ note }: { readonly note: NoteOverview }) {
  const http = useHttp()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const [sharing, showSharing] = useDisclosure(false)
  const remove = useMutation({
    mutationFn: () => http.call('notes.delete', { params: { id: note.id } }),
    onSuccess: () => {
      navigate('/notes', { replace: true })
      return queries.invalidateQueries({ queryKey: notesKey })
    },
    onError: notifyError,
  })
  if (!reaches(note.level, 'manage')) return null
  const askDelete = () =>
    modals.openConfirmModal({
      title: `Delete “${note.title}”?`,
      children: <Text size="sm">Its text is deleted for everybody. This cannot be taken back.</Text>,
      labels: { confirm: 'Delete note', cancel: 'Keep it' },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(),
    })
  return (
    <>
      <Button size="xs" leftSection={<IconShare2 size={16} />} onClick={showSharing.open} visibleFrom="sm">
        Share
      </Button>
      <Tooltip label="Share">
        <ActionIcon size={34} aria-label="Share" onClick={showSharing.open} hiddenFrom="sm">
          <IconShare2 size={18} />
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon size={34} aria-label="More for this note">
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item color="var(--mantine-color-error)" leftSection={<IconTrash size={16} />} onClick={askDelete}>
            Delete note
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ShareNoteDialog note={note} opened={sharing} onClose={showSharing.close} />
    </>
  )
}
