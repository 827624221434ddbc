/** Slows down guessing of passwords (ASVS 6.3.1): by address, by address and account, and by account over all addresses. */
import { isIPv6 } from 'node:net'
import { ProtocolError } from '@sallyport/protocol'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Clock } from '../ports.ts'

/** Wrong guesses in three minutes: from one address at one account, and from one address at all. */
const windowSeconds = 180
const guessesAtAccount = 10
const guessesFromAddress = 100
/** Wrong guesses at one account from addresses that it never signed in from, before they must pause. */
const strangersFree = 20
/** The first pause; each wrong guess after it doubles it, to 96 guesses a day at most. */
const firstPauseMs = 10_000
const longestPauseMs = 15 * 60_000
/** After so long without a guess an account is as if nobody had guessed. */
const forgetMs = 24 * 3_600_000
/** Addresses remembered for one account, and accounts remembered at all: the least recently used goes first. */
const addressesPerAccount = 8
const accountsRemembered = 10_000

export interface Throttle {
  /** Counts something that costs the server or could be tried often. Rejects with `rate-limited`. */
  spend(address: string, what: string): Promise<void>
  /**
   * Runs a check of a password. A wrong one counts (`invalid-credentials`), a right one does not.
   * Rejects with `rate-limited`, without checking, when too many were wrong. Strangers cannot lock anybody out with
   * their guesses: an address from which the account signed in before is counted by itself.
   */
  guess<T>(address: string, account: string, check: () => Promise<T>): Promise<T>
}

interface Strangers {
  wrong: number
  at: number
  pausedUntil: number
}

/** What it counts lives in memory: of this node, until it stops. */
export function createThrottle({ clock }: { readonly clock: Clock }): Throttle {
  const perAccount = new RateLimiterMemory({ points: guessesAtAccount, duration: windowSeconds })
  const perAddress = new RateLimiterMemory({ points: guessesFromAddress, duration: windowSeconds })
  const known = new Map<string, readonly string[]>()
  const strangers = new Map<string, Strangers>()

  async function spend(network: string, what: string): Promise<void> {
    try {
      await perAddress.consume(network)
      await perAccount.consume(`${network} ${what}`)
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error
      throw new ProtocolError('rate-limited', { rule: 'sign-in', retryAfter: Math.ceil(error.msBeforeNext / 1_000) })
    }
  }

  /** Counts the guess before it is checked, so that many at once cannot pass. Answers how to take it back. */
  function countStranger(account: string): () => void {
    const now = clock.now()
    const before = strangers.get(account)
    const count = before && now - before.at < forgetMs ? before : { wrong: 0, at: now, pausedUntil: 0 }
    if (count.pausedUntil > now) {
      const retryAfter = Math.ceil((count.pausedUntil - now) / 1_000)
      throw new ProtocolError('rate-limited', { rule: 'sign-in-account', retryAfter })
    }
    count.wrong += 1
    count.at = now
    const excess = count.wrong - strangersFree
    if (excess > 0) count.pausedUntil = now + Math.min(longestPauseMs, firstPauseMs * 2 ** (excess - 1))
    keep(strangers, account, count)
    return () => {
      count.wrong -= 1
      count.pausedUntil = 0
    }
  }

  async function takeBack(network: string, account: string): Promise<void> {
    await Promise.all([perAddress.reward(network), perAccount.reward(`${network} ${account}`)])
  }

  return {
    spend: (address, what) => spend(networkOf(address), what),
    guess: async (address, account, check) => {
      const network = networkOf(address)
      await spend(network, account)
      const addresses = known.get(account) ?? []
      const forgive = addresses.includes(network) ? undefined : countStranger(account)
      try {
        const result = await check()
        // A guess of a stranger that was right is no stranger's: the password is known to who asks.
        if (forgive) strangers.delete(account)
        keep(known, account, [network, ...addresses.filter((one) => one !== network)].slice(0, addressesPerAccount))
        await takeBack(network, account)
        return result
      } catch (error) {
        if (!(error instanceof ProtocolError && error.code === 'invalid-credentials')) {
          forgive?.()
          await takeBack(network, account)
        }
        throw error
      }
    },
  }
}

/** Sets an entry as the one used last; one too many, and the one used longest ago goes. */
function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= accountsRemembered) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    return
  }
}

/** What one customer of a provider holds: an IPv4 address, or the /64 of an IPv6 address. */
export function networkOf(address: string): string {
  const plain = address.split('%', 1)[0] ?? address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(plain)) return address
  // The URL parser knows every spelling of an address and answers the shortest.
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`
}
