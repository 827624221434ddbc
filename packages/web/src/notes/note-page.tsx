/** A note: its title, its text with everybody's carets, and who is there. */

import { Alert, Button, Text, Title, VisuallyHidden } from '@mantine/core'
import type { NoteOverview } from '@sallyport/protocol'
import { IconEye } from '@tabler/icons-react'
import { useCallback } from 'react'
import { useLocation } from 'wouter'
import { useConnectionStatus } from '../shell/connection-context.tsx'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { NotFoundPage } from '../shell/not-found-page.tsx'
import { notify } from '../shell/notify.ts'
import { PageHeader } from '../shell/page-header.tsx'
import { Facepile } from './facepile.tsx'
import { NoteActions } from './note-actions.tsx'
import { NoteEditor } from './note-editor.tsx'
import classes from './note-page.module.css'
import { NoteSkeleton } from './note-skeleton.tsx'
import { NoteTitle } from './note-title.tsx'
import { SaveState } from './save-state.tsx'
import { useNoteProvider } from './use-note-provider.ts'
import { useNote } from './use-notes.ts'

/** The page of the note with an id. */
export function NotePage({ id }: { readonly id: string }) {
  const note = useNote(id)
  if (note.data !== undefined) return <OpenNote key={id} note={note.data} />
  if (note.error !== null && 'code' in note.error && note.error.code === 'not-found') return <NotFoundPage />
  return (
    <>
      <PageHeader name="Note" title={<span />} />
      {note.error === null ? <NoteSkeleton /> : <ErrorAlert error={note.error} onRetry={() => void note.refetch()} />}
    </>
  )
}

function OpenNote({ note }: { readonly note: NoteOverview }) {
  const [, navigate] = useLocation()
  const { id, title } = note
  const onLeft = useCallback(
    (reason: 'access-removed' | 'deleted') => {
      notify(
        reason === 'deleted'
          ? `“${title}” was deleted.`
          : `You no longer have access to “${title}”. Ask its owner for it.`,
      )
      navigate('/notes', { replace: true })
    },
    [title, navigate],
  )
  const live = useNoteProvider(id, onLeft)
  const status = useConnectionStatus()
  // Why the connection ended stands over the page already.
  const error = status === 'ended' ? undefined : live?.error
  const level = live?.provider.level ?? note.level
  const readOnly = level === 'read' || level === 'none'
  return (
    <>
      <PageHeader
        name={title}
        title={
          <>
            <VisuallyHidden>
              <Title order={1}>{title}</Title>
            </VisuallyHidden>
            <NoteTitle note={note} readOnly={readOnly} />
          </>
        }
        actions={
          <>
            {live !== undefined && <SaveState live={live} readOnly={readOnly} />}
            {live?.provider.awareness && <Facepile awareness={live.provider.awareness} />}
            <NoteActions note={note} />
          </>
        }
      />
      {readOnly && live?.opened === true && (
        <Alert variant="light" color="gray" radius={0} py={8} icon={<IconEye size={18} aria-hidden />} role="status">
          <Text size="sm">You may read this note but not change it. Ask its owner for the right to write.</Text>
        </Alert>
      )}
      {live !== undefined && error !== undefined && (
        <div className={classes.error}>
          <ErrorAlert error={error} />
          <Button size="xs" variant="default" onClick={live.reopen}>
            {live.opened ? 'Load the note again' : 'Try again'}
          </Button>
        </div>
      )}
      {live?.opened === true ? (
        <NoteEditor key={live.provider.document.guid} provider={live.provider} readOnly={readOnly} />
      ) : (
        error === undefined && <NoteSkeleton />
      )}
    </>
  )
}
