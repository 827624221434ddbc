/** Brings local edits to the server: one request at a time, again where it may help, and never in a loop. */
import { limits, type Reply } from '@sallyport/protocol'
import { backOff } from './back-off.ts'
import type { SallyportError } from './error.ts'
import { Turn } from './turn.ts'
import { UpdateQueue } from './update-queue.ts'

/** Who sends the updates and is told what becomes of them. */
export interface UploadHost {
  send(update: Uint8Array): Promise<Reply<'ydoc:document:update'>>
  /** How many updates are not acknowledged. */
  count(size: number): void
  /** An update is durable at this offset; undefined when it changed nothing. */
  durable(offset: number | undefined): void
  /** Everything is acknowledged. */
  drained(): void
  /** The server has to be asked what it lacks; then `start()`. */
  outOfStep(error: SallyportError): void
  /** Edits were not taken. Nothing more is sent until `start()`. */
  refused(error: SallyportError): void
}

/** `held`: it is not known what the server lacks. `refused`: every further edit would build on a refused one. */
type State = 'held' | 'open' | 'refused'

const retryDelay = { delayMs: 300, delayMaxMs: 10_000 }

/** The way of local edits to the server. */
export class Upload {
  readonly #host: UploadHost
  readonly #queue = new UpdateQueue()
  readonly #turn = new Turn()
  #state: State = 'held'
  #attempt = 0

  constructor(host: UploadHost) {
    this.#host = host
  }

  /** Updates that are not acknowledged. */
  get size(): number {
    return this.#queue.size
  }

  /** Whether a request is in flight. */
  get busy(): boolean {
    return this.#queue.busy
  }

  get held(): boolean {
    return this.#state === 'held'
  }

  add(update: Uint8Array): void {
    this.#queue.add(update)
    this.#host.count(this.#queue.size)
    this.#flush()
  }

  /** Keeps everything back; what is in flight counts as not arrived. */
  hold(): void {
    this.#turn.next()
    this.#queue.restore()
    this.#state = 'held'
    this.#attempt = 0
  }

  /** Sends from now on, first what the server lacks, which holds all that waits. */
  start(lacking: Uint8Array | undefined): void {
    // One too large goes in the pieces in which it was written, where there are any.
    const fits = lacking === undefined || lacking.length <= limits.updateBytes
    if (fits || this.#queue.size === 0) this.#queue.replace(lacking)
    this.#state = 'open'
    this.#host.count(this.#queue.size)
    if (this.#queue.size === 0) this.#host.drained()
    this.#flush()
  }

  /** Stops sending, and says so once. */
  refuse(error: SallyportError): void {
    if (this.#state === 'refused') return
    this.#turn.next()
    this.#queue.restore()
    this.#state = 'refused'
    this.#host.refused(error)
  }

  /** What waits behind the request in flight, merged, where it could be sent now. */
  waiting(): Uint8Array | undefined {
    return this.#state === 'open' ? this.#queue.peek() : undefined
  }

  #flush(): void {
    if (this.#state !== 'open') return
    const update = this.#queue.take(limits.updateBytes)
    if (update === undefined) return
    this.#turn.await(
      this.#host.send(update),
      ({ offset, changed }) => {
        this.#queue.acknowledge()
        this.#attempt = 0
        this.#host.count(this.#queue.size)
        // Unchanged: nothing was logged; the offset is of somebody else's update, which may still be on its way.
        this.#host.durable(changed ? offset : undefined)
        if (this.#queue.size === 0) this.#host.drained()
        this.#flush()
      },
      (error) => this.#notTaken(error),
    )
  }

  #notTaken(error: SallyportError): void {
    this.#queue.restore()
    if (error.code === 'missing-updates' || error.code === 'not-joined') {
      this.hold()
      this.#host.outOfStep(error)
    } else if (error.code === 'unauthenticated') {
      // The connection is being ended; the next one starts again.
      this.hold()
    } else if (error.retry) {
      this.#turn.later(backOff(retryDelay, this.#attempt, Math.random(), error.retryAfter), () => this.#flush())
      this.#attempt += 1
    } else this.refuse(error)
  }
}
