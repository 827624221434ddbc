/** Follows changes of rights: whoever lost one leaves at once, whoever got one is let in, nobody is told what is not theirs any more. */
import { documentOf, type Level, type ResourceKind, reaches, room } from '@sallyport/protocol'
import { type Access, decide, grantKey } from '../access/access.ts'
import type { Documents } from '../documents/documents.ts'
import type { AccessRecord, AccountStore, Control, Log, RoomStore } from '../ports.ts'
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
  readonly documents: Documents
  readonly log: Log
}

export interface Rights {
  /** Acts on a control message. Deliveries to the sessions concerned wait until it is done; a failure ends those sessions. */
  receive(control: Control): Promise<void>
  /** Puts a session into the rooms of all channels that its person may read. Answers their ids. */
  joinChannels(session: Session): Promise<readonly string[]>
}

export function createRights(parts: Dependencies): Rights {
  const { access, accounts, store, sessions, rooms, delivery, outlet, log } = parts

  // One change after the other, so that an older reading of the database never settles over a newer one.
  let tail = Promise.resolve()

  /** Runs `decision` in turn, while nothing is delivered to the sessions concerned; fails closed. */
  function whileHeld(concerned: readonly Session[], decision: () => Promise<void>): Promise<void> {
    for (const session of concerned) session.hold()
    tail = tail.then(decision).catch((error: unknown) => {
      log.error({ error, sessions: concerned.length }, 'rights could not be decided; sessions ended')
      for (const session of concerned) outlet.end(session, 'unavailable')
    })
    return tail.then(() => {
      for (const session of concerned) delivery.release(session)
    })
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
        const { claims } = session.identity
        if (!standing || standing.role === 'pending' || claims.issuedAt < standing.tokensValidAfter) {
          outlet.end(session, standing?.role === 'pending' ? 'account-pending' : 'unauthenticated')
          continue
        }
        session.renew({ standing, claims })
        for (const key of [...session.grants.keys()]) {
          const [kind, resource] = key.split(':') as [ResourceKind, string]
          const record = await store.access(kind, resource)
          settle(session, { kind, id: resource }, decide(standing, record, access.bypass).level, record === undefined)
        }
        if (session.followsChannels) await joinChannels(session)
      }
    })
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
      else
        for (const session of sessions)
          if (session.identity.claims.jti === control.jti) outlet.end(session, 'unauthenticated')
    },
  }
}
