/** Takes the items of an update into the lists of a document as Yjs would, on paper: nothing of the document changes. */
import { ProtocolError } from '@sallyport/protocol'
import * as Y from 'yjs'
import { malformed } from './byte-reader.ts'
import { Past, type Sources } from './past.ts'
import type { Id, Item } from './update-reader.ts'

/** Steps that one update may cost Yjs: a tenth of a second or two. Honest editing takes a few for each conflict (CWE-407). */
const maxSteps = 1_000_000

/** An item in a list: one of the document, or one of the update. */
type Listed = Y.Item | Item

/** A run of units of one item, from `clock` on. */
export interface Run {
  readonly struct: Listed
  readonly clock: number
}

/** What follows a unit in the middle or at the end of an item, other than the document has it. */
interface Split {
  /** The unit after which the list goes on elsewhere. */
  readonly clock: number
  next: Run | null
}

/** A list: the children of a type, or the values that one of its attributes had. */
interface List {
  readonly holder: object
  readonly sub: string | null
}

/** Between which units an item was made. */
interface Neighbours {
  readonly left: Run | null
  readonly right: Run | null
}

export class Rehearsal {
  readonly #find: (unit: Id) => object
  readonly #splits = new Map<Listed, Split[]>()
  readonly #starts = new Map<object, Map<string | null, Run | null>>()
  readonly #sources: Sources
  /** What each client of the update knew, as far as it had to be found out. */
  readonly #pasts = new Map<number, Past>()
  #left = maxSteps

  /** `find` gives the item of a unit that is known to be there. */
  constructor(sources: Sources, find: (unit: Id) => object) {
    this.#sources = sources
    this.#find = find
  }

  /**
   * Puts an item into its list. Throws `invalid-update` when its right neighbour is not right of its left one: Yjs would
   * put it at different places on different machines, for ever. Throws `too-large` when the update costs too much.
   */
  insert(item: Item, list: List, neighbours: Neighbours): void {
    const { left, right } = neighbours
    const first = left === null ? this.#startOf(list) : this.#next(left)
    if (!isAt(first, right) && !goesOn(item, left)) this.#checkBetween(item, first, right)
    const place = isAt(first, right) ? left : this.#resolve(item, neighbours, first)
    const next = place === null ? this.#startOf(list) : this.#next(place)
    const run = { struct: item, clock: item.clock }
    this.#setNext({ struct: item, clock: lastOf(item) }, next)
    if (place === null) this.#starts.get(list.holder)?.set(list.sub, run)
    else this.#setNext(place, run)
  }

  /** The unit after which the item comes among those between its neighbours. The order is that of `Item.integrate` in Yjs. */
  #resolve(item: Item, { left, right }: Neighbours, first: Run | null): Run | null {
    // Yjs cuts an item at the right neighbour.
    if (right !== null && right.clock > startOf(right.struct)) {
      const cut = { struct: right.struct, clock: right.clock - 1 }
      this.#setNext(cut, this.#next(cut))
    }
    // From which unit on the items passed so far were passed.
    const before = new Map<object, number>()
    const conflicting = new Map<object, number>()
    const holds = (passed: ReadonlyMap<object, number>, unit: Id): boolean =>
      (passed.get(this.#find(unit)) ?? Number.POSITIVE_INFINITY) <= unit.clock
    let place = left
    for (let run = first; run !== null && !isAt(run, right); ) {
      this.#pay()
      if (!before.has(run.struct)) before.set(run.struct, run.clock)
      if (!conflicting.has(run.struct)) conflicting.set(run.struct, run.clock)
      const origin = originOf(run)
      const end = this.#endOf(run)
      let passes = false
      if (isSame(origin, item.origin)) {
        passes = clientOf(run.struct) < item.client
        if (!passes && isSame(run.struct.rightOrigin, item.rightOrigin)) break
      } else {
        if (origin === null || !holds(before, origin)) break
        passes = !holds(conflicting, origin)
      }
      if (passes) {
        place = end
        conflicting.clear()
      }
      run = this.#next(end)
    }
    return place
  }

  /** What stands between the neighbours must have come from elsewhere: an editor puts an item between two that touch. */
  #checkBetween(item: Item, first: Run | null, right: Run | null): void {
    const past = this.#pastOf(item)
    for (let run = first; !isAt(run, right); run = this.#next(this.#endOf(run))) {
      if (run === null) throw malformed('neighbours-crossed')
      if (past.has({ client: clientOf(run.struct), clock: run.clock })) throw malformed('neighbours-parted')
      this.#pay()
    }
  }

  #pastOf({ client, clock, origin, rightOrigin }: Item): Past {
    const past = this.#pasts.get(client) ?? new Past(this.#sources, () => this.#pay())
    this.#pasts.set(client, past)
    if (clock > 0) past.add({ client, clock: clock - 1 })
    if (origin !== null) past.add(origin)
    if (rightOrigin !== null) past.add(rightOrigin)
    return past
  }

  #startOf({ holder, sub }: List): Run | null {
    const known = this.#starts.get(holder) ?? new Map<string | null, Run | null>()
    if (known.size === 0) this.#starts.set(holder, known)
    const start = known.get(sub)
    if (start !== undefined) return start
    let first = null
    if (holder instanceof Y.AbstractType) first = sub === null ? holder._start : (holder._map.get(sub) ?? null)
    for (; first !== null && first.left !== null; first = first.left) this.#pay()
    const run = first === null ? null : { struct: first, clock: first.id.clock }
    known.set(sub, run)
    return run
  }

  /** The last unit of a run. */
  #endOf({ struct, clock }: Run): Run {
    const splits = this.#splits.get(struct)
    const split = splits?.[indexOf(splits, clock)]
    return { struct, clock: split?.clock ?? lastOf(struct) }
  }

  /** The run right of a unit. */
  #next({ struct, clock }: Run): Run | null {
    const splits = this.#splits.get(struct)
    const split = splits?.[indexOf(splits, clock)]
    if (split?.clock === clock) return split.next
    if (clock < lastOf(struct)) return { struct, clock: clock + 1 }
    if (!(struct instanceof Y.Item) || struct.right === null) return null
    return { struct: struct.right, clock: struct.right.id.clock }
  }

  #setNext({ struct, clock }: Run, next: Run | null): void {
    const splits = this.#splits.get(struct) ?? []
    if (splits.length === 0) this.#splits.set(struct, splits)
    const index = indexOf(splits, clock)
    const known = splits[index]
    if (known?.clock === clock) known.next = next
    else splits.splice(index, 0, { clock, next })
  }

  #pay(): void {
    this.#left -= 1
    if (this.#left < 0) throw new ProtocolError('too-large', { rule: 'conflict-work' })
  }
}

/** The index of the first split at or after a clock; the length when there is none. */
function indexOf(splits: readonly Split[], clock: number): number {
  let low = 0
  let high = splits.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((splits[middle]?.clock ?? clock) < clock) low = middle + 1
    else high = middle
  }
  return low
}

function startOf(struct: Listed): number {
  return struct instanceof Y.Item ? struct.id.clock : struct.clock
}

function lastOf(struct: Listed): number {
  return startOf(struct) + struct.length - 1
}

function clientOf(struct: Listed): number {
  return struct instanceof Y.Item ? struct.id.client : struct.client
}

/** Whether typing goes on between the same neighbours, which were looked at when it began. */
function goesOn({ client, clock, origin, rightOrigin }: Item, left: Run | null): boolean {
  if (left === null || origin?.client !== client || origin.clock !== clock - 1) return false
  return isSame(left.struct.rightOrigin, rightOrigin)
}

/** The unit left of a run when it was made: inside an item, the unit before. */
function originOf({ struct, clock }: Run): Id | null {
  return clock === startOf(struct) ? struct.origin : { client: clientOf(struct), clock: clock - 1 }
}

function isAt(run: Run | null, other: Run | null): boolean {
  return run === null || other === null ? run === other : run.struct === other.struct && run.clock === other.clock
}

function isSame(left: Id | null, right: Id | null): boolean {
  return left === null || right === null ? left === right : left.client === right.client && left.clock === right.clock
}
