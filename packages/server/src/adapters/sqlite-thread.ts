/** One SQLite connection in its own thread, seen from the server: requests go in order, each gets one answer. */

import { Worker } from 'node:worker_threads'
import { ProtocolError } from '@sallyport/protocol'
import type {
  SqliteFailure,
  SqliteOpening,
  SqliteOutcome,
  SqliteReport,
  SqliteRequest,
  SqliteRequests,
  SqliteStatement,
} from './sqlite-messages.ts'

interface Waiting {
  readonly resolve: (outcome: SqliteOutcome) => void
  readonly reject: (error: Error) => void
}

/** What the thread tells its owner besides answers. */
export interface SqliteThreadListener {
  /** The thread ended though nobody closed it. Called once. */
  readonly ended: (error: Error) => void
  /** The engine could not do something: disk full, input or output error, file busy or damaged. */
  readonly failed: (failure: SqliteFailure) => void
}

/** Primary result codes that say that the storage, not the statement, is at fault. */
const storageFaults: Readonly<Record<number, string>> = {
  5: 'storage-busy',
  6: 'storage-locked',
  7: 'storage-memory',
  8: 'storage-read-only',
  10: 'storage-input-output',
  11: 'storage-damaged',
  13: 'storage-full',
  14: 'storage-cannot-open',
  15: 'storage-protocol',
  26: 'storage-damaged',
}

function ruleOf({ code }: SqliteFailure): string | undefined {
  return code === null ? undefined : storageFaults[code & 0xff]
}

/** A thread with one connection. Everything that is pending when it dies is rejected with `unavailable`. */
export class SqliteThread {
  readonly #worker: Worker
  readonly #listener: SqliteThreadListener
  readonly #waiting = new Map<number, Waiting>()
  readonly #opened = Promise.withResolvers<void>()
  readonly #exited = Promise.withResolvers<void>()
  readonly #outgoing: SqliteRequest[] = []
  #lastId = 0
  #state: 'running' | 'closing' | 'ended' = 'running'

  constructor(opening: SqliteOpening, listener: SqliteThreadListener) {
    this.#listener = listener
    const source = import.meta.url.endsWith('.ts')
    const file = source
      ? new URL('./sqlite-worker.ts', import.meta.url)
      : new URL('./sqlite-worker.js', import.meta.url)
    this.#worker = new Worker(file, { workerData: opening, name: opening.readOnly ? 'sqlite-reader' : 'sqlite-writer' })
    this.#worker.on('message', (report: SqliteReport) => this.#receive(report))
    this.#worker.on('error', (reason) => {
      const error = reason instanceof Error ? reason : new Error(String(reason))
      if (this.#state === 'closing') listener.failed({ message: error.message, code: null })
      this.#end(error)
    })
    this.#worker.on('exit', (code) => {
      this.#end(new Error(`The storage thread ended with code ${code}.`))
      this.#exited.resolve()
    })
  }

  /** Resolves when the file is open. */
  opened(): Promise<void> {
    return this.#opened.promise
  }

  send(type: SqliteRequest['type'], statements: readonly SqliteStatement[]): Promise<SqliteOutcome> {
    if (this.#state !== 'running') return Promise.reject(new ProtocolError('unavailable', { rule: 'storage-closed' }))
    this.#lastId += 1
    const id = this.#lastId
    this.#post({ id, type, statements })
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
  }

  /** Ends the thread after everything that was sent before. */
  async close(): Promise<void> {
    if (this.#state === 'running') {
      this.#state = 'closing'
      this.#post({ id: 0, type: 'close', statements: [] })
    }
    await this.#exited.promise
  }

  /** What is sent in one tick goes over as one message: that costs a fraction. */
  #post(request: SqliteRequest): void {
    this.#outgoing.push(request)
    if (this.#outgoing.length > 1) return
    queueMicrotask(() => this.#worker.postMessage(this.#outgoing.splice(0) satisfies SqliteRequests))
  }

  #receive(report: SqliteReport): void {
    if (report.type === 'open') this.#opened.resolve()
    else if (report.type === 'not-open') this.#end(new Error(`The database cannot be opened: ${report.message}`))
    else for (const answer of report.answers) this.#settle(answer.id, answer)
  }

  #settle(id: number, answer: SqliteOutcome | ({ readonly type: 'failed' } & SqliteFailure)): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (waiting === undefined) return
    if (answer.type !== 'failed') {
      waiting.resolve(answer)
      return
    }
    const rule = ruleOf(answer)
    if (rule === undefined) {
      waiting.reject(new Error(`SQLite: ${answer.message}`))
      return
    }
    this.#listener.failed(answer)
    waiting.reject(new ProtocolError('unavailable', { rule }))
  }

  #end(error: Error): void {
    if (this.#state === 'ended') return
    const closing = this.#state === 'closing'
    this.#state = 'ended'
    for (const { reject } of this.#waiting.values()) reject(new ProtocolError('unavailable', { rule: 'storage-ended' }))
    this.#waiting.clear()
    this.#opened.reject(error)
    if (!closing) this.#listener.ended(error)
  }
}
