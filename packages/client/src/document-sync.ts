/** Keeps one Y.Doc in step with the server: join, apply, notice what is missing, and stop where it would loop. */
import { limits, type Payload } from '@sallyport/protocol'
import * as Y from 'yjs'
import { backOff } from './back-off.ts'
import { toWire } from './bytes.ts'
import type { Client } from './client.ts'
import type { DocumentHost, NoteLevel } from './document-host.ts'
import { Download } from './download.ts'
import { localReport, SallyportError } from './error.ts'
import { lacking } from './lacking.ts'
import { Turn } from './turn.ts'
import { Upload } from './upload.ts'

interface DocumentSyncOptions {
  readonly client: Client
  readonly document: Y.Doc
  readonly documentId: string
  /** Marks what came from the server. */
  readonly origin: unknown
}

/** `closed`: not wanted. `waiting`: for a connection. `joining`: for the acknowledgement. `joined`: live. */
type Phase = 'closed' | 'waiting' | 'joining' | 'joined'

const retryDelay = { delayMs: 300, delayMaxMs: 10_000 }
/** Repairs in a row without a success between them, after which it is given up. */
const repairsMax = 2

/** The life of one document on one client. */
export class DocumentSync {
  readonly #options: DocumentSyncOptions
  readonly #host: DocumentHost
  readonly #upload: Upload
  readonly #download: Download
  readonly #turn = new Turn()
  readonly #unsubscribe: readonly (() => void)[]
  #phase: Phase = 'closed'
  #level: NoteLevel | undefined
  #resyncing: boolean = false
  #repairs = 0
  #attempt = 0

  constructor(options: DocumentSyncOptions, host: DocumentHost) {
    this.#options = options
    this.#host = host
    const { client, document, documentId } = options
    this.#upload = new Upload({
      send: (update) => client.send('ydoc:document:update', { document_id: documentId, update: toWire(update) }),
      count: (size) => host.unsynced(size),
      durable: (offset) => this.#durable(offset),
      drained: () => host.synced(true),
      outOfStep: (error) => this.#outOfStep(error),
      refused: (error) => this.#refused(error),
    })
    this.#download = new Download(options, {
      incomplete: () => this.#resync(),
      failed: (error) => this.#fail(error),
    })
    const mine =
      <P extends { readonly document_id?: string | undefined }>(handle: (payload: P) => void) =>
      (payload: P) => {
        if (payload.document_id === documentId && this.#phase !== 'closed') handle(payload)
      }
    document.on('update', this.#onLocalUpdate)
    this.#unsubscribe = [
      () => document.off('update', this.#onLocalUpdate),
      client.on('joined', () => {
        if (this.#phase !== 'closed') this.#join()
      }),
      client.on('status', (status) => {
        if (status === 'connecting' && this.#phase === 'waiting') host.status('connecting', null)
        else if (status !== 'connected') this.#lost(status === 'ended')
      }),
      client.on(
        'ydoc:document:state',
        mine((payload: Payload<'ydoc:document:state'>) => {
          if (this.#phase !== 'waiting') this.#download.state(payload)
        }),
      ),
      client.on(
        'ydoc:document:update',
        mine((payload: Payload<'ydoc:document:update'>) => {
          this.#download.update(payload)
          this.#healGap()
        }),
      ),
      client.on(
        'room:level',
        mine((payload: Payload<'room:level'>) => this.#onLevel(payload.level)),
      ),
      client.on(
        'room:left',
        mine((payload: Payload<'room:left'>) => this.#onLeft(payload.reason)),
      ),
    ]
  }

  get level(): NoteLevel | undefined {
    return this.#level
  }

  /** Local updates that the server has not acknowledged as durable. */
  get unsynced(): number {
    return this.#upload.size
  }

  /** Wants the document open from now on. */
  open(): void {
    if (this.#phase !== 'closed') return
    const { status } = this.#options.client
    this.#phase = 'waiting'
    if (status === 'connected') this.#join()
    if (status === 'connecting') this.#host.status('connecting', null)
    if (status === 'ended') this.#lost(true)
  }

  /** Sends what waits and closes the document. */
  close(): void {
    if (this.#phase === 'closed') return
    const { client, documentId } = this.#options
    this.flush()
    if (this.#phase !== 'waiting') client.notify('ydoc:document:leave', { document_id: documentId })
    this.#disconnect('closed', null)
  }

  /** Sends what waits without waiting for what is in flight: for the last moment of a document or page. */
  flush(): void {
    const update = this.#upload.waiting()
    if (update === undefined || update.length > limits.updateBytes) return
    this.#options.client.notify('ydoc:document:update', {
      document_id: this.#options.documentId,
      update: toWire(update),
    })
  }

  destroy(): void {
    this.close()
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
  }

  readonly #onLocalUpdate = (update: Uint8Array, origin: unknown) => {
    if (origin === this.#options.origin) return
    this.#upload.add(update)
    this.#refuseIfReader()
  }

  // ---- joining and leaving -----------------------------------------------------------------------------------------

  #join(): void {
    const { client, document, documentId } = this.#options
    this.#restart('joining')
    this.#host.status('connecting', null)
    const state_vector = toWire(Y.encodeStateVector(document))
    this.#turn.await(
      client.send('ydoc:document:join', { document_id: documentId, state_vector }),
      ({ level }) => {
        this.#phase = 'joined'
        this.#attempt = 0
        this.#setLevel(level)
        this.#host.status('connected', null)
        this.#settle()
      },
      (error) => (error.retry ? this.#later(error, () => this.#join()) : this.#fail(error)),
    )
  }

  #lost(ended: boolean): void {
    if (this.#phase === 'closed') return
    const { error } = this.#options.client
    this.#disconnect('waiting', error?.code ?? 'unavailable')
    if (ended) this.#host.failed(new SallyportError(error ?? localReport('unavailable', 'The client was closed.')))
  }

  #onLeft(reason: Payload<'room:left'>['reason']): void {
    this.#disconnect('closed', reason)
    this.#host.left(reason)
  }

  /** It cannot be kept open; tried again only by `open()`. */
  #fail(error: SallyportError): void {
    if (this.#phase === 'joined')
      this.#options.client.notify('ydoc:document:leave', { document_id: this.#options.documentId })
    this.#disconnect('closed', error.code)
    this.#host.failed(error)
  }

  #disconnect(phase: 'closed' | 'waiting', reason: string | null): void {
    this.#restart(phase)
    this.#repairs = 0
    this.#attempt = 0
    this.#download.forgive()
    this.#host.synced(false)
    this.#host.status('disconnected', reason)
  }

  /** Nothing that was asked before counts any more. */
  #restart(phase: Phase): void {
    this.#turn.next()
    this.#upload.hold()
    this.#phase = phase
    this.#download.restart()
    this.#resyncing = false
  }

  // ---- what the server has -----------------------------------------------------------------------------------------

  /** An offset was left out: it is that of our own update in flight, or lost. */
  #healGap(): void {
    if (this.#download.gap && !this.#upload.busy) this.#resync()
  }

  /** Asks for what is missing here. */
  #resync(): void {
    // While joining, the acknowledgement sees that there is no state.
    if (this.#resyncing || this.#phase !== 'joined') return
    this.#resyncing = true
    const { client, document, documentId } = this.#options
    const state_vector = toWire(Y.encodeStateVector(document))
    this.#turn.await(
      client.send('ydoc:document:state', { document_id: documentId, state_vector }),
      () => {
        this.#resyncing = false
        this.#settle()
      },
      (error) => {
        this.#resyncing = false
        if (error.code === 'not-joined') this.#outOfStep(error)
        else if (error.retry) this.#later(error, () => this.#resync())
        else this.#fail(error)
      },
    )
  }

  /** The server has sent its state: what it lacks can be sent. */
  #settle(): void {
    const server = this.#download.takeServer()
    if (server === undefined) this.#outOfStep(new SallyportError(localReport('invalid-update')))
    else if (!this.#upload.held) this.#healGap()
    else if (this.#level !== 'read') this.#upload.start(lacking(this.#options.document, server))
    else {
      this.#host.synced(true)
      this.#refuseIfReader()
    }
  }

  // ---- what the server lacks ---------------------------------------------------------------------------------------

  #durable(offset: number | undefined): void {
    this.#repairs = 0
    if (offset !== undefined) this.#download.own(offset)
    this.#healGap()
  }

  #outOfStep(error: SallyportError): void {
    this.#repairs += 1
    if (this.#repairs > repairsMax) this.#fail(error)
    else if (error.code === 'not-joined') this.#join()
    else this.#resync()
  }

  #refused(error: SallyportError): void {
    this.#host.refused(error)
    // What the server has is here, and stays readable.
    if (this.#download.loaded) this.#host.synced(true)
    this.#healGap()
  }

  #refuseIfReader(): void {
    const reader = this.#phase === 'joined' && this.#level === 'read'
    if (reader && this.#upload.size > 0) this.#upload.refuse(new SallyportError(localReport('forbidden')))
  }

  #onLevel(level: NoteLevel): void {
    const before = this.#level
    this.#setLevel(level)
    if (this.#phase !== 'joined' || before === level) return
    if (level === 'read') {
      this.#upload.hold()
      this.#refuseIfReader()
    } else if (before === 'read') {
      this.#upload.hold()
      this.#resync()
    }
  }

  #setLevel(level: NoteLevel): void {
    if (this.#level === level) return
    this.#level = level
    this.#host.level(level)
  }

  #later(error: SallyportError, action: () => void): void {
    this.#turn.later(backOff(retryDelay, this.#attempt, Math.random(), error.retryAfter), action)
    this.#attempt += 1
  }
}
