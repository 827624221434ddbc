/** Promises that are settled from elsewhere, each within a time limit. */

/** One promise that waits. */
interface Entry<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

/** A set of promises that wait for the same kind of thing. None is left waiting: each settles or is late. */
export class Pending<T> {
  readonly #entries = new Set<Entry<T>>()

  /** A promise that rejects with what `late` makes unless it is settled within `limitMs` milliseconds. */
  add(limitMs: number, late: () => Error): Entry<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const settle = () => {
      clearTimeout(timer)
      this.#entries.delete(entry)
    }
    const entry: Entry<T> = {
      promise,
      resolve: (value) => {
        settle()
        resolve(value)
      },
      reject: (error) => {
        settle()
        reject(error)
      },
    }
    const timer = setTimeout(() => entry.reject(late()), limitMs)
    this.#entries.add(entry)
    return entry
  }

  resolveAll(value: T): void {
    for (const entry of [...this.#entries]) entry.resolve(value)
  }

  rejectAll(error: Error): void {
    for (const entry of [...this.#entries]) entry.reject(error)
  }
}
