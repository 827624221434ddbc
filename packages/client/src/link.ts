/** The link to the server: one connection at a time, and the policy of coming back. */
import type { ErrorReport } from '@sallyport/protocol'
import { backOff } from './back-off.ts'
import { background } from './background.ts'
import { Connection, type Ending, type Identity } from './connection.ts'
import { isFinal, localReport, SallyportError } from './error.ts'
import { Pending } from './pending.ts'
import { type TokenSource, tokenOf } from './token-source.ts'

/** `disconnected`: waiting for the next try, or not asked to connect. `ended`: will not come back by itself; `error` says why. */
export type Status = 'connecting' | 'connected' | 'disconnected' | 'ended'

interface LinkOptions {
  readonly server: URL
  readonly token: TokenSource | undefined
  readonly delayMs: number
  readonly delayMaxMs: number
  readonly ackTimeoutMs: number
}

/** What the owner of a link is told. */
export interface LinkReceiver {
  status(status: Status): void
  joined(identity: Identity): void
  event(name: string, payload: unknown): void
}

/** Opens connections until it is told not to, or the server says that it is no use. */
export class Link {
  readonly #options: LinkOptions
  readonly #receiver: LinkReceiver
  readonly #waiters = new Pending<void>()
  #status: Status = 'disconnected'
  #error: ErrorReport | undefined
  #identity: Identity | undefined
  #connection: Connection | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Counts openings; what an older one still brings is ignored. */
  #turn = 0
  #attempt = 0
  #joinedAt = 0
  #token: string | undefined
  /** A token function gave this token, which was refused: a newer one is tried, once. */
  #refused: { readonly token: string | undefined; readonly report: ErrorReport } | undefined

  constructor(options: LinkOptions, receiver: LinkReceiver) {
    this.#options = options
    this.#receiver = receiver
  }

  get status(): Status {
    return this.#status
  }

  get error(): ErrorReport | undefined {
    return this.#error
  }

  get identity(): Identity | undefined {
    return this.#identity
  }

  /** Connects now: also while waiting for the next try, and after an end. */
  connect(): void {
    if (this.#status === 'connecting' || this.#status === 'connected') return
    this.#attempt = 0
    this.#refused = undefined
    this.#open()
  }

  /** Goes to `disconnected` (or `ended`) until `connect()`. */
  disconnect(status: 'disconnected' | 'ended'): void {
    if (this.#status === 'ended') return
    this.#turn += 1
    clearTimeout(this.#timer)
    this.#connection?.close()
    this.#connection = undefined
    this.#setStatus(status)
    if (status === 'ended') this.#waiters.rejectAll(this.#noConnection())
  }

  /** Sends an event once and resolves with the value of its acknowledgement; waits for a connection before. */
  async request(event: string, payload: unknown): Promise<unknown> {
    if (this.#status === 'ended') throw this.#noConnection()
    if (this.#status !== 'connected') {
      await this.#waiters.add(this.#options.ackTimeoutMs, () => this.#noConnection()).promise
    }
    if (this.#connection === undefined) throw this.#noConnection()
    return this.#connection.request(event, payload)
  }

  /** Sends an event without waiting for anything; false when there is no connection. */
  notify(event: string, payload: unknown): boolean {
    if (this.#status !== 'connected' || this.#connection === undefined) return false
    this.#connection.notify(event, payload)
    return true
  }

  #noConnection(): SallyportError {
    return new SallyportError(this.#error ?? localReport('unavailable', 'There is no connection to the server.'))
  }

  #open(): void {
    clearTimeout(this.#timer)
    this.#turn += 1
    const turn = this.#turn
    this.#setStatus('connecting')
    background(
      tokenOf(this.#options.token).then(
        (token) => {
          if (turn === this.#turn) this.#openWith(token)
        },
        () => {
          const report = localReport('unavailable', 'The access token could not be had.')
          if (turn === this.#turn) this.#ended({ report, refused: false })
        },
      ),
    )
  }

  #openWith(token: string | undefined): void {
    if (this.#refused !== undefined && token === this.#refused.token) {
      this.#finish(this.#refused.report)
      return
    }
    this.#token = token
    const { server, ackTimeoutMs } = this.#options
    const receiver = {
      joined: (identity: Identity) => this.#joined(identity),
      event: (name: string, payload: unknown) => this.#receiver.event(name, payload),
      ended: (ending: Ending) => this.#ended(ending),
    }
    this.#connection = new Connection({ server, token, ackTimeoutMs }, receiver)
  }

  #joined(identity: Identity): void {
    this.#identity = identity
    this.#error = undefined
    this.#refused = undefined
    this.#joinedAt = performance.now()
    this.#setStatus('connected')
    // A listener of the status may have ended it already.
    if (this.#status !== 'connected') return
    this.#waiters.resolveAll()
    this.#receiver.joined(identity)
  }

  #ended({ report, refused }: Ending): void {
    this.#connection = undefined
    this.#error = report
    // A connection that held for a while was a good one: the next tries start over.
    const held = this.#status === 'connected' && performance.now() - this.#joinedAt >= this.#options.delayMaxMs
    if (held) this.#attempt = 0
    const { token } = this.#options
    if (!isFinal(report) && (report.retry || !refused)) this.#retryLater(report)
    else if (report.code === 'unauthenticated' && typeof token === 'function' && this.#refused === undefined) {
      this.#refused = { token: this.#token, report }
      this.#retryLater(report)
    } else this.#finish(report)
  }

  #retryLater(report: ErrorReport): void {
    const delay = backOff(this.#options, this.#attempt, Math.random(), report.retry_after)
    this.#attempt += 1
    this.#timer = setTimeout(() => this.#open(), delay)
    this.#setStatus('disconnected')
  }

  #finish(report: ErrorReport): void {
    this.#turn += 1
    this.#setStatus('ended')
    this.#waiters.rejectAll(new SallyportError(report))
  }

  #setStatus(status: Status): void {
    if (this.#status === status) return
    this.#status = status
    this.#receiver.status(status)
  }
}
