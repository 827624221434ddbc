/** The first administrator: made from the settings, or by whoever holds the one-time link that start-up prints. */
import { randomBytes } from 'node:crypto'
import { email, ProtocolError } from '@sallyport/protocol'
import { type Config, ConfigError } from '../config.ts'
import type { AccountStore, Clock, Log } from '../ports.ts'
import type { Passwords } from './passwords.ts'

export interface Setup {
  /** The one-time code while there is no administrator. */
  code(): string | undefined
  /** Called when the first administrator was made: the code is dead from now on. */
  done(): void
}

interface Dependencies {
  readonly accounts: AccountStore
  readonly passwords: Passwords
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
}

export async function prepareSetup({ accounts, passwords, config, clock, log }: Dependencies): Promise<Setup> {
  const { ADMIN_EMAIL, ADMIN_PASSWORD, ADMIN_NAME } = config
  let code: string | undefined
  if (await accounts.hasAdministrator()) {
    if (ADMIN_EMAIL) log.info({}, 'ADMIN_EMAIL is ignored: an administrator exists already')
  } else if (ADMIN_EMAIL && ADMIN_PASSWORD) {
    const address = email.safeParse(ADMIN_EMAIL)
    if (!address.success) throw new ConfigError('ADMIN_EMAIL: must be an e-mail address')
    if (ADMIN_PASSWORD.length < 8) throw new ConfigError('ADMIN_PASSWORD: must have at least 8 characters')
    const passwordHash = await passwords.hash(ADMIN_PASSWORD)
    const account = {
      id: crypto.randomUUID(),
      name: ADMIN_NAME,
      email: address.data,
      role: 'admin' as const,
      passwordHash,
      at: clock.now(),
    }
    await accounts.create(account).catch((error: unknown) => {
      if (!(error instanceof ProtocolError && error.code === 'conflict')) throw error
      throw new ConfigError('ADMIN_EMAIL: an account with this address exists and is no administrator')
    })
    log.info({ user: account.id }, 'first administrator made from the settings')
  } else {
    code = randomBytes(24).toString('base64url')
  }
  return {
    code: () => code,
    done: () => {
      code = undefined
    },
  }
}
