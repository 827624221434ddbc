/** Which models are in use, by session: entries are bounded, belong to a session and go when they are not renewed. */
import { limits } from '@sallyport/protocol'
import type { Session } from './session.ts'

const lifetimeMs = 3_000

export class Usage {
  readonly #bySession = new Map<Session, Map<string, number>>()

  /** Notes that a session uses a model now. The oldest entry of the session gives way when it has too many. */
  report(session: Session, model: string, now: number): void {
    const models = this.#bySession.get(session) ?? new Map<string, number>()
    models.delete(model)
    models.set(model, now)
    const [oldest] = models.keys()
    if (models.size > limits.usagePerSession && oldest !== undefined) models.delete(oldest)
    this.#bySession.set(session, models)
  }

  remove(session: Session): void {
    this.#bySession.delete(session)
  }

  /** The models in use at `now`. */
  models(now: number): ReadonlySet<string> {
    const used = new Set<string>()
    for (const models of this.#bySession.values()) {
      for (const [model, at] of models) if (now - at <= lifetimeMs) used.add(model)
    }
    return used
  }

  /** Forgets what was not renewed. */
  sweep(now: number): void {
    for (const [session, models] of this.#bySession) {
      for (const [model, at] of models) if (now - at > lifetimeMs) models.delete(model)
      if (models.size === 0) this.#bySession.delete(session)
    }
  }
}
