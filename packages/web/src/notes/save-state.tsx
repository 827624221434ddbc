/** Says whether what was written is safe on the server. */
import { Loader } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCloudOff } from '@tabler/icons-react'
import classes from './note-page.module.css'
import type { LiveNote } from './use-note-provider.ts'

interface SaveStateProps {
  readonly live: LiveNote
  readonly readOnly: boolean
}

/** One short phrase. Announced only when it stops being saved, not with each key. */
export function SaveState({ live, readOnly }: SaveStateProps) {
  const { state, text } = describe(live, readOnly)
  return (
    <span className={classes.save} data-testid="save-state" data-state={state}>
      {state === 'saved' && <IconCheck size={15} aria-hidden />}
      {state === 'saving' && <Loader size={12} color="gray" aria-hidden />}
      {state === 'offline' && <IconCloudOff size={15} aria-hidden />}
      {state === 'refused' && <IconAlertTriangle size={15} aria-hidden />}
      <span className={state === 'saved' ? classes.long : undefined}>{text}</span>
    </span>
  )
}

type State = 'opening' | 'saved' | 'saving' | 'offline' | 'refused' | 'reading'

function describe(
  { provider, opened, error }: LiveNote,
  readOnly: boolean,
): { readonly state: State; readonly text: string } {
  const unsaved = provider.unsyncedChanges
  const count = unsaved === 0 ? '' : ` ${unsaved} unsaved`
  if (error !== undefined) return { state: 'refused', text: unsaved === 0 ? 'Not connected' : `Not saved:${count}` }
  if (opened && provider.status !== 'connected')
    return { state: 'offline', text: unsaved === 0 ? 'Offline' : `Offline,${count}` }
  if (!opened || !provider.synced) return { state: 'opening', text: opened ? `Catching up…${count}` : 'Opening…' }
  if (readOnly) return { state: 'reading', text: 'Live' }
  return unsaved === 0 ? { state: 'saved', text: 'Saved' } : { state: 'saving', text: `Saving…${count}` }
}
