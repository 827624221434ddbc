/** Tokens that were ended before their time, in the database. */
import type { SessionStore } from '../ports.ts'
import { template } from './batch.ts'
import type { Database } from './database.ts'

/** The store of revoked tokens of a database. */
export function createSessionStore({ db, batch, read }: Database): SessionStore {
  const revoked = template(({ jti }: { readonly jti: string }) => ({
    found: db.selectFrom('revoked_tokens').select('jti').where('jti', '=', jti),
  }))

  return {
    async revoke(jti, until) {
      const insert = db
        .insertInto('revoked_tokens')
        .values({ jti, until })
        .onConflict((conflict) =>
          // Never shorter than it was.
          conflict.column('jti').doUpdateSet({ until }).where('revoked_tokens.until', '<', until),
        )
      await batch({ insert })
    },
    async isRevoked(jti) {
      const { found } = await read(revoked({ jti }))
      return found.length > 0
    },
    async sweep(now) {
      await batch({ old: db.deleteFrom('revoked_tokens').where('until', '<=', now) })
    },
  }
}
