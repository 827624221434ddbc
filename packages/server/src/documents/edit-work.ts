/** Bounds the work of cutting and joining the structs of a document, which Yjs keeps in one array for each client (CWE-407). */
import { ProtocolError } from '@sallyport/protocol'
import * as Y from 'yjs'
import type { DecodedUpdate, Deletion, Id } from './update-reader.ts'

/** Array places that one update may move: under a second. Replacing 5,000 words in a note of 1 MB moves a third of it. */
const maxMoves = 500_000_000

/** Structs that one document may hold: each costs memory and time far beyond its bytes. A note of 1 MB has about 60,000. */
const maxStructs = 250_000

/**
 * Whether the update deletes something that is still there.
 * Throws `too-large` when its cuts cost too much, or when the document would hold too many structs.
 */
export function checkEditWork({ store }: Y.Doc, { blocks, deletions }: DecodedUpdate): boolean {
  let moves = 0
  let structs = 0
  const pay = (count: number): void => {
    moves += count
    if (moves > maxMoves) throw new ProtocolError('too-large', { rule: 'edit-work' })
  }
  const deleting = deletions.filter((deletion) => {
    const cost = costOf(store.clients.get(deletion.client) ?? [], deletion)
    pay(cost)
    return cost > 0
  })
  for (const block of blocks.values()) {
    structs += block.length
    for (const item of block) {
      if (item.kind !== 'item') continue
      for (const unit of [item.origin, item.rightOrigin])
        if (unit !== null) pay(cutCost(store.clients.get(unit.client) ?? [], unit))
    }
  }
  for (const client of store.clients.values()) structs += client.length
  if (blocks.size > 0 && structs + deleting.length * 2 > maxStructs)
    throw new ProtocolError('too-large', { rule: 'document-structs' })
  return deleting.length > 0
}

/** What a deletion of stored units moves: a cut at each end, and the join with what is deleted already. 0 when all of it is. */
function costOf(structs: (Y.Item | Y.GC)[], { clock, length }: Deletion): number {
  const last = structs.at(-1)
  if (last === undefined || clock >= last.id.clock + last.length) return 0
  const start = Y.findIndexSS(structs, clock)
  for (let index = start; index < structs.length; index += 1) {
    const struct = structs[index]
    if (struct === undefined || struct.id.clock >= clock + length) return 0
    if (!struct.deleted) return (structs.length - start) * 3
  }
  return 0
}

/** What a cut beside a unit moves; 0 when the unit is new, or a struct of its own. */
function cutCost(structs: (Y.Item | Y.GC)[], { clock }: Id): number {
  const last = structs.at(-1)
  if (last === undefined || clock >= last.id.clock + last.length) return 0
  const index = Y.findIndexSS(structs, clock)
  return (structs[index]?.length ?? 1) > 1 ? structs.length - index : 0
}
