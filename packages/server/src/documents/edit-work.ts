/** Bounds the work of cutting and joining the structs of a document, which Yjs keeps in one array for each client (CWE-407). */
import { ProtocolError } from '@sallyport/protocol'
import * as Y from 'yjs'
import type { DecodedUpdate, Deletion, Id } from './update-reader.ts'

/** Array places that one update may move: under a second. Replacing 5,000 words in a note of 1 MB moves a third of it. */
const maxMoves = 500_000_000

/** Structs that one document may hold: each costs memory and time far beyond its bytes. A note of 1 MB has about 60,000. */
const maxStructs = 250_000

type Structs = (Y.Item | Y.GC)[]

/** What an update does to the arrays of a document. */
interface Work {
  /** Array places that are moved. */
  readonly moves: number
  /** Structs that are cut in two. */
  readonly cuts: number
}

const none: Work = { moves: 0, cuts: 0 }

/**
 * Whether the update deletes something that is still there.
 * Throws `too-large` when its cuts cost too much, or when the document would hold too many structs.
 */
export function checkEditWork({ store }: Y.Doc, { blocks, deletions }: DecodedUpdate): boolean {
  const total = { moves: 0, structs: 0 }
  const add = ({ moves, cuts }: Work): boolean => {
    total.moves += moves
    total.structs += cuts
    if (total.moves > maxMoves) throw new ProtocolError('too-large', { rule: 'edit-work' })
    return moves > 0
  }
  const structsOf = (client: number): Structs => store.clients.get(client) ?? []
  let deletes = false
  for (const deletion of deletions) if (add(deletionWork(structsOf(deletion.client), deletion))) deletes = true
  for (const block of blocks.values()) {
    total.structs += block.length
    for (const item of block) {
      if (item.kind !== 'item') continue
      if (item.origin !== null) add(cutWork(structsOf(item.origin.client), item.origin))
      if (item.rightOrigin !== null) add(cutWork(structsOf(item.rightOrigin.client), item.rightOrigin))
    }
  }
  checkCount(store, total.structs, blocks.size > 0)
  return deletes
}

/** A full document still takes deletions, also such that cut; how far, has an end too. */
function checkCount({ clients }: Y.Doc['store'], more: number, grows: boolean): void {
  let count = more
  for (const structs of clients.values()) count += structs.length
  if (more > 0 && count > (grows ? maxStructs : maxStructs * 2))
    throw new ProtocolError('too-large', { rule: 'document-structs' })
}

/** What a deletion of stored units costs: a cut at each end, and the join with what is deleted already. `none` when all of it is. */
function deletionWork(structs: Structs, { clock, length }: Deletion): Work {
  const start = indexOf(structs, clock)
  const first = structs[start]
  if (first === undefined) return none
  const end = clock + length
  let deletes = false
  let index = start
  for (; index < structs.length; index += 1) {
    const struct = structs[index]
    if (struct === undefined || struct.id.clock >= end) break
    deletes ||= !struct.deleted
  }
  if (!deletes) return none
  const last = structs[index - 1] ?? first
  const cuts =
    Number(!first.deleted && first.id.clock < clock) + Number(!last.deleted && last.id.clock + last.length > end)
  const joins = Number(structs[start - 1]?.deleted === true || structs[index]?.deleted === true || index - start > 1)
  // Cheap deletions count a little too: they are still deletions.
  return { moves: (structs.length - start) * (cuts + joins) + 1, cuts }
}

/** What a cut beside a unit costs; `none` when the unit is new, or a struct of its own. */
function cutWork(structs: Structs, { clock }: Id): Work {
  const index = indexOf(structs, clock)
  const struct = structs[index]
  return struct === undefined || struct.length === 1 ? none : { moves: structs.length - index, cuts: 1 }
}

/** The index of the struct that holds a clock; the length when the clock is not there yet. */
function indexOf(structs: Structs, clock: number): number {
  const last = structs.at(-1)
  return last === undefined || clock >= last.id.clock + last.length ? structs.length : Y.findIndexSS(structs, clock)
}
