/** Changes of messages in the database: each moves the head of the channel's log in the same batch. */
import { limits, type Message, ProtocolError } from '@sallyport/protocol'
import type { LogEntry, RoomStore } from '../ports.ts'
import { expect, first, template } from './batch.ts'
import type { Database } from './database.ts'
import { type MessageIds, messageQueries, messagesFrom, type PlacedMessage } from './message-queries.ts'

/** The part of the room store that changes messages. */
export type MessageLog = Pick<RoomStore, 'post' | 'edit' | 'remove' | 'react'>

interface Post extends Readonly<Record<string, string | number | null>> {
  readonly id: string
  readonly channel: string
  readonly user: string
  readonly content: string
  readonly clientKey: string | null
  readonly at: number
}

/** The message without its place, which only pages of the history carry. */
export function unplaced({ cursor: _, ...message }: PlacedMessage): Message {
  return message
}

function entry(log: { readonly epoch: string; readonly head: number }, messages: readonly PlacedMessage[]): LogEntry {
  return { message: unplaced(first(messages)), head: { epoch: log.epoch, offset: log.head }, changed: true }
}

function isConflict(error: unknown): boolean {
  return error instanceof ProtocolError && error.code === 'conflict'
}

/** The part of the room store that changes messages, for a database. */
export function createMessageLog({ db, batch, read }: Database): MessageLog {
  const ids = db.selectFrom('messages').select('messages.id')
  const one = (channel: string, id: string): MessageIds =>
    ids.where('messages.id', '=', id).where('messages.channel_id', '=', channel)
  const newest = (channel: string) => db.selectFrom('channels').select('head').where('id', '=', channel)
  const inChannel = (channel: string, id: string) =>
    db.updateTable('messages').where('channel_id', '=', channel).where('id', '=', id)
  const undeleted = (channel: string, id: string) => inChannel(channel, id).where('deleted_at', 'is', null)

  /** Takes the next offset of the channel. First in each batch: it also makes changes of one channel wait for each other. */
  const nextOffset = (channel: string) =>
    expect(
      'not-found',
      db
        .updateTable('channels')
        .set((eb) => ({ head: eb('head', '+', 1) }))
        .where('id', '=', channel)
        .returning(['epoch', 'head']),
    )

  /** The entry of a message as it is, where there was nothing to change. */
  async function unchanged(channel: string, which: MessageIds): Promise<LogEntry> {
    const log = db.selectFrom('channels').select(['epoch', 'head']).where('id', '=', channel)
    const { head, ...rows } = await read({ head: log, ...messageQueries(db, which) })
    if (head.length === 0 || rows.messages.length === 0) throw new ProtocolError('not-found')
    return { ...entry(first(head), messagesFrom(rows)), changed: false }
  }

  function posting({ id, channel, user, content, clientKey, at }: Post, parent: string | null, replyTo: string | null) {
    const values = {
      id,
      channel_id: channel,
      user_id: user,
      parent_id: parent,
      reply_to_id: replyTo,
      client_key: clientKey,
      content,
      offset: newest(channel),
      changed: newest(channel),
      created_at: at,
      updated_at: at,
      deleted_at: null,
    }
    return {
      head: nextOffset(channel),
      // A reply changes what its parent shows, so the parent is in the log again too.
      parent:
        parent === null
          ? undefined
          : expect(
              'not-found',
              inChannel(channel, parent)
                .set({ changed: newest(channel) })
                .returning('id'),
            ),
      replyTo: replyTo === null ? undefined : expect('not-found', one(channel, replyTo)),
      posted: expect(
        'conflict',
        db
          .insertInto('messages')
          .values(values)
          .onConflict((conflict) => conflict.columns(['channel_id', 'user_id', 'client_key']).doNothing())
          .returning('id'),
      ),
      ...messageQueries(db, one(channel, id)),
    }
  }
  const postingPlain = template((values: Post) => posting(values, null, null))

  return {
    async post({ parent, replyTo, ...message }) {
      const { channel, user, clientKey } = message
      const plain = parent === null && replyTo === null
      try {
        const { head, ...rows } = await (plain
          ? batch(postingPlain({ ...message }))
          : batch(posting({ ...message }, parent, replyTo)))
        return entry(first(head), messagesFrom(rows))
      } catch (error) {
        if (clientKey === null || !isConflict(error)) throw error
        return unchanged(
          channel,
          ids.where('channel_id', '=', channel).where('user_id', '=', user).where('client_key', '=', clientKey),
        )
      }
    },

    async edit(channel, message, content, at) {
      const { head, ...rows } = await batch({
        head: nextOffset(channel),
        edited: expect(
          'not-found',
          undeleted(channel, message)
            .set({ content, updated_at: at, changed: newest(channel) })
            .returning('id'),
        ),
        ...messageQueries(db, one(channel, message)),
      })
      return entry(first(head), messagesFrom(rows))
    },

    async remove(channel, message, at) {
      const emptied = { content: '', deleted_at: at, updated_at: at, changed: newest(channel) }
      const parent = db
        .selectFrom('messages')
        .select('parent_id')
        .where('id', '=', message)
        .where('parent_id', 'is not', null)
      try {
        const { head, ...rows } = await batch({
          head: nextOffset(channel),
          removed: expect('conflict', undeleted(channel, message).set(emptied).returning('id')),
          parent: db
            .updateTable('messages')
            .set({ changed: newest(channel) })
            .where('id', 'in', parent),
          withdrawn: db.deleteFrom('reactions').where('message_id', '=', message),
          ...messageQueries(db, one(channel, message)),
        })
        return entry(first(head), messagesFrom(rows))
      } catch (error) {
        if (!isConflict(error)) throw error
        return unchanged(channel, one(channel, message))
      }
    },

    async react(channel, message, { user, name, add, at }) {
      const values = { message_id: message, name, user_id: user, at }
      const added = db
        .insertInto('reactions')
        .values(values)
        .onConflict((conflict) => conflict.columns(['message_id', 'name', 'user_id']).doNothing())
      const removed = db
        .deleteFrom('reactions')
        .where('message_id', '=', message)
        .where('name', '=', name)
        .where('user_id', '=', user)
      const few = db
        .selectFrom('reactions')
        .select((eb) => eb.fn.count<number>('name').distinct().as('names'))
        .where('message_id', '=', message)
        .having((eb) => eb.fn.count('name').distinct(), '<=', limits.reactionsPerMessage)
      try {
        const { head, ...rows } = await batch({
          head: nextOffset(channel),
          message: expect(
            'not-found',
            undeleted(channel, message)
              .set({ changed: newest(channel) })
              .returning('id'),
          ),
          reaction: add
            ? expect('conflict', added.returning('message_id'))
            : expect('conflict', removed.returning('message_id')),
          few: add ? expect('too-large', few) : undefined,
          ...messageQueries(db, one(channel, message)),
        })
        return entry(first(head), messagesFrom(rows))
      } catch (error) {
        if (!isConflict(error)) throw error
        return unchanged(channel, one(channel, message))
      }
    },
  }
}
