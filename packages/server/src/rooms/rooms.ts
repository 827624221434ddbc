/** Which sessions of this node are in which room. The node hears of a room only while somebody of it is in. */
import type { RoomName } from '@sallyport/protocol'
import type { Broker } from '../ports.ts'
import type { Session } from './session.ts'

export class Rooms {
  readonly #members = new Map<RoomName, Set<Session>>()
  readonly #broker: Broker

  constructor(broker: Broker) {
    this.#broker = broker
  }

  /**
   * Puts a session into a room. Idempotent. The caller has just checked the right, with nothing awaited in between.
   * A session whose connection has ended meanwhile enters nothing (DL-11).
   */
  join(room: RoomName, session: Session): void {
    if (session.closed) return
    const members = this.#members.get(room)
    if (members) members.add(session)
    else {
      this.#members.set(room, new Set([session]))
      this.#broker.subscribe(room)
    }
    session.rooms.add(room)
  }

  leave(room: RoomName, session: Session): void {
    session.rooms.delete(room)
    const members = this.#members.get(room)
    if (!members?.delete(session) || members.size > 0) return
    this.#members.delete(room)
    this.#broker.unsubscribe(room)
  }

  leaveAll(session: Session): void {
    for (const room of [...session.rooms]) this.leave(room, session)
  }

  members(room: RoomName): ReadonlySet<Session> {
    return this.#members.get(room) ?? none
  }
}

const none: ReadonlySet<Session> = new Set()
