/** What can be done with notes besides writing in them: make, list, rename, share, delete. */
import {
  type AccessControl,
  type Note,
  type NoteOverview,
  ownerOnly,
  ProtocolError,
  reaches,
  room,
} from '@sallyport/protocol'
import { type Access, decide } from '../access/access.ts'
import { checkSharing } from '../access/sharing.ts'
import type { AccessRecord, Broker, Clock, RoomStore, Standing, StoredNote } from '../ports.ts'

interface Dependencies {
  readonly store: RoomStore
  readonly access: Access
  readonly broker: Broker
  readonly clock: Clock
}

/** The acts on notes. Permission was checked by the door that calls. */
export type Notes = ReturnType<typeof createNotes>

export function createNotes({ store, access, broker, clock }: Dependencies) {
  function overviewOf(person: Standing, { note, owner }: StoredNote): NoteOverview {
    const { access_control: list, ...rest } = note
    const record: AccessRecord = { kind: 'note', id: note.id, owner: note.user_id, access: list }
    const { level } = decide(person, record, access.bypass)
    return {
      ...rest,
      ...(level === 'manage' ? { access_control: list } : {}),
      level,
      write_access: reaches(level, 'write'),
      user: owner,
    }
  }

  async function get(person: Standing, id: string): Promise<NoteOverview> {
    const stored = await store.note(id)
    if (!stored) throw new ProtocolError('not-found')
    return overviewOf(person, stored)
  }

  return {
    get,

    list: async (person: Standing, page: number): Promise<NoteOverview[]> => {
      const notes = await store.notes(access.reader(person), page)
      return notes.map((stored) => overviewOf(person, stored))
    },

    create: async (
      person: Standing,
      form: { title: string; access_control?: AccessControl | undefined },
    ): Promise<NoteOverview> => {
      checkSharing(person, form.access_control)
      const stored = await store.createNote({
        id: crypto.randomUUID(),
        user: person.id,
        title: form.title,
        access: form.access_control === undefined ? ownerOnly : form.access_control,
        epoch: crypto.randomUUID(),
        at: clock.now(),
      })
      await broker.control({ type: 'resource', kind: 'note', id: stored.note.id, before: null })
      return overviewOf(person, stored)
    },

    /** Renames a note (writers) or changes who may use it (managers: a writer must not widen access, EV-29). */
    change: async (
      person: Standing,
      id: string,
      form: { title?: string | undefined; access_control?: AccessControl | undefined },
    ) => {
      const before = await store.access('note', id)
      if (form.access_control !== undefined && !reaches(decide(person, before, access.bypass).level, 'manage')) {
        throw new ProtocolError('forbidden', { rule: 'sharing-needs-manage' })
      }
      checkSharing(person, form.access_control, before?.access)
      const stored = await store.updateNote(id, {
        ...(form.title === undefined ? {} : { title: form.title }),
        ...(form.access_control === undefined ? {} : { access: form.access_control }),
        at: clock.now(),
      })
      await broker.control({ type: 'resource', kind: 'note', id, before: before ?? null })
      const { access_control: _, ...followers } = stored.note
      broker.publish({ room: room.note(id), event: 'note-events', payload: followers satisfies Note })
      return overviewOf(person, stored)
    },

    remove: async (id: string): Promise<void> => {
      const before = await store.access('note', id)
      if (!before) throw new ProtocolError('not-found')
      await store.deleteNote(id)
      await broker.control({ type: 'resource', kind: 'note', id, before })
    },
  }
}
