/** Reads messages with their authors, replies, reactions and what they answer: three queries for any number of them. */
import type { Message, Role } from '@sallyport/protocol'
import type { Kysely, NotNull, SelectQueryBuilder } from 'kysely'
import type { Results } from './batch.ts'
import { nanoseconds } from './nanoseconds.ts'
import type { Schema } from './schema.ts'

/** Selects the ids of the messages to read. */
export type MessageIds = SelectQueryBuilder<Schema, 'messages', { id: string }>

type MessageFields = Omit<Message, 'reply_to_message'>
/** A message with its place in the history of the channel. */
export type PlacedMessage = Message & { readonly cursor: number }

function selectMessages(db: Kysely<Schema>) {
  return db
    .selectFrom('messages')
    .leftJoin('users', 'users.id', 'messages.user_id')
    .selectAll('messages')
    .select(['users.name as user_name', 'users.role as user_role'])
    .select((eb) => {
      const replies = eb
        .selectFrom('messages as reply')
        .whereRef('reply.parent_id', '=', 'messages.id')
        .where('reply.deleted_at', 'is', null)
      return [
        replies.select(({ fn }) => fn.countAll<number>().as('count')).as('reply_count'),
        replies.select(({ fn }) => fn.max('reply.created_at').as('latest')).as('latest_reply_at'),
      ]
    })
}

/** The queries for the messages that `ids` selects: parts of a batch or of a read. */
export function messageQueries(db: Kysely<Schema>, ids: MessageIds) {
  const answered = db
    .selectFrom('messages')
    .select('messages.reply_to_id as id')
    .where('messages.id', 'in', ids)
    .where('messages.reply_to_id', 'is not', null)
    .$narrowType<{ id: NotNull }>()
  return {
    messages: selectMessages(db).where('messages.id', 'in', ids),
    answered: selectMessages(db).where('messages.id', 'in', answered),
    reactions: db
      .selectFrom('reactions')
      .innerJoin('users', 'users.id', 'reactions.user_id')
      .select(['reactions.message_id', 'reactions.name', 'users.id', 'users.name as user_name'])
      .where(
        'reactions.message_id',
        'in',
        db.selectFrom('messages').select('messages.id').where('messages.id', 'in', ids).union(answered),
      )
      .orderBy('reactions.at')
      .orderBy('users.id'),
  }
}

type Rows = Results<ReturnType<typeof messageQueries>>
type Row = Rows['messages'][number]

function reactionsFrom(rows: Rows['reactions']): Message['reactions'] {
  return [...Map.groupBy(rows, ({ name }) => name)].map(([name, of]) => ({
    name,
    users: of.map(({ id, user_name }) => ({ id, name: user_name })),
    count: of.length,
  }))
}

function authorFrom(id: string, name: string | null, role: Role | null): Message['user'] {
  return name === null || role === null ? null : { id, name, role }
}

function fieldsFrom(row: Row, reactions: Rows['reactions']): MessageFields {
  return {
    id: row.id,
    user_id: row.user_id,
    channel_id: row.channel_id,
    parent_id: row.parent_id,
    reply_to_id: row.reply_to_id,
    content: row.content,
    data: null,
    meta: null,
    is_pinned: false,
    pinned_at: null,
    pinned_by: null,
    created_at: nanoseconds(row.created_at),
    updated_at: nanoseconds(row.updated_at),
    deleted_at: row.deleted_at === null ? null : nanoseconds(row.deleted_at),
    user: authorFrom(row.user_id, row.user_name, row.user_role),
    reply_count: row.reply_count ?? 0,
    latest_reply_at: row.latest_reply_at === null ? null : nanoseconds(row.latest_reply_at),
    reactions: reactionsFrom(reactions),
    offset: row.changed,
  }
}

/** The messages that the queries found, in no particular order. */
export function messagesFrom({ messages, answered, reactions }: Rows): PlacedMessage[] {
  const byMessage = Map.groupBy(reactions, ({ message_id }) => message_id)
  const fields = (row: Row): MessageFields => fieldsFrom(row, byMessage.get(row.id) ?? [])
  const answeredById = new Map(answered.map((row) => [row.id, fields(row)]))
  return messages.map((row) => ({
    ...fields(row),
    reply_to_message: row.reply_to_id === null ? null : (answeredById.get(row.reply_to_id) ?? null),
    cursor: row.offset,
  }))
}
