/** Making accounts and signing in: how somebody gets a token. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { type Account, ProtocolError, type Role, type SignedIn } from '@sallyport/protocol'
import type { AccountStore, Broker, Clock, Credentials, SessionStore } from '../ports.ts'
import type { Identity } from './authenticate.ts'
import type { Passwords } from './passwords.ts'
import type { Setup } from './setup.ts'
import { createThrottle } from './throttle.ts'
import type { TokenClaims, Tokens } from './tokens.ts'

interface Dependencies {
  readonly accounts: AccountStore
  readonly sessions: SessionStore
  readonly tokens: Tokens
  readonly passwords: Passwords
  readonly broker: Broker
  readonly clock: Clock
  readonly settings: { readonly signUp: boolean; readonly newRole: Role }
  readonly setup: Setup
}

interface Form {
  readonly name: string
  readonly email: string
  readonly password: string
}

export interface Signed {
  readonly session: SignedIn
  readonly claims: TokenClaims
}

export type SignIn = ReturnType<typeof createSignIn>

export function createSignIn(parts: Dependencies) {
  const { accounts, sessions, tokens, passwords, broker, clock, settings, setup } = parts
  const throttle = createThrottle({ clock })

  /** A token for the account as it was read, so that whatever ends tokens after that reading ends this one. */
  async function issue({ account, tokensValidAfter }: Omit<Credentials, 'passwordHash'>): Promise<Signed> {
    const { token, claims } = await tokens.issue({ user: account.id, tokensValidAfter }, clock.now())
    return { claims, session: sessionOf(account, token, claims) }
  }

  async function create(form: Form, role: Role, onlyFirst = false): Promise<Account> {
    const { name, email, password } = form
    const passwordHash = await passwords.hash(password)
    return accounts.create({ id: crypto.randomUUID(), name, email, role, passwordHash, at: clock.now() }, { onlyFirst })
  }

  async function confirmed(credentials: Credentials | undefined, password: string): Promise<Credentials> {
    const fits = await passwords.verify(credentials?.passwordHash, password)
    if (!credentials || !fits)
      throw new ProtocolError('invalid-credentials', { rule: credentials ? 'password' : 'no-account' })
    return credentials
  }

  return {
    /** Makes the first administrator. The code is compared in constant time and works once. */
    setup: async (address: string, { code, ...form }: Form & { readonly code: string }): Promise<Signed> => {
      await throttle.spend(address, 'setup')
      const expected = setup.code()
      if (expected === undefined || !sameText(code, expected))
        throw new ProtocolError('setup-closed', { rule: 'setup-code' })
      const account = await create(form, 'admin', true).catch((error: unknown) => {
        throw error instanceof ProtocolError && error.code === 'conflict'
          ? new ProtocolError('setup-closed', { rule: 'not-first' })
          : error
      })
      setup.done()
      return issue({ account, tokensValidAfter: 0 })
    },

    /** An account that somebody makes themselves; a pending one can do nothing yet. */
    signUp: async (address: string, form: Form): Promise<Signed> => {
      await throttle.spend(address, 'sign-up')
      // Until the first administrator exists nobody else may come in and look around.
      if (!settings.signUp || setup.code() !== undefined)
        throw new ProtocolError('sign-up-closed', { rule: 'ENABLE_SIGNUP' })
      return issue({ account: await create(form, settings.newRole), tokensValidAfter: 0 })
    },

    signIn: async (address: string, email: string, password: string): Promise<Signed> => {
      const check = async () => confirmed(await accounts.credentials(email), password)
      return issue(await throttle.guess(address, email, check))
    },

    /**
     * Ends a session: the token is refused from now on, its connections close on every node.
     * The token alone decides, so that somebody whose account is not active can end theirs too; a dead one is left as it is.
     */
    signOut: async (token: string | undefined): Promise<void> => {
      const claims = token === undefined ? undefined : await tokens.verify(token, clock.now()).catch(unlessDead)
      if (!claims) return
      await sessions.revoke(claims.jti, claims.expiresAt)
      await broker.control({ type: 'token', jti: claims.jti })
    },

    /** Replaces the password, unless somebody else did meanwhile; every token issued before is refused from now on. */
    changePassword: async (address: string, { standing }: Identity, current: string, next: string): Promise<Signed> => {
      const found = await accounts.credentialsById(standing.id)
      // Guesses count for the account wherever they are made: at sign-in or here, with a stolen token.
      const check = () => confirmed(found, current)
      const { passwordHash: checked } = await throttle.guess(address, found?.account.email ?? standing.id, check)
      const passwordHash = await passwords.hash(next)
      const changed = await accounts.replacePassword(standing.id, { checked, passwordHash, at: clock.now() })
      await broker.control({ type: 'users', ids: [standing.id] })
      return issue(changed)
    },

    add: (form: Form, role: Role): Promise<Account> => create(form, role),
    hash: (password: string): Promise<string> => passwords.hash(password),
  }
}

function unlessDead(error: unknown): undefined {
  if (!(error instanceof ProtocolError)) throw error
}

/** The session object of Open WebUI's clients. */
export function sessionOf(account: Account, token: string, claims: TokenClaims): SignedIn {
  const { id, email, name, role } = account
  return {
    token,
    token_type: 'Bearer',
    expires_at: Math.floor(claims.expiresAt / 1_000),
    id,
    email,
    name,
    role,
    profile_image_url: '',
    permissions: {},
  }
}

/** Compares by hash and in constant time, so that neither length nor content shows (ASVS 11.2.4). */
function sameText(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
