/** What a client surely knew when it made an item: all that the item builds on, directly or not. */
import * as Y from 'yjs'
import type { Id, Struct } from './update-reader.ts'

/** The structs of a client, in the order of clocks: those of the document, then those of the update. */
export interface Sources {
  stored(client: number): (Y.Item | Y.GC)[]
  sent(client: number): readonly Struct[]
}

/** Grows with what is added; everything in it is walked once. */
export class Past {
  readonly #sources: Sources
  readonly #pay: () => void
  /** The next clock of each client that is not in it. */
  readonly #clocks = new Map<number, number>()

  /** `pay` is called for each struct that is walked. */
  constructor(sources: Sources, pay: () => void) {
    this.#sources = sources
    this.#pay = pay
  }

  has({ client, clock }: Id): boolean {
    return clock < (this.#clocks.get(client) ?? 0)
  }

  /** Adds a unit and all that it builds on. */
  add(unit: Id): void {
    const open = [unit]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { client, clock } = next
      const known = this.#clocks.get(client) ?? 0
      if (clock < known) continue
      this.#clocks.set(client, clock + 1)
      for (const reference of this.#references(client, known, clock)) if (!this.has(reference)) open.push(reference)
    }
  }

  *#references(client: number, from: number, to: number): Generator<Id> {
    const stored = this.#sources.stored(client)
    const last = stored.at(-1)
    const end = last === undefined ? 0 : last.id.clock + last.length
    for (let index = from < end ? Y.findIndexSS(stored, from) : stored.length; index < stored.length; index += 1) {
      const struct = stored[index]
      if (struct === undefined || struct.id.clock > to) return
      this.#pay()
      if (!(struct instanceof Y.Item)) continue
      if (struct.origin !== null) yield struct.origin
      if (struct.rightOrigin !== null) yield struct.rightOrigin
      if (struct.parent instanceof Y.AbstractType && struct.parent._item !== null) yield struct.parent._item.id
    }
    for (const struct of this.#sources.sent(client)) {
      if (struct.clock > to) return
      this.#pay()
      if (struct.kind !== 'item' || struct.clock + struct.length <= from) continue
      if (struct.origin !== null) yield struct.origin
      if (struct.rightOrigin !== null) yield struct.rightOrigin
      if (struct.parent !== null && typeof struct.parent !== 'string') yield struct.parent
    }
  }
}
