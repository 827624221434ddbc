/** What goes between the server and a thread that holds an SQLite connection. Types only, so the thread needs no other file. */

/** What SQLite can store. */
export type SqliteValue = null | number | bigint | string | Uint8Array

/** One statement with its values, in the order of its placeholders. */
export interface SqliteStatement {
  readonly sql: string
  readonly parameters: readonly SqliteValue[]
  /** When true and the statement gives no row, the whole request is undone. */
  readonly expects: boolean
}

/** What a thread opens. */
export interface SqliteOpening {
  readonly path: string
  readonly readOnly: boolean
}

/**
 * `batch`: all of the statements or none; durable before it is answered. `direct`: outside of any transaction but one
 * that earlier direct statements opened. `close`: end the thread after what came before.
 */
export interface SqliteRequest {
  readonly id: number
  readonly type: 'batch' | 'direct' | 'close'
  readonly statements: readonly SqliteStatement[]
}

/** A row as SQLite gives it. */
export type SqliteRow = Readonly<Record<string, SqliteValue>>

/** An error of the engine: its text, and its extended result code where it came from SQLite. */
export interface SqliteFailure {
  readonly message: string
  readonly code: number | null
}

/** `rows` of each statement; or `missing`, the index of the statement that gave no row though one was expected. */
export type SqliteOutcome =
  | { readonly type: 'done'; readonly rows: readonly (readonly SqliteRow[])[] }
  | { readonly type: 'missing'; readonly index: number }

/** The answer to one request. */
export type SqliteAnswer = { readonly id: number } & (SqliteOutcome | ({ readonly type: 'failed' } & SqliteFailure))

/** What a thread gets: requests that were made in one tick. */
export type SqliteRequests = readonly SqliteRequest[]

/** What a thread sends: that the file is open (or cannot be opened), then answers. */
export type SqliteReport =
  | { readonly type: 'open' }
  | ({ readonly type: 'not-open' } & SqliteFailure)
  | { readonly type: 'answers'; readonly answers: readonly SqliteAnswer[] }
