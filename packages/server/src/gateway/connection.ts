/** A transport: one WebSocket that speaks Socket.IO, and who is behind it. */
import { limits, ProtocolError } from '@sallyport/protocol'
import type { Socket } from 'socket.io'
import type { Session } from '../rooms/session.ts'
import type { Outbox } from './outbox.ts'

/** A message that waits for its turn, or for the identity of its sender. */
export type Turn = () => Promise<void>

/** Named by what is awaited. */
export type ConnectionState =
  | { readonly name: 'awaiting-identity'; readonly early: Turn[] }
  | { readonly name: 'awaiting-messages'; readonly session: Session }
  | { readonly name: 'ended' }

export class Connection {
  readonly id: string
  readonly address: string
  readonly socket: Socket
  readonly outbox: Outbox
  state: ConnectionState = { name: 'awaiting-identity', early: [] }
  /** Ends the connection at the deadline that counts now: identity or expiry. */
  #deadline: NodeJS.Timeout | undefined
  #tail: Promise<void> = Promise.resolve()
  /** The turn that runs, or the last one that did. A turn never rejects. */
  #current: Promise<void> = Promise.resolve()
  #queued = 0
  #queuedBytes = 0
  readonly #strikes: number[] = []

  constructor({ socket, outbox, address }: { socket: Socket; outbox: Outbox; address: string }) {
    this.id = socket.id
    this.socket = socket
    this.outbox = outbox
    this.address = address
  }

  get session(): Session | undefined {
    return this.state.name === 'awaiting-messages' ? this.state.session : undefined
  }

  /** Ends the connection for all that is still to come. Answers the session that it had. */
  end(): Session | undefined {
    const { session } = this
    this.state = { name: 'ended' }
    return session
  }

  /**
   * Runs messages one after the other, in the order of arrival, each when the peer has taken the answers to those before.
   * Throws `rate-limited` when too many wait, or too many bytes.
   */
  enqueue(turn: Turn, bytes: number): void {
    if (this.#queued >= limits.queue || this.#queuedBytes + bytes > limits.queueBytes) {
      throw new ProtocolError('rate-limited', { retryAfter: 1, rule: 'queue' })
    }
    this.#queued += 1
    this.#queuedBytes += bytes
    this.#tail = this.#tail.then(async () => {
      try {
        await this.outbox.room()
        this.#current = turn()
        await this.#current
      } catch {
        // The peer takes nothing more, or a bug that was logged where it arose: nothing after it may run.
        this.outbox.cut()
      } finally {
        this.#queued -= 1
        this.#queuedBytes -= bytes
      }
    })
  }

  /** Resolves when the message that is being handled now is done with. */
  idle(): Promise<void> {
    return this.#current
  }

  /** Keeps a message until the sender has said who it is. Answers false when that is known, or too many wait. */
  awaitIdentity(turn: Turn): boolean {
    if (this.state.name !== 'awaiting-identity' || this.state.early.length >= limits.deferredJoins) return false
    this.state.early.push(turn)
    return true
  }

  /** Resolves when the messages that have arrived are handled. */
  drained(): Promise<void> {
    return this.#tail
  }

  /** Replaces the deadline. Traffic never extends it. */
  endAt(at: number, now: number, end: () => void): void {
    clearTimeout(this.#deadline)
    // setTimeout counts at most 2^31-1 ms; a later deadline is looked at again then.
    const wait = Math.min(Math.max(at - now, 0), 2_147_483_647)
    this.#deadline = setTimeout(() => (wait < at - now ? this.endAt(at, now + wait, end) : end()), wait)
    this.#deadline.unref()
  }

  clearDeadline(): void {
    clearTimeout(this.#deadline)
  }

  /** Destroys the transport if the peer has not closed it by then. */
  cutAfter(ms: number): void {
    clearTimeout(this.#deadline)
    this.#deadline = setTimeout(() => this.outbox.cut(), ms)
    this.#deadline.unref()
  }

  /** Counts a protocol error; answers whether there were too many. */
  strike(now: number): boolean {
    this.#strikes.push(now)
    while ((this.#strikes[0] ?? now) < now - limits.strikeSeconds * 1_000) this.#strikes.shift()
    return this.#strikes.length >= limits.strikes
  }
}
