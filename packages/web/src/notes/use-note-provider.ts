/** The live document of a note while its page is shown, and what is known of its state. */
import { NoteProvider, type SallyportError } from '@sallyport/client'
import { useEffect, useReducer, useState } from 'react'
import { useClient } from '../shell/connection-context.tsx'

/** The document, and where it stands. Nothing of it may be shown before it was `opened`: it would look empty. */
export interface LiveNote {
  readonly provider: NoteProvider
  /** Whether the document has been in step with the server at least once. */
  readonly opened: boolean
  /** Why it cannot be opened or takes no edits; undefined when all is well. */
  readonly error: SallyportError | undefined
  /** Opens the document anew; edits that were refused are gone then. */
  readonly reopen: () => void
}

/** Opens the document of a note; `onLeft` is told when the right to it is lost or it was deleted. */
export function useNoteProvider(
  note: string,
  onLeft: (reason: 'access-removed' | 'deleted') => void,
): LiveNote | undefined {
  const client = useClient()
  const [turn, reopen] = useReducer((count: number) => count + 1, 0)
  const [live, setLive] = useState<{ readonly provider: NoteProvider; readonly opened: boolean }>()
  const [, changed] = useReducer((count: number) => count + 1, 0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new `turn` asks for a new document
  useEffect(() => {
    const provider = new NoteProvider({ client, note })
    setLive({ provider, opened: provider.synced })
    provider.on('synced', (synced) => {
      if (synced) setLive({ provider, opened: true })
    })
    for (const event of ['status', 'unsynced-changes', 'level', 'refused', 'connection-error'] as const) {
      provider.on(event, changed)
    }
    const warn = (event: BeforeUnloadEvent) => {
      if (provider.hasUnsyncedChanges) event.preventDefault()
    }
    window.addEventListener('beforeunload', warn)
    return () => {
      window.removeEventListener('beforeunload', warn)
      setLive(undefined)
      provider.destroy()
    }
  }, [client, note, turn])

  const provider = live?.provider
  useEffect(() => {
    if (provider === undefined) return
    provider.on('left', onLeft)
    return () => provider.off('left', onLeft)
  }, [provider, onLeft])

  return live === undefined ? undefined : { ...live, error: live.provider.error, reopen }
}
