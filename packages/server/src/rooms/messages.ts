/** What can be done with the messages of a channel: stored first, then told to those who may read them. */
import {
  type Channel,
  type ChannelData,
  type Message,
  type Person,
  ProtocolError,
  reaches,
  room,
} from '@sallyport/protocol'
import type { Access } from '../access/access.ts'
import type { Broker, Clock, LogEntry, NewMessage, RoomStore, Standing } from '../ports.ts'

/** A message as its author gives it; the rest of `NewMessage` is the server's. */
export type NewPost = Omit<NewMessage, 'id' | 'user' | 'at'>

interface Dependencies {
  readonly store: RoomStore
  readonly access: Access
  readonly broker: Broker
  readonly clock: Clock
}

/** The acts on messages. Permission on the channel was checked by the door that calls; what depends on the message is checked here. */
export type Messages = ReturnType<typeof createMessages>

const maxEnvelopes = 1_000

export function createMessages({ store, access, broker, clock }: Dependencies) {
  /** The acts that are being stored now. */
  const writing = new Set<Promise<unknown>>()
  const envelopes = new Map<string, { readonly epoch: number; readonly channel: Channel }>()

  /** Runs an act so that `written` waits for it. */
  async function tracked<T>(act: () => Promise<T>): Promise<T> {
    const work = act()
    writing.add(work)
    try {
      return await work
    } finally {
      writing.delete(work)
    }
  }

  /** The channel as it goes with every message; read again after any change of rights or names. */
  async function envelopeOf(id: string): Promise<Channel> {
    const epoch = access.epoch()
    const known = envelopes.get(id)
    if (known?.epoch === epoch) return known.channel
    const stored = await store.channel(id)
    if (!stored) throw new ProtocolError('not-found')
    const { access_control: _, ...channel } = stored.channel
    if (envelopes.size >= maxEnvelopes) envelopes.clear()
    envelopes.set(id, { epoch, channel })
    return channel
  }

  /**
   * Makes a change durable and tells the channel of it. Nothing is awaited between the two,
   * so that publications leave in the order of their offsets.
   */
  async function commit(
    author: Standing,
    channel: string,
    change: { readonly store: () => Promise<LogEntry>; readonly describe: (message: Message) => ChannelData },
  ): Promise<LogEntry> {
    const envelope = await envelopeOf(channel)
    const entry = await change.store()
    const { message, head, changed } = entry
    if (!changed) return entry
    const common = { channel_id: channel, message_id: message.id, user: personOf(author), channel: envelope }
    const payload = { ...common, data: change.describe(message), offset: head.offset, epoch: head.epoch }
    broker.publish({ room: room.channel(channel), event: 'events:channel', payload })
    return entry
  }

  /** A reply changes its parent's counts, which those who see only the parent must learn. Not an entry of the log. */
  async function announceParent(author: Standing, { message, changed }: LogEntry): Promise<void> {
    if (!changed || message.parent_id === null) return
    const channel = await envelopeOf(message.channel_id)
    const parent = await store.message(message.channel_id, message.parent_id)
    if (!parent) return
    const payload = { channel_id: channel.id, message_id: parent.id, user: personOf(author), channel }
    const data: ChannelData = { type: 'message:reply', data: parent }
    broker.publish({ room: room.channel(channel.id), event: 'events:channel', payload: { ...payload, data } })
  }

  /** The person's own message. `not-found` when the channel has no such message (EV-24), `forbidden` when it is another's (EV-23). */
  async function own(person: Standing, channel: string, id: string): Promise<void> {
    const message = await store.message(channel, id)
    if (!message || message.deleted_at !== null)
      throw new ProtocolError('not-found', { rule: 'message-not-in-channel' })
    if (message.user_id !== person.id) throw new ProtocolError('forbidden', { rule: 'message-of-another' })
  }

  /** Threads have one level: a reply to a reply would stand in nobody's view. What a message answers never changes. */
  async function checkParent({ channel, parent }: NewPost): Promise<void> {
    if (parent === null) return
    const message = await store.message(channel, parent)
    if (!message) throw new ProtocolError('not-found', { rule: 'parent-not-in-channel' })
    if (message.parent_id === null) return
    const issues = [{ path: 'parent_id', message: 'names a reply: answer the message above it' }]
    throw new ProtocolError('invalid-input', { rule: 'reply-to-reply', issues })
  }

  return {
    /** Resolves when the acts that have begun are stored: for whoever takes a right away and must answer for it. */
    written: async (): Promise<void> => {
      await Promise.allSettled([...writing])
    },

    post: (person: Standing, post: NewPost): Promise<LogEntry> =>
      tracked(async () => {
        await checkParent(post)
        const entry = await commit(person, post.channel, {
          store: () => store.post({ id: crypto.randomUUID(), user: person.id, at: clock.now(), ...post }),
          describe: (data) => ({ type: 'message', data: { ...data, temp_id: post.clientKey } }),
        })
        await announceParent(person, entry)
        return entry
      }),

    edit: (person: Standing, channel: string, id: string, content: string): Promise<Message> =>
      tracked(async () => {
        await own(person, channel, id)
        const { message } = await commit(person, channel, {
          store: () => store.edit(channel, id, content, clock.now()),
          describe: (data) => ({ type: 'message:update', data }),
        })
        return message
      }),

    /** Deletes one's own message, or anybody's where one manages the channel. */
    remove: (person: Standing, channel: string, id: string): Promise<void> =>
      tracked(async () => {
        const level = await access.level({ standing: person }, 'channel', channel)
        if (!reaches(level, 'manage')) await own(person, channel, id)
        const entry = await commit(person, channel, {
          store: () => store.remove(channel, id, clock.now()),
          // Open WebUI's clients expect the deleter as `user`, beside the author's `user_id`.
          describe: (data) => ({ type: 'message:delete', data: { ...data, user: personOf(person) } }),
        })
        await announceParent(person, entry)
      }),

    react: async (
      person: Standing,
      channel: string,
      id: string,
      { name, add }: { name: string; add: boolean },
    ): Promise<void> => {
      await tracked(() =>
        commit(person, channel, {
          store: () => store.react(channel, id, { user: person.id, at: clock.now(), name, add }),
          describe: (data) => ({
            type: add ? 'message:reaction:add' : 'message:reaction:remove',
            data: { ...data, name },
          }),
        }),
      )
    },

    typing: (person: Standing, channel: string, message: string | null, typing: boolean): void => {
      const data: ChannelData = { type: 'typing', data: { typing } }
      const payload = { channel_id: channel, message_id: message, data, user: personOf(person) }
      broker.publish({ room: room.channel(channel), event: 'events:channel', payload })
    },

    /** Marks everything in the channel as read, and tells the person's other windows. */
    markRead: async (person: Standing, channel: string): Promise<void> => {
      await store.markRead(channel, person.id, clock.now())
      const payload = { data: { type: 'channel:read' as const, channel_id: channel } }
      broker.publish({ room: room.user(person.id), event: 'events:channel', payload })
    },
  }
}

/** What others see of a person. */
export function personOf({ id, name, role }: Standing): Person {
  return { id, name, role }
}
