/** Bounds the work of finding an item's place among concurrent ones, which Yjs does step by step (CWE-407). */
import { ProtocolError } from '@sallyport/protocol'
import * as Y from 'yjs'
import type { Place } from './placement.ts'
import type { Id, Item } from './update-reader.ts'

/** Steps that one update may cost: a tenth of a second or two in Yjs. Honest editing takes a few for each conflict. */
const maxSteps = 1_000_000

/** The newest item of the update with one origin. */
interface Newest {
  readonly id: Id
  /** Whether it stands directly right of its origin. */
  readonly close: boolean
}

/** What stands in one holder of the update's items. */
interface Siblings {
  count: number
  readonly newest: Map<string, Newest>
}

/**
 * Counts, never too low, the neighbours that Yjs would pass for each item: it passes those between the item's origins
 * that came from elsewhere, in the document and in the update itself.
 */
export class ConflictWork {
  readonly #document: Y.Doc
  readonly #siblings = new Map<object, Siblings>()
  #left = maxSteps

  constructor(document: Y.Doc) {
    this.#document = document
  }

  /** Takes an item into account before it is placed. Throws `too-large` when the update costs too much. */
  spend(item: Item, place: Exclude<Place, 'gone'>): void {
    const siblings = this.#siblings.get(place.holder) ?? { count: 0, newest: new Map() }
    if (siblings.count === 0) this.#siblings.set(place.holder, siblings)
    const key = item.origin === null ? `/${place.sub ?? ''}` : `${item.origin.client}/${item.origin.clock}`
    const close = this.#standsClose(item, place, siblings, siblings.newest.get(key))
    siblings.count += 1
    siblings.newest.set(key, { id: item, close })
  }

  #standsClose(item: Item, place: Exclude<Place, 'gone'>, siblings: Siblings, newest: Newest | undefined): boolean {
    if (newest !== undefined) {
      if (newest.close && isSame(item.rightOrigin, newest.id)) return true
      this.#pay(siblings.count)
      if (this.#isStored(item.origin)) this.#walk(item, place)
      return false
    }
    if (!this.#isStored(item.origin)) return true
    const steps = this.#walk(item, place)
    if (steps > 0) this.#pay(siblings.count)
    return steps === 0
  }

  /** Whether what stands right of the origin stands in the document. The start of a holder does. */
  #isStored(origin: Id | null): boolean {
    return origin === null || origin.clock < Y.getState(this.#document.store, origin.client)
  }

  /** Walks in the document from the item's left origin to its right one, and pays each step. */
  #walk({ origin, rightOrigin }: Item, place: Exclude<Place, 'gone'>): number {
    const before = this.#left
    let next = origin === null ? this.#firstOf(place) : this.#after(origin, rightOrigin)
    for (; next !== null && !startsAt(next, rightOrigin); next = next.right) {
      this.#pay(1)
      if (rightOrigin !== null && holds(next, rightOrigin)) break
    }
    return before - this.#left
  }

  #after(origin: Id, rightOrigin: Id | null): Y.Item | null {
    const structs = this.#document.store.clients.get(origin.client) ?? []
    const struct = structs[Y.findIndexSS(structs, origin.clock)]
    if (!(struct instanceof Y.Item)) return null
    // Inside one run of text its own rest is the neighbour.
    const isLast = origin.clock === struct.id.clock + struct.length - 1
    if (isLast) return struct.right
    const next = { client: origin.client, clock: origin.clock + 1 }
    if (isSame(rightOrigin, next)) return null
    this.#pay(1)
    return rightOrigin !== null && holds(struct, rightOrigin) ? null : struct.right
  }

  #firstOf({ holder, sub }: Exclude<Place, 'gone'>): Y.Item | null {
    if (!(holder instanceof Y.AbstractType)) return null
    if (sub === null) return holder._start
    let first = holder._map.get(sub) ?? null
    while (first?.left) {
      this.#pay(1)
      first = first.left
    }
    return first
  }

  #pay(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new ProtocolError('too-large', { rule: 'conflict-work' })
  }
}

function isSame(left: Id | null, right: Id): boolean {
  return left !== null && left.client === right.client && left.clock === right.clock
}

function startsAt({ id }: Y.Item, other: Id | null): boolean {
  return isSame(other, id)
}

function holds({ id, length }: Y.Item, other: Id): boolean {
  return other.client === id.client && other.clock >= id.clock && other.clock < id.clock + length
}
