/** What one tick owes a socket, written at once: sockets that are owed the same frames share one buffer. */
import { once } from 'node:events'
import type { Socket as NetSocket } from 'node:net'
import { limits, ProtocolError } from '@sallyport/protocol'
import type { Clock } from '../ports.ts'

/**
 * A run of frames. Immutable: appending gives another run, and appending the same frame to the same run gives the same
 * one, so that a fan-out of many frames to many sockets joins their bytes once and not once for each socket.
 */
class Run {
  readonly #before: Run | undefined
  readonly #frame: Buffer
  /** The last two ways in which it went on: a room's members take one of two forms of each event. */
  #next: Run | undefined
  #other: Run | undefined
  #joined: Buffer | undefined

  constructor(before: Run | undefined, frame: Buffer) {
    this.#before = before
    this.#frame = frame
  }

  and(frame: Buffer): Run {
    if (this.#next && this.#next.#frame === frame) return this.#next
    const next = this.#other && this.#other.#frame === frame ? this.#other : new Run(this, frame)
    this.#other = this.#next
    this.#next = next
    return next
  }

  bytes(): Buffer {
    if (!this.#joined) {
      const frames: Buffer[] = []
      // The first run of a tick is empty.
      for (let run: Run = this; run.#before; run = run.#before) frames.push(run.#frame)
      this.#joined = frames.length === 1 ? this.#frame : Buffer.concat(frames.reverse())
    }
    return this.#joined
  }
}

/** Starts runs: the same first frame starts the same run, as long as the tick lasts. */
export class Tick {
  #start = new Run(undefined, Buffer.alloc(0))
  #owing: Outbox[] = []
  #scheduled = false

  /** The run that starts with a frame. */
  start(frame: Buffer): Run {
    return this.#start.and(frame)
  }

  /** Has the outbox flushed when the current input is handled: no timer, so a lone message waits for nothing. */
  owe(outbox: Outbox): void {
    this.#owing.push(outbox)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.flush())
  }

  flush(): void {
    this.#scheduled = false
    const owing = this.#owing
    this.#owing = []
    for (const outbox of owing) outbox.flush()
    this.#start = new Run(undefined, Buffer.alloc(0))
  }
}

/** Milliseconds in which so many bytes must be taken. The socket tells of a large write only when all of it was taken. */
function patience(bytes: number): number {
  return limits.slowMs + (bytes / limits.slowBytesPerSecond) * 1_000
}

/** The way out of one connection, past every buffer but the socket's own. */
export class Outbox {
  readonly #socket: NetSocket
  readonly #tick: Tick
  readonly #clock: Clock
  #run: Run | undefined
  #waiting = 0
  /** When the peer must have caught up, if it is behind. */
  #deadline: number | undefined

  constructor(socket: NetSocket, tick: Tick, clock: Clock) {
    this.#socket = socket
    this.#tick = tick
    this.#clock = clock
  }

  /** Whether the transport is gone. */
  get closed(): boolean {
    return this.#socket.destroyed
  }

  /** Bytes that the peer has not taken yet. */
  get backlog(): number {
    return this.#socket.writableLength + this.#waiting
  }

  /** Adds a frame; answers false when the peer is too slow and must be cut. One large frame alone makes nobody slow. */
  add(frame: Buffer): boolean {
    const keepsUp = this.#keepsUp()
    if (!this.#run) this.#tick.owe(this)
    this.#run = this.#run ? this.#run.and(frame) : this.#tick.start(frame)
    this.#waiting += frame.length
    return keepsUp
  }

  #keepsUp(): boolean {
    const { backlog } = this
    if (backlog <= limits.outgoingBytes) {
      this.#deadline = undefined
      return true
    }
    this.#deadline ??= this.#clock.now() + patience(backlog)
    return backlog <= limits.outgoingMost && this.#clock.now() <= this.#deadline
  }

  /** Resolves when the peer has taken enough that another message of its own may be answered. Rejects with `slow` when it does not. */
  async room(): Promise<void> {
    const { backlog } = this
    if (backlog <= limits.outgoingBytes) return
    this.flush()
    await once(this.#socket, 'drain', { signal: AbortSignal.timeout(patience(backlog)) }).catch(() => {
      throw new ProtocolError('slow', { rule: 'no-drain' })
    })
  }

  /** Writes what is owed now. Called before anything else is written to the same socket, so that order is kept. */
  flush(): void {
    const run = this.#run
    this.#run = undefined
    this.#waiting = 0
    if (run && this.#socket.writable) this.#socket.write(run.bytes())
  }

  /** Ends the transport at once; what was not taken is lost, and the client asks for it when it is back. */
  cut(): void {
    this.#run = undefined
    this.#waiting = 0
    this.#socket.destroy()
  }
}
