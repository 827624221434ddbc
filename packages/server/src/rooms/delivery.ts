/** The way out, the same for our own and for other nodes' publications: room → who may have it now → hub. */
import type { ErrorCode, Payload, ServerEvent } from '@sallyport/protocol'
import type { Publication } from '../ports.ts'
import type { Rooms } from './rooms.ts'
import type { Session } from './session.ts'

/** Writes to sessions of this node. Never waits for a slow one. */
export interface Outlet {
  /** Sends one publication to each of the sessions, encoded once. */
  deliver(publication: Publication, receivers: readonly Session[]): void
  /** Sends an event to one session. */
  send<E extends ServerEvent>(session: Session, event: E, payload: Payload<E>): void
  /** Resolves when the message of the session that is being handled now is done with. */
  idle(session: Session): Promise<void>
  /** Tells a session why and closes its connection. */
  end(session: Session, code: ErrorCode): void
}

export interface Delivery {
  /** Takes a publication from the broker. */
  receive(publication: Publication): void
  /** Sends what was kept back for a session whose rights have been decided. */
  release(session: Session): void
}

export function createDelivery({ rooms, outlet }: { readonly rooms: Rooms; readonly outlet: Outlet }): Delivery {
  function receivers(publication: Publication): readonly Session[] {
    const result: Session[] = []
    for (const session of rooms.members(publication.room)) {
      if (session.id !== publication.except && !session.keep(publication)) result.push(session)
    }
    return result
  }

  return {
    receive: (publication) => {
      outlet.deliver(publication, receivers(publication))
    },
    release: (session) => {
      for (const publication of session.release()) outlet.deliver(publication, [session])
    },
  }
}
