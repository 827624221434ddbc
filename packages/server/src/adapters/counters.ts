/** Counts in memory what the server does. Labels come from the contract, so their number is bounded. */
import type { Metrics } from '../ports.ts'

export interface Counters extends Metrics {
  /** All counts by name and labels, like `event channel:post ok`. */
  snapshot(): ReadonlyMap<string, number>
}

export function createCounters(): Counters {
  const counts = new Map<string, number>()
  const add = (name: string, amount = 1) => {
    counts.set(name, (counts.get(name) ?? 0) + amount)
  }
  return {
    connection: (change, reason) =>
      add(reason === undefined ? `connection ${change}` : `connection ${change} ${reason}`),
    event: (name, outcome, ms) => {
      add(`event ${name} ${outcome}`)
      add(`event-ms ${name}`, ms)
    },
    delivered: (event, sessions) => add(`delivered ${event}`, sessions),
    shed: (event) => add(`shed ${event}`),
    snapshot: () => counts,
  }
}
