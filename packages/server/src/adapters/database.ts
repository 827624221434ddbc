/** Opens the database by its URL and runs statements on it: whole batches, each in one turn. */
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ProtocolError } from '@sallyport/protocol'
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

/** The database cannot be used, and what to do about it. Its message is for the operator. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
}

/**
 * Opens `sqlite:<path>`, makes the file when it is not there, and brings its tables up to date.
 * Rejects with `DatabaseError` when that cannot be; then the file is as it was.
 */
export async function openDatabase(url: string, { log, onFailure }: Options): Promise<Database> {
  if (/^postgres(ql)?:/.test(url)) {
    throw new DatabaseError('Postgres comes later: DATABASE_URL must be sqlite:<path> for now.')
  }
  const [, path] = /^sqlite:([^:].*)$/.exec(url) ?? []
  if (path === undefined) throw new DatabaseError('DATABASE_URL must be sqlite:<path>.')
  try {
    checkPlace(path)
    const database = databaseOf(await openSqliteEngine(path, { log, onFailure: onFailure ?? (() => {}) }))
    try {
      await migrate(database.db)
    } catch (error) {
      await database.close()
      throw error
    }
    return database
  } catch (error) {
    throw explained(error, path)
  }
}

/** Throws unless a file can be there: SQLite's own words name neither the place nor the reason. */
function checkPlace(path: string): void {
  const cannot = 'The database cannot be opened'
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new DatabaseError(`${cannot}: ${path} is a folder. Name a file in it.`)
  }
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) {
    throw new DatabaseError(`${cannot}: the folder of ${path} is not there. Make it, or correct the path.`)
  }
}

/** The same failure with its remedy. What is no fault of the storage is passed on: it is a bug of ours. */
function explained(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseError) return error
  const rules = [error, error.cause].map((one) => (one instanceof ProtocolError ? one.rule : undefined))
  const rule = rules.find((one) => one !== undefined)
  const remedy = remedyOf(`${rule ?? ''} ${error.message}`)
  if (remedy === undefined) return error
  const what = rule === undefined ? error.message : `The database cannot be opened: ${rule}`
  return new DatabaseError(`${what}. ${remedy} (${path})`, { cause: error })
}

function remedyOf(reason: string): string | undefined {
  if (/storage-damaged|not a database|malformed/.test(reason))
    return 'It is damaged or no database: restore it from a backup. Nothing was changed.'
  if (/corrupted migrations/.test(reason)) return 'A newer version has made it: start that one, or restore a backup.'
  if (/storage-|EACCES|EPERM|EROFS|ENOSPC|unable to open|readonly/.test(reason))
    return 'Check its path, the rights of this user and the space on the disk.'
  return undefined
}
