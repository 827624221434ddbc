/** Takes what the server sends into a document, and notices what cannot be read or was left out. */
import type { Payload } from '@sallyport/protocol'
import * as Y from 'yjs'
import { toBytes } from './bytes.ts'
import { localReport, SallyportError } from './error.ts'
import type { ServerState } from './lacking.ts'
import { Offsets } from './offsets.ts'

/** Who is told what is wrong. */
export interface DownloadHost {
  /** Something is missing or could not be read: the state has to be asked for. */
  incomplete(): void
  /** It cannot be mended. */
  failed(error: SallyportError): void
}

interface DownloadOptions {
  readonly document: Y.Doc
  /** Marks what came from the server. */
  readonly origin: unknown
}

/** The way of the others' edits into a document. */
export class Download {
  readonly #options: DownloadOptions
  readonly #host: DownloadHost
  #epoch: string | undefined
  /** Undefined until the state came. */
  #offsets: Offsets | undefined
  #server: ServerState | undefined
  #failures = 0

  constructor(options: DownloadOptions, host: DownloadHost) {
    this.#options = options
    this.#host = host
  }

  /** Whether the document holds the server's state. */
  get loaded(): boolean {
    return this.#offsets !== undefined
  }

  /** Whether an offset was left out. */
  get gap(): boolean {
    return this.#offsets?.gap ?? false
  }

  /** A new connection: nothing is known of the server. */
  restart(): void {
    this.#offsets = undefined
    this.#server = undefined
  }

  /** Forgets earlier failures. */
  forgive(): void {
    this.#failures = 0
  }

  /** The server's state since it was last taken; undefined when none came that could be read. */
  takeServer(): ServerState | undefined {
    const server = this.#server
    this.#server = undefined
    return server
  }

  state(payload: Payload<'ydoc:document:state'>): void {
    if (this.#epoch !== undefined && this.#epoch !== payload.epoch) {
      // The note was restored to an older state; merging would bring back what was taken out.
      const report = localReport('conflict', 'The note was restored on the server. Open it again.')
      this.#host.failed(new SallyportError(report))
      return
    }
    this.#epoch = payload.epoch
    const state = toBytes(payload.state)
    if (!this.#apply(state)) return
    this.#server = { state, stateVector: toBytes(payload.state_vector) }
    this.#offsets ??= new Offsets(payload.offset)
    this.#offsets.reset(payload.offset)
  }

  update(payload: Payload<'ydoc:document:update'>): void {
    // Before the state there is nothing to build on, and the state will hold it.
    if (this.#offsets === undefined) return
    this.#offsets.see(payload.offset)
    if (this.#apply(toBytes(payload.update))) this.#failures = 0
  }

  /** An own update has this offset; it is not sent back. */
  own(offset: number): void {
    this.#offsets?.see(offset)
  }

  #apply(update: Uint8Array): boolean {
    try {
      Y.applyUpdate(this.#options.document, update, this.#options.origin)
      return true
    } catch (cause) {
      this.#failures += 1
      // The state is tried once more: what a single update broke, it may mend.
      if (this.#failures > 1) this.#host.failed(new SallyportError(localReport('invalid-update'), { cause }))
      else this.#host.incomplete()
      return false
    }
  }
}
