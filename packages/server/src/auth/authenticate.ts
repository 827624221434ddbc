/** Turns a token into a person: genuine, not expired, not revoked, of an active account. The one door to an identity. */
import { ProtocolError } from '@sallyport/protocol'
import type { AccountStore, Clock, SessionStore, Standing } from '../ports.ts'
import type { TokenClaims, Tokens } from './tokens.ts'

/** Who somebody is, and the token that says so. */
export interface Identity {
  readonly standing: Standing
  readonly claims: TokenClaims
}

/** Rejects with `unauthenticated`, or `account-pending` when the account is not active yet. */
export type Authenticate = (token: string | undefined) => Promise<Identity>

interface Dependencies {
  readonly tokens: Tokens
  readonly accounts: AccountStore
  readonly sessions: SessionStore
  readonly clock: Clock
}

export function createAuthenticate({ tokens, accounts, sessions, clock }: Dependencies): Authenticate {
  return async (token) => {
    if (!token) throw new ProtocolError('unauthenticated', { rule: 'no-token' })
    const claims = await tokens.verify(token, clock.now())
    const [revoked, standing] = await Promise.all([sessions.isRevoked(claims.jti), accounts.standing(claims.user)])
    if (revoked) throw new ProtocolError('unauthenticated', { rule: 'token-revoked' })
    if (!standing) throw new ProtocolError('unauthenticated', { rule: 'no-account' })
    if (claims.issuedAt <= standing.tokensValidAfter)
      throw new ProtocolError('unauthenticated', { rule: 'tokens-valid-after' })
    if (standing.role === 'pending') throw new ProtocolError('account-pending', { rule: 'role-pending' })
    return { standing, claims }
  }
}
