/** A document in memory: the Yjs state that its log gives, and nothing that Yjs would add by itself. */
import { limits, ProtocolError } from '@sallyport/protocol'
import * as Y from 'yjs'
import type { StoredDocument } from '../ports.ts'
import { roots } from './content-rules.ts'

/** What one loading of a document gave, and what came after. */
export interface Replica {
  readonly doc: Y.Doc
  readonly epoch: string
  /** Which user brought each Yjs client id. */
  readonly owners: Map<number, string>
  /** The offset of the newest update that is durable. */
  offset: number
  /** The offset up to which the store has, or was offered, a snapshot. */
  snapshotOffset: number
  /** The encoded state has no more bytes than this. */
  bytesAtMost: number
  /** Updates since `bytesAtMost` was measured. */
  sinceMeasured: number
}

/** Updates between two measurements of a full document: measuring encodes all of it. */
const measureEvery = 16

/** Builds the document from what is stored. Throws `unavailable` when that is damaged. */
export function replicaOf(stored: StoredDocument): Replica {
  const doc = emptyDocument()
  let offset = stored.snapshotOffset
  try {
    doc.transact(() => {
      if (stored.snapshot !== null) Y.applyUpdate(doc, stored.snapshot)
      for (const { update } of stored.updates) Y.applyUpdate(doc, update)
    })
  } catch {
    // What Yjs throws on broken bytes says nothing that the rule does not.
    throw damaged()
  }
  for (const update of stored.updates) {
    if (update.offset !== offset + 1) throw damaged()
    offset = update.offset
  }
  if (hasPending(doc)) throw damaged()
  return {
    doc,
    epoch: stored.epoch,
    owners: new Map(stored.owners),
    offset,
    snapshotOffset: stored.snapshotOffset,
    bytesAtMost: stored.updates.reduce((sum, { update }) => sum + update.length, stored.snapshot?.length ?? 0),
    sinceMeasured: measureEvery,
  }
}

/** Applies an update that was checked. False when Yjs did not take all of it: then the replica is spoilt. */
export function applyTo(replica: Replica, update: Uint8Array): boolean {
  replica.bytesAtMost += update.length
  replica.sinceMeasured += 1
  try {
    Y.applyUpdate(replica.doc, update)
  } catch {
    // Yjs is then half-way through the update, whatever it says.
    return false
  }
  return !hasPending(replica.doc)
}

/** Whether so many bytes more stay within the limit of a document. */
export function fitsInto(replica: Replica, bytes: number): boolean {
  if (replica.bytesAtMost + bytes <= limits.documentBytes) return true
  if (replica.sinceMeasured < measureEvery) return false
  replica.bytesAtMost = Y.encodeStateAsUpdate(replica.doc).length
  replica.sinceMeasured = 0
  return replica.bytesAtMost + bytes <= limits.documentBytes
}

/** Whether Yjs holds back something that builds on what is not there. */
function hasPending(doc: Y.Doc): boolean {
  return doc.store.pendingStructs !== null || doc.store.pendingDs !== null
}

function emptyDocument(): Y.Doc {
  const doc = new Y.Doc({ gc: true })
  for (const name of roots) doc.getXmlFragment(name)
  // Yjs deletes redundant formatting by itself after a foreign change. The log would not know of it.
  doc.on('afterTransaction', (transaction) => {
    transaction._needFormattingCleanup = false
  })
  return doc
}

function damaged(): ProtocolError {
  return new ProtocolError('unavailable', { rule: 'document-damaged' })
}
