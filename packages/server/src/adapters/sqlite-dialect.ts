/** Kysely's way to the SQLite engine: single statements, and transactions for the migrations. */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { storable } from './batch.ts'
import type { SqliteEngine, SqliteTransaction } from './sqlite-engine.ts'

interface Connection extends DatabaseConnection {
  transaction: SqliteTransaction | undefined
}

function connect(engine: SqliteEngine): Connection {
  return {
    transaction: undefined,
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const statement = { sql: query.sql, parameters: query.parameters.map(storable), expects: false }
      if (this.transaction !== undefined) return { rows: (await this.transaction.run(statement)) as R[] }
      const outcome = SelectQueryNode.is(query.query) ? await engine.read([statement]) : await engine.write([statement])
      return { rows: outcome.type === 'done' ? ([...(outcome.rows[0] ?? [])] as R[]) : [] }
    },
    // biome-ignore lint/correctness/useYield: there is nothing to give, streaming is refused
    async *streamQuery() {
      throw new Error('Streaming is not supported.')
    },
  }
}

function createDriver(engine: SqliteEngine): Driver {
  const end = async (connection: DatabaseConnection, how: 'commit' | 'rollback'): Promise<void> => {
    const { transaction } = connection as Connection
    ;(connection as Connection).transaction = undefined
    await transaction?.end(how)
  }
  return {
    init: async () => {},
    // A connection is no more than a name here: the engine has its own two.
    acquireConnection: async () => connect(engine),
    async beginTransaction(connection) {
      const own = connection as Connection
      own.transaction = await engine.begin()
    },
    commitTransaction: (connection) => end(connection, 'commit'),
    rollbackTransaction: (connection) => end(connection, 'rollback'),
    releaseConnection: async () => {},
    destroy: async () => {},
  }
}

/** Statements outside of a transaction are atomic by themselves; `select` reads, everything else writes. */
export function createSqliteDialect(engine: SqliteEngine): Dialect {
  const { supportsReturning, acquireMigrationLock, releaseMigrationLock } = new SqliteAdapter()
  const adapter: DialectAdapter = {
    supportsReturning,
    acquireMigrationLock,
    releaseMigrationLock,
    supportsMultipleConnections: true,
    // A migration is done whole or not at all, also when the process dies in it.
    supportsTransactionalDdl: true,
  }
  return {
    createAdapter: () => adapter,
    createDriver: () => createDriver(engine),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}
