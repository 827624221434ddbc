/** The requests that are being answered, so that a stop lets them finish and nobody else in. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { ProtocolError } from '@sallyport/protocol'

/** How long a body may still take to arrive when the server stops. */
const bodyMs = 1_000

export class Requests {
  readonly #running = new Map<IncomingMessage, Promise<unknown>>()
  #draining = false

  get draining(): boolean {
    return this.#draining
  }

  /** Remembers a request until its answer has gone out, or nobody waits for it any more. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    const closed = new Promise<void>((resolve) => response.once('close', () => resolve()))
    this.#hold(request, closed)
  }

  /** Remembers the work for a request too: it goes on when the caller has left. Rejects with `draining` while the server stops. */
  async handle<T>(request: IncomingMessage, work: () => Promise<T>): Promise<T> {
    this.admit()
    const result = work()
    const before = this.#running.get(request)
    this.#hold(request, Promise.allSettled([before, result]))
    return result
  }

  /** Throws `draining` while the server stops. */
  admit(): void {
    if (this.#draining) throw new ProtocolError('draining', { rule: 'draining' })
  }

  /** From now on there are no new connections, and no new requests on those there are. */
  stopTaking(server: Server): void {
    this.#draining = true
    if (server.listening) server.close()
  }

  /** Waits for the answers that are under way, then ends all connections; one that has said nothing holds up nobody. */
  async drain(server: Server): Promise<void> {
    server.closeIdleConnections()
    const slow = setTimeout(() => {
      for (const request of this.#running.keys()) if (!request.complete) request.destroy()
    }, bodyMs)
    try {
      while (this.#running.size > 0) await Promise.all(this.#running.values())
    } finally {
      clearTimeout(slow)
      server.closeAllConnections()
    }
  }

  #hold(request: IncomingMessage, until: Promise<unknown>): void {
    const done = until.then(() => {
      if (this.#running.get(request) === done) this.#running.delete(request)
    })
    this.#running.set(request, done)
  }
}
