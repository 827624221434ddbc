/** Issues and checks access tokens: JWTs with one pinned algorithm (RFC 8725 §3.1), never a header of the token's own choice. */
import { ProtocolError } from '@sallyport/protocol'
import { errors, jwtVerify, SignJWT } from 'jose'

const algorithm = 'HS256'
const issuer = 'sallyport'
const audience = 'sallyport'
/** Longer than any token of ours; checked before anything is decoded. */
const maxLength = 4_096

/** What a genuine, current token says. */
export interface TokenClaims {
  /** Its own id, by which it is revoked. */
  readonly jti: string
  readonly user: string
  /**
   * Its place among the endings of the person's tokens: just after the last one that was in force when the credentials
   * were read (ms). No clock decides, so a token for an old password is dead whenever it was written.
   */
  readonly issuedAt: number
  /** Milliseconds. */
  readonly expiresAt: number
}

/** Whose token, and the state of the account that the credentials were checked against. */
export interface Grantee {
  readonly user: string
  readonly tokensValidAfter: number
}

export interface Tokens {
  issue(grantee: Grantee, now: number): Promise<{ readonly token: string; readonly claims: TokenClaims }>
  /** Rejects with `unauthenticated` for anything but a token that we issued and that is valid at `now`. */
  verify(token: string, now: number): Promise<TokenClaims>
}

export function createTokens({ key, lifetimeMs }: { readonly key: Uint8Array; readonly lifetimeMs: number }): Tokens {
  return {
    issue: async ({ user, tokensValidAfter }, now) => {
      const jti = crypto.randomUUID()
      const issuedAt = tokensValidAfter + 1
      const expiresAt = Math.ceil((now + lifetimeMs) / 1_000)
      // `id` is the claim that Open WebUI's clients read; `ims` is `issuedAt`.
      const token = await new SignJWT({ id: user, ims: issuedAt })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
        .setJti(jti)
        .setSubject(user)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(Math.floor(now / 1_000))
        .setExpirationTime(expiresAt)
        .sign(key)
      return { token, claims: { jti, user, issuedAt, expiresAt: expiresAt * 1_000 } }
    },

    verify: async (token, now) => {
      if (token.length > maxLength) throw new ProtocolError('unauthenticated', { rule: 'token-length' })
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [algorithm],
          issuer,
          audience,
          typ: 'JWT',
          requiredClaims: ['jti', 'sub', 'iat', 'exp', 'ims'],
          currentDate: new Date(now),
        })
        const { jti, sub, exp, ims } = payload
        if (
          typeof jti !== 'string' ||
          typeof sub !== 'string' ||
          !Number.isSafeInteger(exp) ||
          !Number.isSafeInteger(ims)
        ) {
          throw new ProtocolError('unauthenticated', { rule: 'token-claims' })
        }
        return { jti, user: sub, issuedAt: ims as number, expiresAt: (exp as number) * 1_000 }
      } catch (error) {
        if (error instanceof ProtocolError) throw error
        if (error instanceof errors.JOSEError) throw new ProtocolError('unauthenticated', { rule: error.code })
        throw error
      }
    },
  }
}
