/** The title of a note, saved a moment after the last key. */

import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { limits, type NoteOverview } from '@sallyport/protocol'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useSearch } from 'wouter'
import { useHttp } from '../session/session-context.tsx'
import { notifyError } from '../shell/notify.ts'
import classes from './note-page.module.css'
import { notesKey } from './use-notes.ts'

interface NoteTitleProps {
  readonly note: NoteOverview
  readonly readOnly: boolean
}

const settleMs = 600

/** The field. It follows renames by others while it is not being edited here. */
export function NoteTitle({ note, readOnly }: NoteTitleProps) {
  const http = useHttp()
  const queries = useQueryClient()
  const isNew = useSearch() === 'new'
  const [draft, setDraft] = useState<string>()
  const latest = useRef<string>(undefined)

  const save = useDebouncedCallback(
    (text: string) => {
      const title = text.trim()
      if (title === '' || title === note.title) return
      http.call('notes.update', { params: { id: note.id }, body: { title } }).then((saved) => {
        queries.setQueryData(['note', note.id], saved)
        // What was typed while the answer was on its way stays.
        if (latest.current === text) setDraft(undefined)
        return queries.invalidateQueries({ queryKey: notesKey })
      }, notifyError)
    },
    { delay: settleMs, flushOnUnmount: true },
  )

  return (
    <TextInput
      className={classes.title ?? ''}
      variant="unstyled"
      aria-label="Title of the note"
      maxLength={limits.noteTitle}
      readOnly={readOnly}
      value={draft ?? note.title}
      autoFocus={isNew}
      onFocus={(event) => {
        if (isNew) event.currentTarget.select()
      }}
      onChange={(event) => {
        const text = event.currentTarget.value
        latest.current = text
        setDraft(text)
        save(text)
      }}
      onBlur={() => {
        save.flush()
        // An emptied title is not a title: the one before stands again.
        if (draft !== undefined && draft.trim() === '') setDraft(undefined)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          event.currentTarget.blur()
          document.querySelector<HTMLElement>('[data-testid="editor"] [contenteditable="true"]')?.focus()
        }
      }}
    />
  )
}
