/** The notes that the person may read, and making a new one. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { useHttp } from '../session/session-context.tsx'
import { notifyError } from '../shell/notify.ts'

/** The key under which pages of notes are cached. */
export const notesKey = ['notes'] as const

/** The title of a note that nobody named yet. */
const untitled = 'Untitled note'

/** One page of notes, the last changed first. */
export function useNotes(page = 1) {
  const http = useHttp()
  return useQuery({ queryKey: [...notesKey, page], queryFn: () => http.call('notes.list', { query: { page } }) })
}

/** One note without its text. */
export function useNote(id: string) {
  const http = useHttp()
  return useQuery({ queryKey: ['note', id], queryFn: () => http.call('notes.get', { params: { id } }) })
}

/** Makes a note and goes to it. */
export function useCreateNote() {
  const http = useHttp()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  return useMutation({
    mutationFn: () => http.call('notes.create', { body: { title: untitled } }),
    onSuccess: (note) => {
      queries.setQueryData(['note', note.id], note)
      navigate(`/notes/${note.id}?new`)
      return queries.invalidateQueries({ queryKey: notesKey })
    },
    onError: notifyError,
  })
}
