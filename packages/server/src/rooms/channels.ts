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

  async function typeOf(id: string): Promise<Channel['type']> {
    const stored = await store.channel(id)
    if (!stored) throw new ProtocolError('not-found')
    return stored.channel.type
  }

  async function change(person: Standing, id: string, form: ChannelChange): Promise<ChannelOverview> {
    const before = await store.access('channel', id)
    if (!before) throw new ProtocolError('not-found')
    if (form.access_control !== undefined) {
      const type = await typeOf(id)
      if (type === 'dm') throw directChannel()
      if (type === 'group' && form.access_control === null)
        throw invalid('access_control', 'must not be null: a group has members')
    }
    checkSharing(person, form.access_control, before.access)
    await store.updateChannel(id, {
      ...(form.name === undefined ? {} : { name: form.name }),
      ...(form.description === undefined ? {} : { description: form.description }),
      ...(form.access_control === undefined ? {} : { access: form.access_control }),
      at: clock.now(),
    })
    await broker.control({ type: 'resource', kind: 'channel', id, before })
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
        throw invalid('user_ids', 'name the person to write to')
      }
      if (form.type !== 'dm' && form.name === '') {
        throw invalid('name', 'must not be empty')
      }
      if ((await accounts.people(others)).length !== others.length) {
        throw invalid('user_ids', 'names people that do not exist')
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
      if (created) await broker.control({ type: 'resource', kind: 'channel', id: channel.channel.id, before: null })
      return get(person, channel.channel.id)
    },

    remove: async (id: string): Promise<void> => {
      const before = await store.access('channel', id)
      if (!before) throw new ProtocolError('not-found')
      await store.deleteChannel(id)
      await broker.control({ type: 'resource', kind: 'channel', id, before })
    },

    /** Adds people and groups to the writers, or takes them out of every list. */
    changeMembers: async (
      person: Standing,
      id: string,
      members: { add: boolean; user_ids: readonly string[]; group_ids: readonly string[] },
    ) => {
      if ((await typeOf(id)) === 'dm') throw directChannel()
      if (members.add) {
        const write = { user_ids: [...members.user_ids], group_ids: [...members.group_ids] }
        checkSharing(person, { read: ownerOnly.read, write }, (await store.access('channel', id))?.access)
      }
      const before = await store.changeMembers(id, { ...members, at: clock.now() })
      await broker.control({ type: 'resource', kind: 'channel', id, before })
      return get(person, id)
    },
  }
}

function invalid(path: string, message: string): ProtocolError {
  return new ProtocolError('invalid-input', { issues: [{ path, message }] })
}

function directChannel(): ProtocolError {
  return new ProtocolError('forbidden', { rule: 'direct-channel-is-for-its-people' })
}
