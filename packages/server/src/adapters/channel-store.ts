/** Channels in the database. */
import { ProtocolError } from '@sallyport/protocol'
import type { Kysely } from 'kysely'
import type { ReaderChannel, RoomStore, StoredChannel } from '../ports.ts'
import { expect, first } from './batch.ts'
import type { Database } from './database.ts'
import { accessOfEach, changeWriters, readableBy, selectAllGrants, selectGrants, setAccess } from './grant-store.ts'
import { nanoseconds } from './nanoseconds.ts'
import type { Schema } from './schema.ts'

/** The part of the room store that is about channels. */
export type ChannelStore = Pick<
  RoomStore,
  | 'createChannel'
  | 'channel'
  | 'channels'
  | 'readerChannel'
  | 'updateChannel'
  | 'changeMembers'
  | 'deleteChannel'
  | 'markRead'
>

type ChannelRow = Schema['channels'] & { readonly last_message_at: number | null }
type ReaderRow = ChannelRow & { readonly last_read_at: number | null; readonly unread: number | null }
type AccessOf = ReturnType<typeof accessOfEach>

function channelFrom(row: ChannelRow, access: AccessOf): StoredChannel {
  const { id, user_id, type, name, description } = row
  const times = { created_at: nanoseconds(row.created_at), updated_at: nanoseconds(row.updated_at) }
  return {
    channel: { id, user_id, type, name, description, access_control: access(id), ...times },
    head: { epoch: row.epoch, offset: row.head },
    lastMessageAt: row.last_message_at === null ? null : nanoseconds(row.last_message_at),
  }
}

function readerChannelFrom(row: ReaderRow, access: AccessOf): ReaderChannel {
  return { ...channelFrom(row, access), lastReadAt: nanoseconds(row.last_read_at ?? 0), unread: row.unread ?? 0 }
}

function selectChannels(db: Kysely<Schema>) {
  return db
    .selectFrom('channels')
    .selectAll('channels')
    .select((eb) =>
      eb
        .selectFrom('messages')
        .select('messages.created_at')
        .whereRef('messages.channel_id', '=', 'channels.id')
        .where('messages.deleted_at', 'is', null)
        .orderBy('messages.created_at', 'desc')
        .limit(1)
        .as('last_message_at'),
    )
}

function selectReaderChannels(db: Kysely<Schema>, user: string) {
  return selectChannels(db)
    .leftJoin('channel_reads', (join) =>
      join.onRef('channel_reads.channel_id', '=', 'channels.id').on('channel_reads.user_id', '=', user),
    )
    .select('channel_reads.last_read_at')
    .select((eb) =>
      eb
        .selectFrom('messages')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('messages.channel_id', '=', 'channels.id')
        .where('messages.created_at', '>', eb.fn.coalesce('channel_reads.last_read_at', eb.lit(0)))
        .where('messages.user_id', '<>', user)
        .where('messages.deleted_at', 'is', null)
        .as('unread'),
    )
}

/** The part of the room store that is about channels, for a database. */
export function createChannelStore({ db, batch, read }: Database): ChannelStore {
  const one = (id: string) => ({
    channels: selectChannels(db).where('channels.id', '=', id),
    grants: selectGrants(db, 'channel', id),
  })

  const store: ChannelStore = {
    async createChannel({ id, user, type, name, description, access, epoch, at, directKey }) {
      const values = {
        id,
        user_id: user,
        type,
        name,
        description,
        direct_key: directKey,
        epoch,
        head: 0,
        created_at: at,
        updated_at: at,
      }
      try {
        const { channels, stored } = await batch({
          created: expect(
            'conflict',
            db
              .insertInto('channels')
              .values(values)
              .onConflict((conflict) => conflict.column('direct_key').doNothing())
              .returning('id'),
          ),
          ...setAccess(db, { kind: 'channel', id }, access),
          channels: one(id).channels,
          stored: one(id).grants,
        })
        return { channel: channelFrom(first(channels), accessOfEach(stored)), created: true }
      } catch (error) {
        if (directKey === null || !(error instanceof ProtocolError) || error.code !== 'conflict') throw error
        const { channels, grants } = await read({
          channels: selectChannels(db).where('channels.direct_key', '=', directKey),
          grants: selectAllGrants(db, 'channel').where(
            'resource_id',
            'in',
            db.selectFrom('channels').select('id').where('direct_key', '=', directKey),
          ),
        })
        const [row] = channels
        // Deleted in this very moment: the caller may try again.
        if (row === undefined) throw error
        return { channel: channelFrom(row, accessOfEach(grants)), created: false }
      }
    },

    async channel(id) {
      const { channels, grants } = await read(one(id))
      const [row] = channels
      return row === undefined ? undefined : channelFrom(row, accessOfEach(grants))
    },

    async channels(reader) {
      const ids = db.selectFrom('channels').select('channels.id').where(readableBy(reader, 'channel'))
      const { channels, grants } = await read({
        channels: selectReaderChannels(db, reader.id)
          .where(readableBy(reader, 'channel'))
          .orderBy('channels.created_at')
          .orderBy('channels.id'),
        grants: selectAllGrants(db, 'channel').where('resource_id', 'in', ids),
      })
      const access = accessOfEach(grants)
      return channels.map((row) => readerChannelFrom(row, access))
    },

    async readerChannel(id, user) {
      const { channels, grants } = await read({
        channels: selectReaderChannels(db, user).where('channels.id', '=', id),
        grants: selectGrants(db, 'channel', id),
      })
      const [row] = channels
      return row === undefined ? undefined : readerChannelFrom(row, accessOfEach(grants))
    },

    async updateChannel(id, { name, description, access, at }) {
      const columns = {
        updated_at: at,
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
      }
      const { channels, stored } = await batch({
        found: expect('not-found', db.updateTable('channels').set(columns).where('id', '=', id).returning('id')),
        ...(access === undefined ? {} : setAccess(db, { kind: 'channel', id }, access)),
        channels: one(id).channels,
        stored: one(id).grants,
      })
      return channelFrom(first(channels), accessOfEach(stored))
    },

    async changeMembers(id, { at, ...change }) {
      const { found, before } = await batch({
        found: expect(
          'not-found',
          db.updateTable('channels').set({ updated_at: at }).where('id', '=', id).returning('user_id'),
        ),
        before: one(id).grants,
        ...changeWriters(db, { kind: 'channel', id }, change),
      })
      return { kind: 'channel', id, owner: first(found).user_id, access: accessOfEach(before)(id) }
    },

    async deleteChannel(id) {
      await batch({
        grants: db.deleteFrom('grants').where('resource_kind', '=', 'channel').where('resource_id', '=', id),
        // Messages, reactions and reading marks go with it.
        channel: expect('not-found', db.deleteFrom('channels').where('id', '=', id).returning('id')),
      })
    },

    async markRead(channel, user, at) {
      const mark = db
        .selectFrom('channels')
        .innerJoin('users', (join) => join.on('users.id', '=', user))
        .select((eb) => ['channels.id as channel_id', 'users.id as user_id', eb.val(at).as('last_read_at')])
        .where('channels.id', '=', channel)
      await batch({
        found: expect('not-found', mark),
        marked: db
          .insertInto('channel_reads')
          .columns(['channel_id', 'user_id', 'last_read_at'])
          .expression(mark)
          .onConflict((conflict) =>
            conflict
              .columns(['channel_id', 'user_id'])
              .doUpdateSet({ last_read_at: at })
              .where('channel_reads.last_read_at', '<', at),
          ),
      })
    },
  }
  return store
}
