/** What the server lacks of a document: pure. */
import * as Y from 'yjs'

/** The state that the server sent: its state vector, and the bytes, whose deletions are always complete. */
export interface ServerState {
  readonly stateVector: Uint8Array
  readonly state: Uint8Array
}

/**
 * The update that the server needs to have all that the document has, or undefined when it has everything.
 * The document has already taken the server's state. Yjs itself would always find an update, since it repeats all deletions.
 */
export function lacking(document: Y.Doc, server: ServerState): Uint8Array | undefined {
  const has = Y.decodeStateVector(server.stateVector)
  const own = Y.decodeStateVector(Y.encodeStateVector(document))
  const newer = [...own].some(([client, clock]) => clock > (has.get(client) ?? 0))
  if (!newer && covers(Y.decodeUpdate(server.state).ds, Y.createDeleteSetFromStructStore(document.store)))
    return undefined
  return Y.encodeStateAsUpdate(document, server.stateVector)
}

type DeleteSet = ReturnType<typeof Y.createDeleteSetFromStructStore>

function covers(outer: DeleteSet, inner: DeleteSet): boolean {
  for (const [client, ranges] of inner.clients) {
    const known = (outer.clients.get(client) ?? []).toSorted((a, b) => a.clock - b.clock)
    for (const range of ranges) {
      let reached = range.clock
      for (const part of known) {
        if (part.clock > reached) break
        reached = Math.max(reached, part.clock + part.len)
      }
      if (reached < range.clock + range.len) return false
    }
  }
  return true
}
