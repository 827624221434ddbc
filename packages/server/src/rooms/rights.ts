/** Follows changes of rights: whoever lost one leaves at once, whoever got one is let in, nobody is told what is not theirs any more. */
import { documentOf, type Level, type ResourceKind, reaches, room } from '@sallyport/protocol'
import { type Access, decide, grantKey } from '../access/access.ts'
import type { Documents } from '../documents/documents.ts'
import type { AccessRecord, AccountStore, Control, Log, RoomStore, Standing } from '../ports.ts'
import type { Delivery, Outlet } from './delivery.ts'
import type { Participants } from './participants.ts'
import type { Rooms } from './rooms.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'

interface Dependencies {
  readonly access: Access
  readonly accounts: AccountStore
  readonly store: RoomStore
  readonly sessions: Sessions
  readonly rooms: Rooms
  readonly delivery: Delivery
  readonly outlet: Outlet
  readonly participants: Participants
  /** Resolves when the messages that are being written now, over either door, are stored. */
  readonly written: () => Promise<void>
  readonly documents: Documents
  readonly log: Log
}

export interface Rights {
  /**
   * Acts on a control message. From the call on no message of the sessions concerned is permitted, and nothing is
   * delivered to them, until their rights have been read anew; a failure ends them. Resolves when that is done and what
   * they had been permitted before is finished: whoever is told then sees nothing of theirs come after.
   */
  receive(control: Control): Promise<void>
  /** Puts a session into the rooms of all channels that its person may read. Answers their ids. */
  joinChannels(session: Session): Promise<readonly string[]>
}

export function createRights(parts: Dependencies): Rights {
  const { access, accounts, store, sessions, rooms, delivery, outlet, log } = parts

  // One change after the other, so that an older reading of the database never settles over a newer one.
  let tail = Promise.resolve()

  /** Runs `decision` in turn, while nothing goes in or out of the sessions concerned; fails closed. */
  async function whileHeld(concerned: readonly Session[], decision: () => Promise<void>): Promise<void> {
    const permitted = concerned.map((session) => outlet.idle(session))
    for (const session of concerned) session.hold()
    tail = tail.then(decision).catch((error: unknown) => {
      log.error({ error, sessions: concerned.length }, 'rights could not be decided; sessions ended')
      for (const session of concerned) outlet.end(session, 'unavailable')
    })
    await tail
    for (const session of concerned) delivery.release(session)
    await Promise.all([...permitted, parts.written()])
  }

  function evict(session: Session, kind: ResourceKind, id: string, gone: boolean): void {
    const reason = gone ? 'deleted' : 'access-removed'
    if (kind === 'channel') {
      if (!session.rooms.has(room.channel(id))) return
      rooms.leave(room.channel(id), session)
      outlet.send(session, 'room:left', { channel_id: id, reason })
      return
    }
    rooms.leave(room.note(id), session)
    if (!session.rooms.has(room.document(id))) return
    parts.participants.leave(id, session)
    outlet.send(session, 'room:left', { document_id: documentOf(id), reason })
  }

  /** Brings one session's level on a resource up to date. */
  function settle(session: Session, record: Pick<AccessRecord, 'kind' | 'id'>, level: Level, gone: boolean): void {
    const key = grantKey(record.kind, record.id)
    const before = session.grants.get(key)
    if (level === 'none') {
      session.grants.delete(key)
      evict(session, record.kind, record.id, gone)
      return
    }
    if (before !== undefined) session.grants.set(key, level)
    if (record.kind === 'channel' && session.followsChannels) {
      session.grants.set(key, level)
      rooms.join(room.channel(record.id), session)
    }
    if (
      record.kind === 'note' &&
      before !== undefined &&
      before !== level &&
      session.rooms.has(room.document(record.id))
    ) {
      outlet.send(session, 'room:level', { document_id: documentOf(record.id), level })
    }
  }

  /** Tells a session's lists what happened to a resource, if its person could or can see it. */
  function announce(session: Session, kind: ResourceKind, id: string, seen: { before: boolean; now: boolean }): void {
    if (!seen.before && !seen.now) return
    const change = seen.now ? (seen.before ? 'updated' : 'created') : 'deleted'
    if (kind === 'channel')
      outlet.send(session, 'events:channel', { data: { type: `channel:${change}`, channel_id: id } })
    else outlet.send(session, 'events:note', { type: `note:${change}`, id })
  }

  async function resourceChanged({ kind, id, before }: Extract<Control, { type: 'resource' }>): Promise<void> {
    const concerned = [...sessions].filter((session) => session.grants.has(grantKey(kind, id)))
    await whileHeld(concerned, async () => {
      const record = await store.access(kind, id)
      if (!record && kind === 'note') parts.documents.discard(id)
      for (const session of sessions) {
        const was = decide(session.standing, before ?? undefined, access.bypass).level
        const { level } = decide(session.standing, record, access.bypass)
        settle(session, { kind, id }, level, record === undefined)
        announce(session, kind, id, { before: reaches(was, 'read'), now: reaches(level, 'read') })
      }
    })
  }

  async function userChanged(id: string): Promise<void> {
    const concerned = [...sessions.of(id)]
    await whileHeld(concerned, async () => {
      const standing = await accounts.standing(id)
      for (const session of concerned) {
        const { claims, standing: before } = session.identity
        if (!standing || standing.role === 'pending' || claims.issuedAt <= standing.tokensValidAfter) {
          outlet.end(session, standing?.role === 'pending' ? 'account-pending' : 'unauthenticated')
          continue
        }
        session.renew({ standing, claims })
        await settleAll(session, standing)
        if (session.followsChannels) await joinChannels(session)
        await announceLists(session, before, standing)
      }
    })
  }

  async function tokenRevoked(jti: string): Promise<void> {
    const concerned = [...sessions].filter((session) => session.identity.claims.jti === jti)
    const permitted = concerned.map((session) => outlet.idle(session))
    for (const session of concerned) outlet.end(session, 'unauthenticated')
    await Promise.all(permitted)
  }

  /** Decides every grant of a session again. */
  async function settleAll(session: Session, standing: Standing): Promise<void> {
    const keys = [...session.grants.keys()].map((key) => key.split(':') as [ResourceKind, string])
    const records = await Promise.all(keys.map(([kind, resource]) => store.access(kind, resource)))
    for (const [index, [kind, resource]] of keys.entries()) {
      const record = records[index]
      settle(session, { kind, id: resource }, decide(standing, record, access.bypass).level, record === undefined)
    }
  }

  /** Tells a session's lists what its person's groups or role have given and taken. */
  async function announceLists(session: Session, before: Standing, now: Standing): Promise<void> {
    const same = before.role === now.role && before.groups.join() === now.groups.join()
    if (same) return
    const readers = [access.reader(before), access.reader(now)] as const
    const channels = await Promise.all(readers.map((reader) => store.channels(reader)))
    const notes = await Promise.all(readers.map((reader) => store.notes(reader, 1)))
    const [channelsBefore, channelsNow] = channels.map((list) => new Set(list.map(({ channel }) => channel.id)))
    const [notesBefore, notesNow] = notes.map((list) => new Set(list.map(({ note }) => note.id)))
    const tell = (kind: ResourceKind, had: ReadonlySet<string> = new Set(), has: ReadonlySet<string> = new Set()) => {
      for (const id of new Set([...had, ...has])) {
        if (had.has(id) !== has.has(id)) announce(session, kind, id, { before: had.has(id), now: has.has(id) })
      }
    }
    tell('channel', channelsBefore, channelsNow)
    tell('note', notesBefore, notesNow)
  }

  async function joinChannels(session: Session): Promise<readonly string[]> {
    for (;;) {
      const epoch = access.epoch()
      const channels = await store.channels(access.reader(session.standing))
      if (epoch !== access.epoch()) continue
      // The connection may have ended meanwhile; then nothing may be left behind (DL-11).
      if (!sessions.has(session)) return []
      for (const { channel } of channels) {
        const record: AccessRecord = {
          kind: 'channel',
          id: channel.id,
          owner: channel.user_id,
          access: channel.access_control,
        }
        session.grants.set(grantKey('channel', channel.id), decide(session.standing, record, access.bypass).level)
        rooms.join(room.channel(channel.id), session)
      }
      session.followsChannels = true
      return channels.map(({ channel }) => channel.id)
    }
  }

  return {
    joinChannels,
    receive: async (control) => {
      access.changed()
      if (control.type === 'resource') await resourceChanged(control)
      else if (control.type === 'users') await Promise.all(control.ids.map(userChanged))
      else await tokenRevoked(control.jti)
    },
  }
}
