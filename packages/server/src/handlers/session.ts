/** Events about the person themselves: joining, staying, and what they use. */
import { room } from '@sallyport/protocol'
import type { AccountStore, Clock } from '../ports.ts'
import type { Rights } from '../rooms/rights.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { Usage } from '../rooms/usage.ts'
import type { Handlers } from './index.ts'

export interface SessionHandlers {
  readonly accounts: AccountStore
  readonly rights: Rights
  readonly rooms: Rooms
  readonly usage: Usage
  readonly clock: Clock
}

type Names = 'user-join' | 'heartbeat' | 'join-channels' | 'join-note' | 'usage'

/** At most one write a minute for "was here", however often a client says so. */
const touchEveryMs = 60_000

export function createSessionHandlers({
  accounts,
  rights,
  rooms,
  usage,
  clock,
}: SessionHandlers): Pick<Handlers, Names> {
  const touched = new Map<string, number>()

  /** Notes that the person is here. */
  async function touch(user: string): Promise<void> {
    const now = clock.now()
    if (now - (touched.get(user) ?? 0) < touchEveryMs) return
    for (const [other, at] of touched) if (now - at >= touchEveryMs) touched.delete(other)
    touched.set(user, now)
    await accounts.touch(user, now)
  }

  return {
    'user-join': async (session) => {
      await touch(session.user)
      await rights.joinChannels(session)
      return { id: session.user, name: session.standing.name }
    },

    heartbeat: async (session) => {
      await touch(session.user)
      return {}
    },

    'join-channels': async (session) => ({ channels: [...(await rights.joinChannels(session))] }),

    'join-note': (session, { note_id }) => {
      rooms.join(room.note(note_id), session)
      return {}
    },

    usage: (session, { model }) => {
      usage.report(session, model, clock.now())
      return {}
    },
  }
}
