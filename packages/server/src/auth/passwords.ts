/** Hashes and checks passwords with argon2id, a bounded number at a time (ASVS 11.4.2, AB-17). */
import { hash, verify } from '@node-rs/argon2'

/** OWASP's parameters: 19 MiB, two passes. Kept apart from the library's defaults, so that an update cannot weaken them. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

export interface Passwords {
  hash(password: string): Promise<string>
  /** Whether the password fits. Without a hash (no such account) it takes as long and says no (ASVS 6.3.8). */
  verify(storedHash: string | undefined, password: string): Promise<boolean>
}

/** `parallel`: how many hashes may be computed at once; the rest wait in line. */
export function createPasswords({ parallel }: { readonly parallel: number }): Passwords {
  let running = 0
  const waiting: (() => void)[] = []
  let decoy: Promise<string> | undefined

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= parallel) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }

  return {
    hash: (password) => inTurn(() => hash(password, cost)),
    verify: async (storedHash, password) => {
      decoy ??= hash(crypto.randomUUID(), cost)
      const against = storedHash ?? (await decoy)
      const fits = await inTurn(() => verify(against, password))
      return fits && storedHash !== undefined
    },
  }
}
