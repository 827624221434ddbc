/** The sessions of this node, by id and by person. */
import type { Session } from './session.ts'

export class Sessions implements Iterable<Session> {
  readonly #byId = new Map<string, Session>()
  readonly #byUser = new Map<string, Set<Session>>()

  add(session: Session): void {
    this.#byId.set(session.id, session)
    const mine = this.#byUser.get(session.user) ?? new Set()
    this.#byUser.set(session.user, mine.add(session))
  }

  remove(session: Session): void {
    this.#byId.delete(session.id)
    const mine = this.#byUser.get(session.user)
    mine?.delete(session)
    if (mine?.size === 0) this.#byUser.delete(session.user)
  }

  /** Whether the session is still open. */
  has(session: Session): boolean {
    return this.#byId.get(session.id) === session
  }

  of(user: string): ReadonlySet<Session> {
    return this.#byUser.get(user) ?? new Set()
  }

  [Symbol.iterator](): Iterator<Session> {
    return this.#byId.values()
  }
}
