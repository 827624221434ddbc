/** The SQLite engine: a thread that writes and a thread that reads, so that neither waits for the other. */
import { ProtocolError } from '@sallyport/protocol'
import type { Log } from '../ports.ts'
import type { SqliteOutcome, SqliteRow, SqliteStatement } from './sqlite-messages.ts'
import { SqliteThread, type SqliteThreadListener } from './sqlite-thread.ts'

/** Milliseconds that an interactive transaction may hold up all other writes. */
const transactionLimit = 60_000

/** Statements with answers in between, while no other write runs. For migrations only. */
export interface SqliteTransaction {
  run(statement: SqliteStatement): Promise<readonly SqliteRow[]>
  end(how: 'commit' | 'rollback'): Promise<void>
}

export interface SqliteEngine {
  /** Runs the statements on one snapshot of what is committed. */
  read(statements: readonly SqliteStatement[]): Promise<SqliteOutcome>
  /** Runs all of the statements or none, in the order of calling. Resolves when they are durable. */
  write(statements: readonly SqliteStatement[]): Promise<SqliteOutcome>
  /** Holds back all other writes until the transaction ends, a minute at most. */
  begin(): Promise<SqliteTransaction>
  /** Finishes what was sent, writes everything into the one file and ends the threads. */
  close(): Promise<void>
}

interface Options {
  readonly log: Log
  /** The engine has stopped by a fault; it does not come back. Called once. */
  readonly onFailure: (error: Error) => void
}

/** Opens the file, which is made with mode 0600 when it is not there. */
export async function openSqliteEngine(path: string, { log, onFailure }: Options): Promise<SqliteEngine> {
  let state: 'opening' | 'open' | 'closed' = 'opening'
  let inTransaction = false
  /** The result code of the failure that has been logged and is not over. */
  let fault: number | null | undefined
  /** Writes and transactions that wait for the end of a transaction, in the order of calling. */
  const held: (() => void)[] = []
  let closing: Promise<void> | undefined

  const listener: SqliteThreadListener = {
    ended: (error) => {
      if (state !== 'open') return
      state = 'closed'
      log.error({ error: error.message }, 'storage stopped')
      // One thread alone is of no use: what it would still do, nobody would expect.
      close().catch((reason: unknown) => log.error({ error: String(reason) }, 'storage not closed'))
      onFailure(error)
    },
    failed: ({ message, code }) => {
      // A full disk fails every write: one line says it, until it is over.
      if (code === fault) return
      fault = code
      log.error({ error: message, code }, 'storage failed')
    },
  }

  // The writer first: it makes the file, and the reader cannot.
  const writer = new SqliteThread({ path, readOnly: false }, listener)
  await writer.opened()
  const reader = new SqliteThread({ path, readOnly: true }, listener)
  try {
    await reader.opened()
  } catch (error) {
    await writer.close()
    throw error
  }
  state = 'open'

  /** Calls `send` now, or when the transaction that is under way has ended. */
  function inTurn<T>(send: () => Promise<T>): Promise<T> {
    if (!inTransaction) return send()
    return new Promise((resolve, reject) => held.push(() => send().then(resolve, reject)))
  }

  function release(): void {
    inTransaction = false
    for (let next = held.shift(); next !== undefined; next = inTransaction ? undefined : held.shift()) next()
  }

  async function direct(statement: SqliteStatement): Promise<readonly SqliteRow[]> {
    const outcome = await writer.send('direct', [statement])
    return outcome.type === 'done' ? (outcome.rows[0] ?? []) : []
  }

  async function begin(): Promise<SqliteTransaction> {
    assertOpen()
    inTransaction = true
    let open = true
    const assertGoing = (): void => {
      if (!open) throw new ProtocolError('unavailable', { rule: 'transaction-ended' })
    }
    const end = async (how: 'commit' | 'rollback'): Promise<void> => {
      assertGoing()
      open = false
      clearTimeout(timer)
      try {
        await direct({ sql: how, parameters: [], expects: false })
      } catch (error) {
        if (how === 'commit') await direct({ sql: 'rollback', parameters: [], expects: false })
        throw error
      } finally {
        release()
      }
    }
    const timer = setTimeout(() => {
      end('rollback').catch((error: unknown) => log.error({ error: String(error) }, 'transaction not rolled back'))
    }, transactionLimit)
    try {
      await direct({ sql: 'begin immediate', parameters: [], expects: false })
    } catch (error) {
      clearTimeout(timer)
      release()
      throw error
    }
    return {
      run: (statement) => {
        assertGoing()
        return direct(statement)
      },
      end,
    }
  }

  function close(): Promise<void> {
    state = 'closed'
    // The writer last: only without readers can it move the whole write-ahead log into the file.
    closing ??= reader.close().then(() => writer.close())
    return closing
  }

  function assertOpen(): void {
    if (state === 'closed') throw new ProtocolError('unavailable', { rule: 'storage-closed' })
  }

  async function write(statements: readonly SqliteStatement[]): Promise<SqliteOutcome> {
    assertOpen()
    const outcome = await writer.send('batch', statements)
    if (fault !== undefined) log.info({ code: fault }, 'storage works again')
    fault = undefined
    return outcome
  }

  return {
    async read(statements) {
      assertOpen()
      return reader.send('batch', statements)
    },
    write: (statements) => inTurn(() => write(statements)),
    begin: () => inTurn(begin),
    close,
  }
}
