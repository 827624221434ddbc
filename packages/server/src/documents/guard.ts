/** Decides whether an update may be taken into a document, before any of it is: the whole of it, or nothing. */
import { limits, ProtocolError } from '@sallyport/protocol'
import * as Y from 'yjs'
import { malformed } from './byte-reader.ts'
import { checkEditWork } from './edit-work.ts'
import { placeStructs } from './placement.ts'
import { type DecodedUpdate, readUpdate, type Struct } from './update-reader.ts'

/** Who sends an update, and what is known of Yjs client ids. */
export interface Author {
  readonly user: string
  /** The user to whom a Yjs client id belongs; undefined when it is free. */
  ownerOf(client: number): string | undefined
  /** How many new client ids the sender may still bring. */
  readonly newClientsLeft: number
}

/** An update that may be applied, stored and sent on. */
export interface Checked {
  /** False when the document has all of it already. */
  readonly changed: boolean
  /** The client ids that are new in the document. */
  readonly claims: readonly number[]
  /** What to apply, store and broadcast: the update without what the document has. Copied from no other bytes than those checked. */
  readonly bytes: Uint8Array
  /** False when it only deletes. */
  readonly grows: boolean
}

/**
 * Checks an update against a document and changes neither.
 * Throws `invalid-update`, `missing-updates` or `too-large`, with the rule that refused it.
 */
export function checkUpdate(document: Y.Doc, update: Uint8Array, author: Author): Checked {
  if (update.length > limits.updateBytes) throw new ProtocolError('too-large', { rule: 'update-bytes' })
  const { bytes, decoded } = withoutKnown(document, update)
  const { clockOf } = placeStructs(document, decoded.blocks)
  for (const deletion of decoded.deletions) {
    if (deletion.clock + deletion.length > clockOf(deletion.client))
      throw new ProtocolError('missing-updates', { rule: 'deletion' })
  }
  const writers = [...decoded.blocks].filter(([, structs]) => structs.some(({ kind }) => kind !== 'skip'))
  const claims = checkOwners(
    document,
    writers.map(([client]) => client),
    author,
  )
  const grows = writers.length > 0
  const deletes = checkEditWork(document, decoded)
  return { changed: grows || deletes, claims, bytes, grows }
}

/**
 * The update without the structs that the document has. Clients send them again after a reconnect or as an echo;
 * what they say about them is not believed, and does not fill the log.
 */
function withoutKnown(document: Y.Doc, update: Uint8Array): { bytes: Uint8Array; decoded: DecodedUpdate } {
  const decoded = readUpdate(update)
  if (![...decoded.blocks.values()].some((structs) => holdsKnown(document, structs))) return { bytes: update, decoded }
  const bytes = Y.diffUpdate(update, Y.encodeStateVector(document))
  return { bytes, decoded: readUpdate(bytes) }
}

/** Clocks rise within a block, so the first struct tells. */
function holdsKnown(document: Y.Doc, structs: readonly Struct[]): boolean {
  const first = structs.find(({ kind }) => kind !== 'skip')
  return first !== undefined && first.clock < Y.getState(document.store, first.client)
}

/** A client id belongs to the user who brought it: two writers of one id would split the document for ever. */
function checkOwners(document: Y.Doc, clients: readonly number[], author: Author): number[] {
  const claims: number[] = []
  for (const client of clients) {
    const owner = author.ownerOf(client)
    if (owner === author.user) {
      if (Y.getState(document.store, client) === 0) claims.push(client)
    } else if (owner !== undefined || Y.getState(document.store, client) > 0) {
      throw malformed('client-owner')
    } else {
      claims.push(client)
    }
  }
  if (claims.length > author.newClientsLeft) throw new ProtocolError('too-large', { rule: 'clients-per-session' })
  return claims
}
