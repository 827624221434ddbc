/** Token buckets: what somebody may spend at once, and what they get back each second. */
import { ProtocolError } from '@sallyport/protocol'

export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

interface Bucket {
  units: number
  at: number
}

/** How many connections' worth one person, and one address, may spend together. */
const perUser = 4
const perAddress = 40

/** Who spends: a part that is not there pays nothing. A connection is there for events, a user after sign-in. */
export interface Spender {
  readonly connection?: string | undefined
  readonly user?: string | undefined
  readonly address?: string | undefined
}

/** The budgets that every event and request counts against: of its connection, its person and its address. */
export class Budgets {
  readonly #connections: Budget
  readonly #users: Budget
  readonly #addresses: Budget

  /** `rate`: of one connection. */
  constructor(rate: Rate) {
    const times = (factor: number): Rate => ({ burst: rate.burst * factor, perSecond: rate.perSecond * factor })
    this.#connections = new Budget(rate)
    this.#users = new Budget(times(perUser))
    this.#addresses = new Budget(times(perAddress))
  }

  /** Takes `cost` units from each who is named, or throws `rate-limited` and takes nothing. */
  spend({ connection, user, address }: Spender, cost: number, now: number): void {
    const payers = [
      [this.#connections, connection],
      [this.#users, user],
      [this.#addresses, address],
    ] as const
    let wait = 0
    for (const [budget, key] of payers) if (key !== undefined) wait = Math.max(wait, budget.wait(key, cost, now))
    // Spread, so that those who were refused together do not come back together.
    if (wait > 0)
      throw new ProtocolError('rate-limited', { retryAfter: tenths(wait * (1 + Math.random())), rule: 'budget' })
    for (const [budget, key] of payers) if (key !== undefined) budget.take(key, cost)
  }

  sweep(now: number): void {
    for (const budget of [this.#connections, this.#users, this.#addresses]) budget.sweep(now)
  }
}

/** Buckets by key. A full bucket is forgotten by `sweep`, so keys of people long gone take no memory. */
class Budget {
  readonly #rate: Rate
  readonly #buckets = new Map<string, Bucket>()

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** Seconds until `cost` units are there; 0 when they are. */
  wait(key: string, cost: number, now: number): number {
    const { burst, perSecond } = this.#rate
    const bucket = this.#buckets.get(key) ?? { units: burst, at: now }
    bucket.units = Math.min(burst, bucket.units + ((now - bucket.at) / 1_000) * perSecond)
    bucket.at = now
    this.#buckets.set(key, bucket)
    return bucket.units < cost ? (cost - bucket.units) / perSecond : 0
  }

  /** Takes units that `wait` has just found to be there. */
  take(key: string, cost: number): void {
    const bucket = this.#buckets.get(key)
    if (bucket) bucket.units -= cost
  }

  sweep(now: number): void {
    const { burst, perSecond } = this.#rate
    for (const [key, bucket] of this.#buckets) {
      if (bucket.units + ((now - bucket.at) / 1_000) * perSecond >= burst) this.#buckets.delete(key)
    }
  }
}

/** Rounded up to tenths of a second. */
function tenths(seconds: number): number {
  return Math.ceil(seconds * 10) / 10
}
