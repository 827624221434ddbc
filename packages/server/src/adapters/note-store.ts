/** Notes in the database, without their content: that is in the document store. */
import { limits, type Role } from '@sallyport/protocol'
import type { Kysely } from 'kysely'
import type { RoomStore, StoredNote } from '../ports.ts'
import { expect, first } from './batch.ts'
import type { Database } from './database.ts'
import { accessOfEach, readableBy, selectAllGrants, selectGrants, setAccess } from './grant-store.ts'
import { nanoseconds } from './nanoseconds.ts'
import type { Schema } from './schema.ts'

/** The part of the room store that is about notes. */
export type NoteStore = Pick<RoomStore, 'createNote' | 'note' | 'notes' | 'updateNote' | 'deleteNote'>

interface NoteRow {
  readonly id: string
  readonly user_id: string
  readonly title: string
  readonly created_at: number
  readonly changed_at: number
  readonly owner_name: string | null
  readonly owner_role: Role | null
}

function noteFrom(row: NoteRow, access: ReturnType<typeof accessOfEach>): StoredNote {
  const { id, user_id, title, owner_name, owner_role } = row
  const times = { created_at: nanoseconds(row.created_at), updated_at: nanoseconds(row.changed_at) }
  return {
    note: { id, user_id, title, data: null, meta: null, access_control: access(id), ...times },
    owner: owner_name === null || owner_role === null ? null : { id: user_id, name: owner_name, role: owner_role },
  }
}

/** Notes with their owners. A note was last changed when its title, its sharing or its document was. */
function selectNotes(db: Kysely<Schema>) {
  return db
    .selectFrom('notes')
    .innerJoin('documents', 'documents.note_id', 'notes.id')
    .leftJoin('users', 'users.id', 'notes.user_id')
    .select([
      'notes.id',
      'notes.user_id',
      'notes.title',
      'notes.created_at',
      'users.name as owner_name',
      'users.role as owner_role',
    ])
    .select((eb) =>
      eb
        .case()
        .whenRef('documents.updated_at', '>', 'notes.updated_at')
        .thenRef('documents.updated_at')
        .elseRef('notes.updated_at')
        .end()
        .as('changed_at'),
    )
}

/** The part of the room store that is about notes, for a database. */
export function createNoteStore({ db, batch, read }: Database): NoteStore {
  const one = (id: string) => ({
    notes: selectNotes(db).where('notes.id', '=', id),
    grants: selectGrants(db, 'note', id),
  })

  return {
    async createNote({ id, user, title, access, epoch, at }) {
      const { notes, stored } = await batch({
        note: db.insertInto('notes').values({ id, user_id: user, title, created_at: at, updated_at: at }),
        document: db.insertInto('documents').values({ note_id: id, epoch, head: 0, updated_at: at }),
        ...setAccess(db, { kind: 'note', id }, access),
        notes: one(id).notes,
        stored: one(id).grants,
      })
      return noteFrom(first(notes), accessOfEach(stored))
    },

    async note(id) {
      const { notes, grants } = await read(one(id))
      const [row] = notes
      return row === undefined ? undefined : noteFrom(row, accessOfEach(grants))
    },

    async notes(reader, page) {
      const readable = selectNotes(db)
        .where(readableBy(reader, 'note'))
        .orderBy('changed_at', 'desc')
        .orderBy('notes.id')
        .limit(limits.page)
        .offset((page - 1) * limits.page)
      const ids = db.selectFrom(readable.as('page')).select('page.id')
      const { notes, grants } = await read({
        notes: readable,
        grants: selectAllGrants(db, 'note').where('resource_id', 'in', ids),
      })
      const access = accessOfEach(grants)
      return notes.map((row) => noteFrom(row, access))
    },

    async updateNote(id, { title, access, at }) {
      const columns = { updated_at: at, ...(title === undefined ? {} : { title }) }
      const { notes, stored } = await batch({
        found: expect('not-found', db.updateTable('notes').set(columns).where('id', '=', id).returning('id')),
        ...(access === undefined ? {} : setAccess(db, { kind: 'note', id }, access)),
        notes: one(id).notes,
        stored: one(id).grants,
      })
      return noteFrom(first(notes), accessOfEach(stored))
    },

    async deleteNote(id) {
      await batch({
        grants: db.deleteFrom('grants').where('resource_kind', '=', 'note').where('resource_id', '=', id),
        // The document goes with it.
        note: expect('not-found', db.deleteFrom('notes').where('id', '=', id).returning('id')),
      })
    },
  }
}
