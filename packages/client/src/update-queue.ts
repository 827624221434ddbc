/** The local edits that the server has not acknowledged: one request in flight, the rest merged behind it. */
import { mergeUpdates } from 'yjs'

/** Holds Yjs updates in the order in which they were made. */
export class UpdateQueue {
  #pending: Uint8Array[] = []
  #inFlight: readonly Uint8Array[] = []

  /** Updates that are not acknowledged, in flight or waiting. */
  get size(): number {
    return this.#pending.length + this.#inFlight.length
  }

  get busy(): boolean {
    return this.#inFlight.length > 0
  }

  add(update: Uint8Array): void {
    this.#pending.push(update)
  }

  /**
   * The next request: waiting updates merged, as many as have `maxBytes` together (at least one).
   * Undefined when nothing waits or a request is in flight.
   */
  take(maxBytes: number): Uint8Array | undefined {
    const [first] = this.#pending
    if (this.busy || first === undefined) return undefined
    let count = 1
    let bytes = first.length
    for (const update of this.#pending.slice(1)) {
      bytes += update.length
      if (bytes > maxBytes) break
      count += 1
    }
    this.#inFlight = this.#pending.splice(0, count)
    return count === 1 ? first : mergeUpdates([...this.#inFlight])
  }

  /** The request in flight is durable. */
  acknowledge(): void {
    this.#inFlight = []
  }

  /** The request in flight did not arrive, or may not have: it is the first of the next. */
  restore(): void {
    this.#pending = [...this.#inFlight, ...this.#pending]
    this.#inFlight = []
  }

  /** Everything that waits, merged, without taking it; undefined when nothing does. */
  peek(): Uint8Array | undefined {
    return this.#pending.length === 0 ? undefined : mergeUpdates(this.#pending)
  }

  /** Puts one update that holds them all in place of those that wait. */
  replace(update: Uint8Array | undefined): void {
    this.#pending = update === undefined ? [] : [update]
  }
}
