/** What can be done in and with channels: stored first, then told to those who may read them. */
import {
  type AccessControl,
  type Channel,
  type ChannelOverview,
  ownerOnly,
  ProtocolError,
  reaches,
} from '@sallyport/protocol'
import { type Access, decide } from '../access/access.ts'
import { checkSharing } from '../access/sharing.ts'
import type { AccessRecord, AccountStore, Broker, Clock, ReaderChannel, RoomStore, Standing } from '../ports.ts'

interface ChannelForm {
  readonly name: string
  readonly description: string
  readonly type: Channel['type']
  readonly access_control?: AccessControl | undefined
  readonly user_ids: readonly string[]
  readonly group_ids: readonly string[]
}

interface ChannelChange {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly access_control?: AccessControl | undefined
}

interface Dependencies {
  readonly store: RoomStore
  readonly accounts: AccountStore
  readonly access: Access
  readonly broker: Broker
  readonly clock: Clock
}

/** The acts on channels. Permission was checked by the door that calls; what depends on the message is checked here. */
export type Channels = ReturnType<typeof createChannels>

export function createChannels({ store, accounts, access, broker, clock }: Dependencies) {
  async function overviewOf(person: Standing, entry: ReaderChannel): Promise<ChannelOverview> {
    const { access_control: list, ...channel } = entry.channel
    const record: AccessRecord = { kind: 'channel', id: channel.id, owner: channel.user_id, access: list }
    const { level } = decide(person, record, access.bypass)
    const participants =
      channel.type === 'dm' && list ? await accounts.people([...list.write.user_ids, channel.user_id]) : []
    return {
      ...channel,
      ...(level === 'manage' ? { access_control: list } : {}),
      level,
      write_access: reaches(level, 'write'),
      users: [...participants],
      last_message_at: entry.lastMessageAt,
      last_read_at: entry.lastReadAt,
      unread_count: entry.unread,
      epoch: entry.head.epoch,
      offset: entry.head.offset,
    }
  }

  async function get(person: Standing, id: string): Promise<ChannelOverview> {
    const entry = await store.readerChannel(id, person.id)
    if (!entry) throw new ProtocolError('not-found')
    return overviewOf(person, entry)
  }

  async function change(person: Standing, id: string, form: ChannelChange): Promise<ChannelOverview> {
    const before = await store.access('channel', id)
    if (!before) throw new ProtocolError('not-found')
    const stored = await store.channel(id)
    if (stored?.channel.type === 'dm' && form.access_control !== undefined) {
      throw new ProtocolError('forbidden', { rule: 'direct-channel-is-for-its-people' })
    }
    checkSharing(person, form.access_control, before.access)
    await store.updateChannel(id, {
      ...(form.name === undefined ? {} : { name: form.name }),
      ...(form.description === undefined ? {} : { description: form.description }),
      ...(form.access_control === undefined ? {} : { access: form.access_control }),
      at: clock.now(),
    })
    broker.control({ type: 'resource', kind: 'channel', id, before })
    return get(person, id)
  }

  return {
    get,
    change,

    list: async (person: Standing): Promise<ChannelOverview[]> => {
      const entries = await store.channels(access.reader(person))
      return Promise.all(entries.map((entry) => overviewOf(person, entry)))
    },

    create: async (person: Standing, form: ChannelForm): Promise<ChannelOverview> => {
      const others = [...new Set(form.user_ids)].filter((id) => id !== person.id).sort()
      if (form.type === 'dm' && others.length === 0) {
        throw new ProtocolError('invalid-input', {
          issues: [{ path: 'user_ids', message: 'name the person to write to' }],
        })
      }
      if (form.type !== 'dm' && form.name === '') {
        throw new ProtocolError('invalid-input', { issues: [{ path: 'name', message: 'must not be empty' }] })
      }
      if ((await accounts.people(others)).length !== others.length) {
        throw new ProtocolError('invalid-input', {
          issues: [{ path: 'user_ids', message: 'names people that do not exist' }],
        })
      }
      const members: AccessControl = {
        read: ownerOnly.read,
        write: { user_ids: others, group_ids: [...form.group_ids] },
      }
      const list =
        form.type === 'standard' ? (form.access_control === undefined ? ownerOnly : form.access_control) : members
      checkSharing(person, list)
      const { channel, created } = await store.createChannel({
        id: crypto.randomUUID(),
        user: person.id,
        type: form.type,
        name: form.name,
        description: form.description,
        access: form.type === 'dm' ? { ...members, write: { user_ids: others, group_ids: [] } } : list,
        epoch: crypto.randomUUID(),
        at: clock.now(),
        directKey: form.type === 'dm' ? [person.id, ...others].sort().join(' ') : null,
      })
      if (created) broker.control({ type: 'resource', kind: 'channel', id: channel.channel.id, before: null })
      return get(person, channel.channel.id)
    },

    remove: async (id: string): Promise<void> => {
      const before = await store.access('channel', id)
      if (!before) throw new ProtocolError('not-found')
      await store.deleteChannel(id)
      broker.control({ type: 'resource', kind: 'channel', id, before })
    },

    /** Adds people and groups to the writers, or takes them out of every list. */
    changeMembers: async (
      person: Standing,
      id: string,
      members: { add: boolean; user_ids: readonly string[]; group_ids: readonly string[] },
    ) => {
      const record = await store.access('channel', id)
      if (!record) throw new ProtocolError('not-found')
      if (record.access === null) throw new ProtocolError('conflict', { rule: 'public-channel-has-no-members' })
      return change(person, id, { access_control: withMembers(record.access, members) })
    },
  }
}

function withMembers(
  list: NonNullable<AccessControl>,
  members: { add: boolean; user_ids: readonly string[]; group_ids: readonly string[] },
): NonNullable<AccessControl> {
  const without = (ids: readonly string[], taken: readonly string[]) => ids.filter((id) => !taken.includes(id))
  const read = {
    user_ids: without(list.read.user_ids, members.user_ids),
    group_ids: without(list.read.group_ids, members.group_ids),
  }
  const write = {
    user_ids: without(list.write.user_ids, members.user_ids),
    group_ids: without(list.write.group_ids, members.group_ids),
  }
  if (!members.add) return { read, write }
  return {
    read,
    write: {
      user_ids: [...write.user_ids, ...members.user_ids],
      group_ids: [...write.group_ids, ...members.group_ids],
    },
  }
}
