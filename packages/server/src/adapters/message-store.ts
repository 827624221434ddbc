/** Messages in the database. */
import type { RoomStore } from '../ports.ts'
import type { Database } from './database.ts'
import { createMessageLog, unplaced } from './message-log.ts'
import { messageQueries, messagesFrom } from './message-queries.ts'

/** The part of the room store that is about messages. */
export type MessageStore = Pick<RoomStore, 'post' | 'edit' | 'remove' | 'react' | 'message' | 'messages' | 'changes'>

/** The part of the room store that is about messages, for a database. */
export function createMessageStore(database: Database): MessageStore {
  const { db, read } = database
  const ids = db.selectFrom('messages').select('messages.id')

  return {
    ...createMessageLog(database),

    async message(channel, id) {
      const one = ids.where('messages.id', '=', id).where('messages.channel_id', '=', channel)
      const [message] = messagesFrom(await read(messageQueries(db, one)))
      return message === undefined ? undefined : unplaced(message)
    },

    async messages(channel, parent, { before, skip, limit }) {
      const history = ids
        .where('messages.channel_id', '=', channel)
        .where('messages.parent_id', parent === null ? 'is' : '=', parent)
        .where((eb) =>
          eb.or([
            eb('messages.deleted_at', 'is', null),
            eb.exists(
              eb
                .selectFrom('messages as reply')
                .select('reply.id')
                .whereRef('reply.parent_id', '=', 'messages.id')
                .where('reply.deleted_at', 'is', null),
            ),
          ]),
        )
        .orderBy('messages.offset', 'desc')
        .limit(limit)
        .offset(skip)
      const page = before === undefined ? history : history.where('messages.offset', '<', before)
      const found = messagesFrom(await read(messageQueries(db, page)))
      return found.toSorted((a, b) => b.cursor - a.cursor)
    },

    async changes(channel, since, limit) {
      const page = ids
        .where('messages.channel_id', '=', channel)
        .where('messages.changed', '>', since)
        .orderBy('messages.changed')
        .orderBy('messages.offset')
        .limit(limit)
      const found = messagesFrom(await read(messageQueries(db, page)))
      return found.toSorted((a, b) => a.offset - b.offset || a.cursor - b.cursor).map(unplaced)
    },
  }
}
