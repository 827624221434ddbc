/** Routes about people and groups. Every change of a right is told to the open connections. */
import { ProtocolError } from '@sallyport/protocol'
import type { SignIn } from '../auth/sign-in.ts'
import type { AccountStore, Broker, Clock } from '../ports.ts'
import { present } from './accounts.ts'
import type { RouteHandlers } from './http.ts'

export interface UserRoutes {
  readonly accounts: AccountStore
  readonly broker: Broker
  readonly clock: Clock
  readonly signIn: SignIn
}

type Names = Extract<keyof RouteHandlers, `users.${string}` | `groups.${string}`>

export function createUserRoutes({ accounts, broker, clock, signIn }: UserRoutes): Pick<RouteHandlers, Names> {
  return {
    'users.search': async ({ query: { query, limit } }) => ({ users: [...(await accounts.search(query, limit))] }),

    'users.list': async ({ query: { query, page } }) => {
      const { items, total } = await accounts.list(query, page)
      return { users: [...items], total }
    },

    'users.update': async ({ params: { id }, body: { name, role, password } }) => {
      const account = await accounts.update(id, {
        ...(name === undefined ? {} : { name }),
        ...(role === undefined ? {} : { role }),
        ...(password === undefined ? {} : { passwordHash: await signIn.hash(password) }),
        // A token from before a demotion must not come to life again with the next activation.
        ...(password === undefined && role !== 'pending' ? {} : { tokensValidAfter: clock.now() }),
      })
      await broker.control({ type: 'users', ids: [id] })
      return account
    },

    'users.delete': async ({ identity, params: { id } }) => {
      if (present(identity).standing.id === id) throw new ProtocolError('conflict', { rule: 'own-account' })
      await accounts.delete(id)
      await broker.control({ type: 'users', ids: [id] })
      return {}
    },

    'groups.list': async ({ identity }) => {
      const { standing } = present(identity)
      const groups = await accounts.groups()
      if (standing.role === 'admin') return { groups: [...groups] }
      return {
        groups: groups.filter(({ id }) => standing.groups.includes(id)).map((group) => ({ ...group, user_ids: [] })),
      }
    },

    'groups.create': ({ body }) => accounts.createGroup({ id: crypto.randomUUID(), ...body, at: clock.now() }),

    'groups.update': async ({ params: { id }, body: { name, description } }) => {
      const { group } = await accounts.updateGroup(id, {
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
        at: clock.now(),
      })
      return group
    },

    'groups.add': async ({ params: { id }, body: { user_ids } }) => {
      const { group, changed } = await accounts.updateGroup(id, { add: user_ids, at: clock.now() })
      await broker.control({ type: 'users', ids: changed })
      return group
    },

    'groups.remove': async ({ params: { id }, body: { user_ids } }) => {
      const { group, changed } = await accounts.updateGroup(id, { remove: user_ids, at: clock.now() })
      await broker.control({ type: 'users', ids: changed })
      return group
    },

    'groups.delete': async ({ params: { id } }) => {
      await broker.control({ type: 'users', ids: await accounts.deleteGroup(id) })
      return {}
    },
  }
}
