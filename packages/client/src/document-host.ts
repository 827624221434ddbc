/** What a document tells the provider that shows it. */
import type { Level, Payload } from '@sallyport/protocol'
import type { SallyportError } from './error.ts'

/** What a person who has opened a note may do with it. */
export type NoteLevel = Exclude<Level, 'none'>

/** `connecting`: for a connection or the acknowledgement of the server. */
export type ProviderStatus = 'connecting' | 'connected' | 'disconnected'

/** Who is told what happens. */
export interface DocumentHost {
  /** `disconnected` comes with the reason when the connection was lost, with null when it was closed on purpose. */
  status(status: ProviderStatus, reason: string | null): void
  synced(synced: boolean): void
  unsynced(count: number): void
  level(level: NoteLevel): void
  refused(error: SallyportError): void
  failed(error: SallyportError): void
  left(reason: Payload<'room:left'>['reason']): void
}
