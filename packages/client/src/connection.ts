/** One connection from its opening to its end. It never comes back; the link opens the next one. */
import type { ErrorReport } from '@sallyport/protocol'
import { io, type Socket } from 'socket.io-client'
import { localReport, SallyportError, toReport } from './error.ts'
import { Pending } from './pending.ts'
import { pathOn } from './server-url.ts'

/** Who the server says we are. */
export interface Identity {
  readonly id: string
  readonly name: string
}

/** Why a connection ended: the server's words, or `unavailable` when it said nothing. */
export interface Ending {
  readonly report: ErrorReport
  /** Whether the server refused to open it, rather than ended it later. */
  readonly refused: boolean
}

/** What the owner of a connection is told. `ended` comes once, after which nothing comes; not at all after `close()`. */
export interface ConnectionReceiver {
  joined(identity: Identity): void
  event(name: string, payload: unknown): void
  ended(ending: Ending): void
}

interface ConnectionOptions {
  readonly server: URL
  readonly token: string | undefined
  readonly ackTimeoutMs: number
}

const heartbeatMs = 30_000
const farewellMs = 10_000
const lost = localReport('unavailable', 'The connection was lost.')
const silent = localReport('unavailable', 'The server does not answer.')
const unreachable = localReport('unavailable', 'The server cannot be reached.')

/** A transport with acknowledged requests. `joined` comes before anything else may be sent. */
export class Connection {
  readonly #socket: Socket
  readonly #receiver: ConnectionReceiver
  readonly #ackTimeoutMs: number
  readonly #acks = new Pending<unknown>()
  readonly #opening: ReturnType<typeof setTimeout>
  #heartbeat: ReturnType<typeof setInterval> | undefined
  /** What the server last said about the connection, and when. */
  #farewell: { readonly report: ErrorReport; readonly at: number } | undefined

  constructor(options: ConnectionOptions, receiver: ConnectionReceiver) {
    this.#receiver = receiver
    this.#ackTimeoutMs = options.ackTimeoutMs
    // The policy of coming back is the link's: socket.io's own does not come back from refusals.
    this.#socket = io(options.server.origin, {
      path: pathOn(options.server, '/ws/socket.io'),
      transports: ['websocket'],
      auth: { binary: true, ...(options.token === undefined ? {} : { token: options.token }) },
      forceNew: true,
      reconnection: false,
      autoConnect: false,
    })
    this.#opening = setTimeout(() => this.#end({ report: silent, refused: false }), options.ackTimeoutMs)
    this.#socket.on('connect', () => this.#join())
    this.#socket.on('connect_error', (error: Error & { readonly data?: unknown }) => {
      const report = toReport(error.data)
      this.#end({ report: report ?? unreachable, refused: report !== undefined })
    })
    this.#socket.on('disconnect', () => this.#end({ report: this.#lastWords() ?? lost, refused: false }))
    this.#socket.onAny((name: string, payload: unknown) => this.#receive(name, payload))
    this.#socket.connect()
  }

  /** Sends an event and waits for its acknowledgement; rejects with `SallyportError`. Never sends twice. */
  request(event: string, payload: unknown): Promise<unknown> {
    const late = localReport('unavailable', 'The server did not answer in time.')
    const ack = this.#acks.add(this.#ackTimeoutMs, () => new SallyportError(late, { uncertain: true }))
    this.#socket.emit(event, payload, (answer: unknown) => {
      const value = resultOf(answer)
      if (value instanceof SallyportError) ack.reject(value)
      else ack.resolve(value.value)
    })
    return ack.promise
  }

  /** Sends an event without waiting; a refusal of it comes back as an `error` event. */
  notify(event: string, payload: unknown): void {
    this.#socket.emit(event, payload)
  }

  /** Ends the connection from this side. What still waits for an acknowledgement is rejected. */
  close(): void {
    clearTimeout(this.#opening)
    clearInterval(this.#heartbeat)
    this.#socket.off()
    this.#socket.offAny()
    this.#socket.disconnect()
    this.#acks.rejectAll(new SallyportError(lost, { uncertain: true }))
  }

  #end(ending: Ending): void {
    this.close()
    this.#receiver.ended(ending)
  }

  #join(): void {
    this.request('user-join', {}).then(
      (value) => {
        clearTimeout(this.#opening)
        this.#heartbeat = setInterval(() => this.notify('heartbeat', {}), heartbeatMs)
        this.#receiver.joined(value as Identity)
      },
      (error: SallyportError) => {
        // An uncertain one was lost with the connection, whose end has been told, or is told by the time for opening.
        if (!error.uncertain) this.#end({ report: this.#lastWords() ?? error.report, refused: true })
      },
    )
  }

  #receive(name: string, payload: unknown): void {
    const report = name === 'error' && isObject(payload) && payload.event === null ? toReport(payload) : undefined
    if (report !== undefined) this.#farewell = { report, at: performance.now() }
    this.#receiver.event(name, withBytes(payload))
  }

  /** An error about no event is the reason of an end that follows it; an event that the server does not know has none. */
  #lastWords(): ErrorReport | undefined {
    const recent = this.#farewell !== undefined && performance.now() - this.#farewell.at < farewellMs
    return recent ? this.#farewell?.report : undefined
  }
}

/** The value of a positive acknowledgement in a box, or the error of a negative one. */
function resultOf(answer: unknown): { readonly value: unknown } | SallyportError {
  if (isObject(answer) && answer.ok === true) return { value: answer.value }
  const report = isObject(answer) ? toReport(answer.error) : undefined
  return new SallyportError(report ?? localReport('internal', 'The server gave an answer that is not in the contract.'))
}

/** Browsers give binary fields as `ArrayBuffer`; listeners get them as `Uint8Array` everywhere. */
function withBytes(payload: unknown): unknown {
  if (!isObject(payload)) return payload
  const entries = Object.entries(payload)
  if (!entries.some(([, value]) => value instanceof ArrayBuffer)) return payload
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value instanceof ArrayBuffer ? new Uint8Array(value) : value]),
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
