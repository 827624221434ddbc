/** The Yjs provider of a note, with the events of y-websocket, for Tiptap and every other Yjs editor. */
import { documentOf, type ErrorReport, type Payload } from '@sallyport/protocol'
import { ObservableV2 } from 'lib0/observable'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { AwarenessLink } from './awareness.ts'
import { raise } from './background.ts'
import { toBytes, toWire } from './bytes.ts'
import type { Client } from './client.ts'
import type { DocumentHost, NoteLevel, ProviderStatus } from './document-host.ts'
import { DocumentSync } from './document-sync.ts'
import { localReport, SallyportError } from './error.ts'

export interface NoteProviderOptions {
  readonly client: Client
  /** The id of the note. */
  readonly note: string
  /** The document to keep in step. Default: a new one. */
  readonly document?: Y.Doc
  /** Default: a new one for the document; null: none. */
  readonly awareness?: Awareness | null
  /** How the own caret looks to the others; the server adds id and name. */
  readonly user?: { readonly color?: string; readonly colorLight?: string }
  /** Open the note at once. Default true. */
  readonly connect?: boolean
}

export type NoteProviderEvents = {
  status: (event: { readonly status: ProviderStatus }) => void
  /** Whether the document holds all that the server has and the server all that was written before. */
  sync: (synced: boolean) => void
  synced: (synced: boolean) => void
  /** The connection was lost (with a reason), or closed by `disconnect()` (null). */
  'connection-close': (event: null | { readonly reason: string }, provider: NoteProvider) => void
  /** The note cannot be opened or kept in step (then `connect()` tries again), or something that came could not be read. */
  'connection-error': (error: SallyportError, provider: NoteProvider) => void
  /** How many local updates are not acknowledged. */
  'unsynced-changes': (count: number) => void
  level: (level: NoteLevel) => void
  /** Local edits were not taken. They stay in the document; nothing more is sent until the note is opened again. */
  refused: (refusal: { readonly code: ErrorReport['code']; readonly message: string }, provider: NoteProvider) => void
  /** The person lost the right to the note, or it was deleted. */
  left: (reason: Payload<'room:left'>['reason']) => void
  destroy: (provider: NoteProvider) => void
}

/**
 * Keeps a Y.Doc in step with a note. Edits made without a connection are sent when it is back.
 * One provider for each note and client: a second one throws `conflict` until the first is destroyed.
 * @example
 * const provider = new NoteProvider({ client, note: id })
 * const editor = new Editor({ extensions: [Collaboration.configure({ document: provider.document }), CollaborationCaret.configure({ provider })] })
 */
export class NoteProvider extends ObservableV2<NoteProviderEvents> {
  readonly document: Y.Doc
  readonly awareness: Awareness | null
  readonly #ownsAwareness: boolean
  readonly #sync: DocumentSync
  readonly #link: AwarenessLink | undefined
  readonly #unsubscribe: readonly (() => void)[]
  #status: ProviderStatus = 'disconnected'
  #synced = false
  #error: SallyportError | undefined
  #destroyed: boolean = false

  constructor(options: NoteProviderOptions) {
    super()
    const { client } = options
    const documentId = documentOf(options.note)
    const release = client.claimDocument(documentId)
    this.document = options.document ?? new Y.Doc()
    this.awareness = options.awareness === undefined ? new Awareness(this.document) : options.awareness
    this.#ownsAwareness = options.awareness === undefined
    if (options.user !== undefined) this.awareness?.setLocalStateField('user', { ...options.user })
    this.#sync = new DocumentSync({ client, document: this.document, documentId, origin: this }, this.#host())
    if (this.awareness !== null) {
      const send = (update: Uint8Array) => {
        if (this.#status === 'connected')
          client.notify('ydoc:awareness:update', { document_id: documentId, update: toWire(update) })
      }
      this.#link = new AwarenessLink({ awareness: this.awareness, origin: this, send })
    }
    this.#unsubscribe = [
      release,
      client.on('ydoc:awareness:update', (payload) => {
        if (payload.document_id === documentId) this.#receiveAwareness(toBytes(payload.update))
      }),
      onPageHide(() => {
        this.#link?.sayGone()
        this.#sync.flush()
      }),
    ]
    this.document.on('destroy', this.#onDocumentDestroy)
    if (options.connect ?? true) this.#sync.open()
  }

  /** The document, under the name that y-websocket uses. */
  get doc(): Y.Doc {
    return this.document
  }

  get status(): ProviderStatus {
    return this.#status
  }

  get synced(): boolean {
    return this.#synced
  }

  get isSynced(): boolean {
    return this.#synced
  }

  get hasUnsyncedChanges(): boolean {
    return this.unsyncedChanges > 0
  }

  /** Local updates that the server has not acknowledged as durable. */
  get unsyncedChanges(): number {
    return this.#sync.unsynced
  }

  /** What the person may do with the note; undefined before it was opened. */
  get level(): NoteLevel | undefined {
    return this.#sync.level
  }

  /** Whether edits would be refused: a reader, or not known yet. */
  get readOnly(): boolean {
    return this.level === undefined || this.level === 'read'
  }

  /** Why the note is not open or takes no edits. */
  get error(): SallyportError | undefined {
    return this.#error
  }

  /** Opens the note, and keeps it open over reconnects of the client. */
  connect(): void {
    if (!this.#destroyed) this.#sync.open()
  }

  /** Sends what waits and closes the note. The document stays as it is. */
  disconnect(): void {
    this.#link?.sayGone()
    this.#sync.close()
  }

  /** Closes the note and takes every listener off the document, the awareness, the client and the page. */
  override destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    this.disconnect()
    this.#sync.destroy()
    this.#link?.destroy()
    if (this.#ownsAwareness) this.awareness?.destroy()
    this.document.off('destroy', this.#onDocumentDestroy)
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.emit('destroy', [this])
    super.destroy()
  }

  /** Calls the listeners; an error of one is raised, and does not stop the note. */
  override emit<E extends keyof NoteProviderEvents>(event: E, args: Parameters<NoteProviderEvents[E]>): void {
    try {
      super.emit(event, args)
    } catch (error) {
      raise(error)
    }
  }

  readonly #onDocumentDestroy = () => this.destroy()

  #receiveAwareness(update: Uint8Array): void {
    if (this.#status === 'disconnected') return
    try {
      this.#link?.receive(update)
    } catch (cause) {
      // Nothing to repair: the next one replaces it.
      this.emit('connection-error', [new SallyportError(localReport('invalid-update'), { cause }), this])
    }
  }

  #onStatus(status: ProviderStatus, reason: string | null): void {
    const before = this.#status
    if (before === status) return
    this.#status = status
    if (status === 'connected') {
      this.#error = undefined
      this.#link?.announce()
    }
    if (status === 'disconnected') {
      this.#link?.forgetOthers()
      this.emit('connection-close', [reason === null ? null : { reason }, this])
    }
    this.emit('status', [{ status }])
  }

  #host(): DocumentHost {
    return {
      status: (status, reason) => this.#onStatus(status, reason),
      synced: (synced) => {
        if (this.#synced === synced) return
        this.#synced = synced
        this.emit('synced', [synced])
        this.emit('sync', [synced])
      },
      unsynced: (count) => {
        // What had been refused was taken after all.
        if (count === 0) this.#error = undefined
        this.emit('unsynced-changes', [count])
      },
      level: (level) => this.emit('level', [level]),
      refused: (error) => {
        this.#error = error
        this.emit('refused', [{ code: error.code, message: error.message }, this])
      },
      failed: (error) => {
        this.#error = error
        this.emit('connection-error', [error, this])
      },
      left: (reason) => this.emit('left', [reason]),
    }
  }
}

/** Calls back when the page goes away. `beforeunload` is not used: after it the person may stay. */
function onPageHide(callback: () => void): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => undefined
  globalThis.addEventListener('pagehide', callback)
  return () => globalThis.removeEventListener('pagehide', callback)
}
