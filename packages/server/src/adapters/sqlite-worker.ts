/** The thread that holds one SQLite connection, so that waiting for the disk never holds up the event loop. Imports builtins only. */
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type {
  SqliteAnswer,
  SqliteFailure,
  SqliteOpening,
  SqliteReport,
  SqliteRequest,
  SqliteRequests,
  SqliteRow,
  SqliteStatement,
} from './sqlite-messages.ts'

/** Requests that share one commit at most; more than that wait for the next. */
const groupSize = 512
/** Prepared statements that are kept. */
const preparedStatements = 400

/** Thrown to undo a request one of whose statements gave no row though it had to. */
class MissingRow extends Error {
  readonly index: number

  constructor(index: number) {
    super('expected a row')
    this.index = index
  }
}

/** Thrown when SQLite has given up the whole transaction because of one request in it, as it does on a full disk. */
class GroupLost extends Error {}

function open({ path, readOnly }: SqliteOpening): DatabaseSync {
  // Made here, so that nobody else can read it for even a moment; SQLite gives its side files the same mode.
  if (!readOnly) closeSync(openSync(path, 'a', 0o600))
  const connection = new DatabaseSync(path, { readOnly, allowExtension: false })
  connection.exec('pragma busy_timeout = 5000; pragma trusted_schema = off; pragma temp_store = memory')
  connection.exec('pragma cache_size = -16000; pragma foreign_keys = on')
  if (!readOnly) connection.exec('pragma journal_mode = wal; pragma synchronous = full; pragma cell_size_check = on')
  if (!readOnly) connection.exec('pragma journal_size_limit = 67108864')
  return connection
}

function failureOf(error: unknown): SqliteFailure {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null
  return { message, code }
}

function refusal(id: number, error: unknown): SqliteAnswer {
  if (error instanceof MissingRow) return { id, type: 'missing', index: error.index }
  return { id, type: 'failed', ...failureOf(error) }
}

function serve(port: MessagePort, connection: DatabaseSync, readOnly: boolean): void {
  const prepared = new Map<string, StatementSync>()

  function prepare(sql: string): StatementSync {
    let statement = prepared.get(sql)
    if (statement !== undefined) {
      prepared.delete(sql)
    } else {
      statement = connection.prepare(sql)
      const oldest = prepared.keys().next()
      if (prepared.size >= preparedStatements && !oldest.done) prepared.delete(oldest.value)
    }
    // The most recently used come last.
    prepared.set(sql, statement)
    return statement
  }

  function run(statements: readonly SqliteStatement[]): SqliteRow[][] {
    return statements.map(({ sql, parameters, expects }, index) => {
      const rows = prepare(sql).all(...parameters) as SqliteRow[]
      if (expects && rows.length === 0) throw new MissingRow(index)
      return rows
    })
  }

  function direct({ id, statements }: SqliteRequest): SqliteAnswer {
    try {
      return { id, type: 'done', rows: run(statements) }
    } catch (error) {
      return refusal(id, error)
    }
  }

  function rollback(): void {
    try {
      connection.exec('rollback')
    } catch {
      // Some errors (full disk, failed write) make SQLite roll back by itself: then there is nothing left to undo.
    }
  }

  function readSnapshot(request: SqliteRequest): SqliteAnswer {
    if (request.statements.length === 1) return direct(request)
    try {
      connection.exec('begin')
      const rows = run(request.statements)
      connection.exec('commit')
      return { id: request.id, type: 'done', rows }
    } catch (error) {
      rollback()
      return refusal(request.id, error)
    }
  }

  function runInGroup({ id, statements }: SqliteRequest): SqliteAnswer {
    connection.exec('savepoint request')
    try {
      const rows = run(statements)
      connection.exec('release request')
      return { id, type: 'done', rows }
    } catch (error) {
      try {
        connection.exec('rollback to request')
        connection.exec('release request')
      } catch {
        throw new GroupLost('the transaction is gone', { cause: error })
      }
      return refusal(id, error)
    }
  }

  /** Group commit: one wait for the disk for all of them, each of them on its own. Nothing is answered before. */
  function commit(group: readonly SqliteRequest[]): SqliteAnswer[] {
    try {
      connection.exec('begin immediate')
      const answers = group.map(runInGroup)
      connection.exec('commit')
      return answers
    } catch (error) {
      rollback()
      // Nothing of the group is stored. One by one, those that can be stored still are.
      if (error instanceof GroupLost && group.length > 1) return group.flatMap((request) => commit([request]))
      return group.map(({ id }) => refusal(id, error instanceof GroupLost ? error.cause : error))
    }
  }

  function close(): void {
    try {
      if (!readOnly) connection.exec('pragma optimize; pragma wal_checkpoint(truncate)')
    } finally {
      connection.close()
      port.close()
    }
  }

  function answer(answers: readonly SqliteAnswer[]): void {
    if (answers.length > 0) port.postMessage({ type: 'answers', answers } satisfies SqliteReport)
  }

  function handle(requests: readonly SqliteRequest[]): void {
    if (readOnly) answer(requests.filter(({ type }) => type !== 'close').map(readSnapshot))
    let group: SqliteRequest[] = []
    for (const request of readOnly ? [] : requests) {
      if (request.type === 'batch') group.push(request)
      else {
        if (group.length > 0) answer(commit(group))
        group = []
        if (request.type === 'direct') answer([direct(request)])
      }
    }
    if (group.length > 0) answer(commit(group))
    if (requests.some(({ type }) => type === 'close')) close()
  }

  port.on('message', (sent: SqliteRequests) => {
    const requests = [...sent]
    while (requests.length < groupSize) {
      const next = receiveMessageOnPort(port) as { message: SqliteRequests } | undefined
      if (next === undefined) break
      requests.push(...next.message)
    }
    handle(requests)
  })
}

if (parentPort !== null) {
  const opening = workerData as SqliteOpening
  try {
    serve(parentPort, open(opening), opening.readOnly)
    parentPort.postMessage({ type: 'open' } satisfies SqliteReport)
  } catch (error) {
    parentPort.postMessage({ type: 'not-open', ...failureOf(error) } satisfies SqliteReport)
  }
}
