/** Documents in the database: a log of updates with offsets, and snapshots that shorten it. */

import { crc32 } from 'node:zlib'
import { ProtocolError } from '@sallyport/protocol'
import type { Kysely } from 'kysely'
import type { DocumentStore } from '../ports.ts'
import { expect, first, template } from './batch.ts'
import type { Database } from './database.ts'
import type { Schema } from './schema.ts'

/** What is stored is not what was written: it is left as it is, for somebody to look at. */
function damaged(): ProtocolError {
  return new ProtocolError('unavailable', { rule: 'document-damaged' })
}

function bytesOf(bytes: Uint8Array, checksum: number): Uint8Array {
  if (!(bytes instanceof Uint8Array) || crc32(bytes) !== checksum) throw damaged()
  return bytes
}

/** Checks the updates after `offset`: each whole, and none missing up to the head. */
function updatesAfter(
  offset: number,
  head: number,
  rows: readonly Pick<Schema['document_updates'], 'offset' | 'bytes' | 'checksum'>[],
) {
  if (rows.length !== head - offset) throw damaged()
  return rows.map((row, index) => {
    if (row.offset !== offset + 1 + index) throw damaged()
    return { offset: row.offset, update: bytesOf(row.bytes, row.checksum) }
  })
}

interface Append extends Readonly<Record<string, string | number | Uint8Array>> {
  readonly note: string
  readonly bytes: Uint8Array
  readonly checksum: number
  readonly user: string
  readonly at: number
}

function appendTo(db: Kysely<Schema>, { note, bytes, checksum, user, at }: Append) {
  return {
    // First: it also makes appends to one document wait for each other.
    document: expect(
      'not-found',
      db
        .updateTable('documents')
        .set((eb) => ({ head: eb('head', '+', 1), updated_at: at }))
        .where('note_id', '=', note)
        .returning('head'),
    ),
    update: db.insertInto('document_updates').values((eb) => ({
      note_id: note,
      offset: eb.selectFrom('documents').select('head').where('note_id', '=', note),
      bytes,
      checksum,
      user_id: user,
      at,
    })),
  }
}

/** The document store of a database. An append is one batch: durable when it resolves. */
export function createDocumentStore({ db, batch, read }: Database): DocumentStore {
  const appending = template((values: Append) => appendTo(db, values))

  const claiming = (values: Append, clients: readonly number[]) => {
    const claims = clients.map((client_id) => ({ note_id: values.note, client_id, user_id: values.user }))
    const foreign = db
      .selectFrom('document_clients')
      .select('client_id')
      .where('note_id', '=', values.note)
      .where('user_id', '<>', values.user)
      .where('client_id', 'in', clients)
    return {
      ...appendTo(db, values),
      claimed: db
        .insertInto('document_clients')
        .values(claims)
        .onConflict((conflict) => conflict.columns(['note_id', 'client_id']).doNothing()),
      own: expect(
        'conflict',
        db.selectNoFrom((eb) => eb.lit(1).as('own')).where(({ not, exists }) => not(exists(foreign))),
      ),
    }
  }

  return {
    async load(note) {
      const found = await read({
        documents: db.selectFrom('documents').select(['epoch', 'head']).where('note_id', '=', note),
        snapshots: db
          .selectFrom('document_snapshots')
          .select(['offset', 'state', 'checksum'])
          .where('note_id', '=', note),
        updates: db
          .selectFrom('document_updates')
          .select(['offset', 'bytes', 'checksum'])
          .where('note_id', '=', note)
          .orderBy('offset'),
        clients: db.selectFrom('document_clients').select(['client_id', 'user_id']).where('note_id', '=', note),
      })
      const [document] = found.documents
      if (document === undefined) return undefined
      const [snapshot] = found.snapshots
      const snapshotOffset = snapshot?.offset ?? 0
      return {
        epoch: document.epoch,
        snapshot: snapshot === undefined ? null : bytesOf(snapshot.state, snapshot.checksum),
        snapshotOffset,
        updates: updatesAfter(snapshotOffset, document.head, found.updates),
        owners: new Map(found.clients.map(({ client_id, user_id }) => [client_id, user_id])),
      }
    },

    async append(note, { update, user, clients, at }) {
      const values = { note, bytes: update, checksum: crc32(update), user, at }
      const { document } = await (clients.length === 0
        ? batch(appending(values))
        : batch(claiming(values, [...new Set(clients)])))
      return first(document).head
    },

    async compact(note, { offset, state, at }) {
      const snapshot = { note_id: note, offset, state, checksum: crc32(state), at }
      const document = db.selectFrom('documents').select('head').where('note_id', '=', note)
      await batch({
        found: expect('not-found', document),
        // Never the older state over the newer, and none of what does not exist yet.
        reached: expect('conflict', document.where('head', '>=', offset)),
        saved: expect(
          'conflict',
          db
            .insertInto('document_snapshots')
            .values(snapshot)
            .onConflict((conflict) =>
              conflict
                .column('note_id')
                .doUpdateSet({ offset, state, checksum: snapshot.checksum, at })
                .where('document_snapshots.offset', '<=', offset),
            )
            .returning('note_id'),
        ),
        updates: db.deleteFrom('document_updates').where('note_id', '=', note).where('offset', '<=', offset),
      })
    },
  }
}
