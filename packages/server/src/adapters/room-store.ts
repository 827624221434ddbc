/** Channels, messages and notes in the database. */
import type { RoomStore } from '../ports.ts'
import { createChannelStore } from './channel-store.ts'
import type { Database } from './database.ts'
import { createAccessLoader } from './grant-store.ts'
import { createMessageStore } from './message-store.ts'
import { createNoteStore } from './note-store.ts'

/** The room store of a database. */
export function createRoomStore(database: Database): RoomStore {
  return {
    access: createAccessLoader(database),
    ...createChannelStore(database),
    ...createMessageStore(database),
    ...createNoteStore(database),
  }
}
