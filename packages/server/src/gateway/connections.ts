/** The connections of this node, and the transports below them, counted by address from their first byte on. */
import { limits, ProtocolError } from '@sallyport/protocol'
import type { Connection } from './connection.ts'

export class Connections implements Iterable<Connection> {
  readonly #all = new Set<Connection>()
  readonly #transports = new Counter()
  readonly #anonymous = new Counter()

  add(connection: Connection): void {
    this.#all.add(connection)
  }

  /** Answers whether it was there. */
  delete(connection: Connection): boolean {
    return this.#all.delete(connection)
  }

  /** Counts a transport; the answer takes it out of the count. */
  opened(address: string): () => void {
    return this.#transports.add(address)
  }

  transportsOf(address: string): number {
    return this.#transports.of(address)
  }

  /** Takes one of the places of an address for those who have not said who they are; the answer gives it back. */
  reserveAnonymous(address: string): () => void {
    if (this.#anonymous.of(address) >= limits.deferredPerAddress) {
      throw new ProtocolError('rate-limited', { rule: 'deferred-per-address', retryAfter: 30 })
    }
    return this.#anonymous.add(address)
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#all.values()
  }
}

/** Counts by key. A key without a count takes no memory. */
class Counter {
  readonly #counts = new Map<string, number>()

  of(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  /** One more; the answer, called any number of times, makes it one less once. */
  add(key: string): () => void {
    this.#counts.set(key, this.of(key) + 1)
    let counted = true
    return () => {
      if (!counted) return
      counted = false
      const left = this.of(key) - 1
      if (left > 0) this.#counts.set(key, left)
      else this.#counts.delete(key)
    }
  }
}
