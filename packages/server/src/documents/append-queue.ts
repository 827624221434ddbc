/** Stores the updates of one document one after the other: what follows a failure is not stored without what failed. */
import type { DocumentStore, NewUpdate } from '../ports.ts'

interface Entry {
  readonly update: NewUpdate
  readonly durable: Promise<number>
  resolve(offset: number): void
  reject(error: unknown): void
}

/** What the owner of a queue is told, before those who wait for the update are. */
interface Observer {
  /** The oldest update of the queue is stored at the offset. */
  stored(offset: number): void
  /** The oldest update could not be stored. The queue is empty; all that waited get the same error. */
  failed(error: unknown): void
}

export class AppendQueue {
  readonly #note: string
  readonly #store: DocumentStore
  readonly #observer: Observer
  #entries: Entry[] = []
  #running: Promise<void> | undefined

  constructor(note: string, store: DocumentStore, observer: Observer) {
    this.#note = note
    this.#store = store
    this.#observer = observer
  }

  /** The newest update that is not durable yet. */
  get last(): Promise<number> | undefined {
    return this.#entries.at(-1)?.durable
  }

  /** Resolves with the offset when the update is durable. */
  push(update: NewUpdate): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.#entries.push({ update, durable: promise, resolve, reject })
    this.#running ??= this.#drain()
    return promise
  }

  /** Rejects everything that is not durable yet. What is with the store may still become so; `quiet` tells when that is known. */
  clear(error: unknown): void {
    for (const entry of this.#entries.splice(0)) entry.reject(error)
  }

  /** Resolves when the store has nothing of this queue in hand. */
  async quiet(): Promise<void> {
    await this.#running
  }

  async #drain(): Promise<void> {
    for (let entry = this.#entries[0]; entry !== undefined; entry = this.#entries[0]) {
      try {
        const offset = await this.#store.append(this.#note, entry.update)
        // Cleared meanwhile: its sender was told that it is not known to be stored.
        if (this.#entries[0] !== entry) continue
        this.#entries.shift()
        this.#observer.stored(offset)
        entry.resolve(offset)
      } catch (error) {
        if (this.#entries[0] !== entry) continue
        this.#observer.failed(error)
        this.clear(error)
      }
    }
    this.#running = undefined
  }
}
