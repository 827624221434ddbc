/** Routes about one's own account: set-up, sign-up, sign-in, sign-out, the session. */
import { ProtocolError } from '@sallyport/protocol'
import type { Identity } from '../auth/authenticate.ts'
import { setCookie } from '../auth/cookie.ts'
import { type Signed, type SignIn, sessionOf } from '../auth/sign-in.ts'
import type { AccountStore, Broker } from '../ports.ts'
import type { RouteContext, RouteHandlers } from './http.ts'

export interface AccountRoutes {
  readonly signIn: SignIn
  readonly accounts: AccountStore
  readonly broker: Broker
  /** Whether people reach the server by https, so that the cookie is for that alone. */
  readonly secureCookies: boolean
}

type Names = Extract<keyof RouteHandlers, `auth.${string}`>

export function createAccountRoutes({
  signIn,
  accounts,
  broker,
  secureCookies,
}: AccountRoutes): Pick<RouteHandlers, Names> {
  function signed(context: Pick<RouteContext<'auth.session'>, 'setCookie'>, { session, claims }: Signed) {
    context.setCookie(setCookie(session.token, { secure: secureCookies, expiresAt: claims.expiresAt }))
    return session
  }

  return {
    'auth.setup': async (context) => signed(context, await signIn.setup(context.address, context.body)),
    'auth.signup': async (context) => signed(context, await signIn.signUp(context.address, context.body)),
    'auth.signin': async (context) => {
      const { email, password } = context.body
      return signed(context, await signIn.signIn(context.address, email, password))
    },

    'auth.signout': async (context) => {
      await signIn.signOut(context.token)
      context.setCookie(setCookie(null, { secure: secureCookies, expiresAt: 0 }))
      return { status: true as const }
    },

    // The token itself is given out at sign-in only: whoever reads this answer gets no credential from it.
    'auth.session': async ({ identity }) => {
      const { standing, claims } = present(identity)
      const credentials = await accounts.credentialsById(standing.id)
      if (!credentials) throw new ProtocolError('unauthenticated', { rule: 'no-account' })
      return sessionOf(credentials.account, '', claims)
    },

    'auth.password': async (context) => {
      const { password, new_password } = context.body
      return signed(
        context,
        await signIn.changePassword(context.address, present(context.identity), password, new_password),
      )
    },

    'auth.profile': async ({ identity, body }) => {
      const { id, name, role } = await accounts.update(present(identity).standing.id, { name: body.name })
      await broker.control({ type: 'users', ids: [id] })
      return { id, name, role }
    },

    'auth.add': ({ body: { role, ...form } }) => signIn.add(form, role),
  }
}

/** The identity that `needs` has made sure of. */
export function present(identity: Identity | undefined): Identity {
  if (!identity) throw new ProtocolError('unauthenticated', { rule: 'no-identity' })
  return identity
}
