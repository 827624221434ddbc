/** Opens the database by its URL and runs statements on it: whole batches, each in one turn. */
import { Kysely } from 'kysely'
import type { Log } from '../ports.ts'
import { type Batch, type CompiledBatch, compile, type Results } from './batch.ts'
import { migrate } from './migrations.ts'
import type { Schema } from './schema.ts'
import { createSqliteDialect } from './sqlite-dialect.ts'
import { openSqliteEngine, type SqliteEngine } from './sqlite-engine.ts'

/** An open database: statements go in batches, each one request to the engine. */
export interface Database {
  /** Builds statements, and runs single ones. */
  readonly db: Kysely<Schema>
  /** Stores all of the statements or none, as if nothing else ran. Resolves when they are durable; rejects with `unavailable` when storage fails. */
  batch<B extends Batch>(statements: B | CompiledBatch<B>): Promise<Results<B>>
  /** Runs selects on one snapshot. Sees every batch that has resolved. */
  read<B extends Batch>(queries: B | CompiledBatch<B>): Promise<Results<B>>
  /** Resolves when the database answers. */
  ping(): Promise<void>
  /** Finishes what was asked for, then closes. */
  close(): Promise<void>
}

interface Options {
  readonly log: Log
  /** The database has stopped for good: every later call rejects with `unavailable`. */
  readonly onFailure?: (error: Error) => void
}

function compiled<B extends Batch>(batch: B | CompiledBatch<B>): CompiledBatch<B> {
  return typeof batch.results === 'function' ? (batch as CompiledBatch<B>) : compile(batch as B)
}

function databaseOf(engine: SqliteEngine): Database {
  const db = new Kysely<Schema>({ dialect: createSqliteDialect(engine) })
  return {
    db,
    async batch(statements) {
      const { statements: sent, results } = compiled(statements)
      return results(await engine.write(sent))
    },
    async read(queries) {
      const { statements: sent, results } = compiled(queries)
      return results(await engine.read(sent))
    },
    async ping() {
      await engine.read([{ sql: 'select 1', parameters: [], expects: false }])
    },
    async close() {
      await db.destroy()
      await engine.close()
    },
  }
}

/** Opens `sqlite:<path>`, makes the file when it is not there, and brings its tables up to date. */
export async function openDatabase(url: string, { log, onFailure }: Options): Promise<Database> {
  if (/^postgres(ql)?:/.test(url)) throw new Error('Postgres comes later: DATABASE_URL must be sqlite:<path> for now.')
  const [, path] = /^sqlite:([^:].*)$/.exec(url) ?? []
  if (path === undefined) throw new Error('DATABASE_URL must be sqlite:<path>.')
  const database = databaseOf(await openSqliteEngine(path, { log, onFailure: onFailure ?? (() => {}) }))
  try {
    await migrate(database.db)
  } catch (error) {
    await database.close()
    throw error
  }
  return database
}
