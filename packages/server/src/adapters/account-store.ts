/** Accounts in the database. */
import { type Account, limits } from '@sallyport/protocol'
import { type Expression, type Kysely, type SqlBool, sql } from 'kysely'
import type { AccountChange, AccountStore, Credentials } from '../ports.ts'
import { expect, first, template } from './batch.ts'
import type { Database } from './database.ts'
import { createGroupStore } from './group-store.ts'
import type { Schema } from './schema.ts'

type User = Schema['users']

const seconds = (ms: number): number => Math.floor(ms / 1000)

function accountFrom({ id, name, role, email, created_at, last_active_at }: User): Account {
  return {
    id,
    name,
    role,
    email,
    created_at: seconds(created_at),
    last_active_at: last_active_at === null ? null : seconds(last_active_at),
  }
}

function credentialsFrom(user: User): Credentials {
  return { account: accountFrom(user), passwordHash: user.password_hash, tokensValidAfter: user.tokens_valid_after }
}

/** Whether a column contains the text, with upper and lower case alike. The text is no pattern. */
function contains(column: 'name_key' | 'email', query: string): Expression<SqlBool> {
  const pattern = `%${query.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
  return sql<SqlBool>`${sql.ref(column)} like ${pattern} escape '\\'`
}

/** Gives a row unless the account is the only administrator. */
function notTheLastAdministrator(db: Kysely<Schema>, id: string) {
  return db
    .selectFrom('users')
    .select('id')
    .where('id', '=', id)
    .where((eb) =>
      eb.or([
        eb('role', '<>', 'admin'),
        eb.exists(
          eb
            .selectFrom('users as other')
            .select('other.id')
            .where('other.role', '=', 'admin')
            .where('other.id', '<>', id),
        ),
      ]),
    )
}

/** An ending of all tokens, which is later than the one before even when the clock is not. */
function endedAt(at: number): Expression<number> {
  const before = sql.ref<number>('users.tokens_valid_after')
  return sql<number>`case when ${before} < ${at} then ${at} else ${before} + 1 end`
}

function columnsOf({ name, role, passwordHash, tokensValidAfter }: AccountChange) {
  return {
    ...(name === undefined ? {} : { name, name_key: name.toLowerCase() }),
    ...(role === undefined ? {} : { role }),
    ...(passwordHash === undefined ? {} : { password_hash: passwordHash }),
    ...(tokensValidAfter === undefined ? {} : { tokens_valid_after: endedAt(tokensValidAfter) }),
  }
}

/** The account store of a database. */
export function createAccountStore(database: Database): AccountStore {
  const { db, batch, read } = database
  const person = db.selectFrom('users').select(['id', 'name', 'role'])
  const byId = (id: string) => db.selectFrom('users').selectAll().where('id', '=', id)
  const standings = template(({ id }: { readonly id: string }) => ({
    rows: db
      .selectFrom('users')
      .leftJoin('group_members', 'group_members.user_id', 'users.id')
      .select(['users.id', 'users.name', 'users.role', 'users.tokens_valid_after', 'group_members.group_id'])
      .where('users.id', '=', id)
      .orderBy('group_members.group_id'),
  }))

  return {
    ...createGroupStore(database),

    async create({ id, name, email, role, passwordHash, at }, options) {
      const user: User = {
        id,
        name,
        name_key: name.toLowerCase(),
        email,
        role,
        password_hash: passwordHash,
        tokens_valid_after: 0,
        created_at: at,
        last_active_at: null,
      }
      const nobody = db
        .selectNoFrom((eb) => eb.lit(1).as('free'))
        .where(({ not, exists }) => not(exists(db.selectFrom('users').select('id'))))
      const { created } = await batch({
        empty: options?.onlyFirst === true ? expect('conflict', nobody) : undefined,
        created: expect(
          'conflict',
          db
            .insertInto('users')
            .values(user)
            .onConflict((conflict) => conflict.column('email').doNothing())
            .returningAll(),
        ),
      })
      return accountFrom(first(created))
    },

    async credentials(email) {
      const { user } = await read({ user: db.selectFrom('users').selectAll().where('email', '=', email) })
      return user.map(credentialsFrom)[0]
    },

    async credentialsById(id) {
      const { user } = await read({ user: byId(id) })
      return user.map(credentialsFrom)[0]
    },

    async standing(id) {
      const { rows } = await read(standings({ id }))
      const [user] = rows
      if (user === undefined) return undefined
      const groups = rows.flatMap(({ group_id }) => (group_id === null ? [] : [group_id]))
      return { id: user.id, name: user.name, role: user.role, groups, tokensValidAfter: user.tokens_valid_after }
    },

    async people(ids) {
      if (ids.length === 0) return []
      const { people } = await read({
        people: person
          .where('id', 'in', [...new Set(ids)])
          .orderBy('name_key')
          .orderBy('id'),
      })
      return people
    },

    async search(query, limit) {
      const { people } = await read({
        people: person
          .where('role', '<>', 'pending')
          .where(contains('name_key', query))
          .orderBy('name_key')
          .orderBy('id')
          .limit(Math.min(limit, limits.page)),
      })
      return people
    },

    async list(query, page) {
      const found = db.selectFrom('users').where((eb) => eb.or([contains('name_key', query), contains('email', query)]))
      const { items, total } = await read({
        items: found
          .selectAll()
          .orderBy('name_key')
          .orderBy('id')
          .limit(limits.page)
          .offset((page - 1) * limits.page),
        total: found.select((eb) => eb.fn.countAll<number>().as('count')),
      })
      return { items: items.map(accountFrom), total: first(total).count }
    },

    async update(id, change) {
      const columns = columnsOf(change)
      const demotes = change.role !== undefined && change.role !== 'admin'
      const { user } = await batch({
        found: expect('not-found', byId(id)),
        remaining: demotes ? expect('conflict', notTheLastAdministrator(db, id)) : undefined,
        changed:
          Object.keys(columns).length === 0 ? undefined : db.updateTable('users').set(columns).where('id', '=', id),
        user: byId(id),
      })
      return accountFrom(first(user))
    },

    async replacePassword(id, { checked, passwordHash, at }) {
      const { user } = await batch({
        user: expect(
          'invalid-credentials',
          db
            .updateTable('users')
            .set(columnsOf({ passwordHash, tokensValidAfter: at }))
            .where('id', '=', id)
            .where('password_hash', '=', checked)
            .returningAll(),
        ),
      })
      return credentialsFrom(first(user))
    },

    async delete(id) {
      await batch({
        found: expect('not-found', byId(id)),
        remaining: expect('conflict', notTheLastAdministrator(db, id)),
        grants: db.deleteFrom('grants').where('principal_kind', '=', 'user').where('principal_id', '=', id),
        // Memberships, reactions and reading marks go with it; messages and notes stay.
        user: db.deleteFrom('users').where('id', '=', id),
      })
    },

    async touch(id, at) {
      const seen = db
        .updateTable('users')
        .set({ last_active_at: at })
        .where('id', '=', id)
        .where((eb) => eb.or([eb('last_active_at', 'is', null), eb('last_active_at', '<', at)]))
      await batch({ seen })
    },

    async hasAdministrator() {
      const { admin } = await read({ admin: db.selectFrom('users').select('id').where('role', '=', 'admin').limit(1) })
      return admin.length > 0
    },
  }
}
