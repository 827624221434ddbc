/** Several statements that are stored together or not at all, and what their rows are. */
import { type ErrorCode, ProtocolError } from '@sallyport/protocol'
import type { Compilable } from 'kysely'
import type { SqliteOutcome, SqliteStatement, SqliteValue } from './sqlite-messages.ts'

/** A statement that must give a row: when it gives none, the whole batch is undone and rejects with `code`. */
export interface Expected<O> {
  readonly query: Compilable<O>
  readonly code: ErrorCode
}

/** Statements by name, run in the order in which they stand; `undefined` ones are left out. */
export type Batch = Readonly<Record<string, Compilable<unknown> | Expected<unknown> | undefined>>

type RowOf<S> = S extends Expected<infer O> ? O : S extends Compilable<infer O> ? O : never

/** The rows of each statement of a batch; none for a statement that was left out. */
export type Results<B extends Batch> = { readonly [K in keyof B]: readonly RowOf<NonNullable<B[K]>>[] }

/** A batch as text and values. */
export interface CompiledBatch<B extends Batch> {
  readonly statements: readonly SqliteStatement[]
  /** The rows by the names of the statements. Throws the refusal when an expected row was missing. */
  readonly results: (outcome: SqliteOutcome) => Results<B>
}

/** Demands that a statement finds or changes something. It must be a `select` or have a `returning`. */
export function expect<O>(code: ErrorCode, query: Compilable<O>): Expected<O> {
  return { query, code }
}

/** The first row of a statement that was expected to give one. */
export function first<T>(rows: readonly T[]): T {
  const [row] = rows
  if (row === undefined) throw new Error('A statement gave no row.')
  return row
}

/** Stands for a value that is known later only. */
class Placeholder {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** A value as the database takes it. Bytes are copied out of a larger buffer, which would be sent whole. */
export function storable(value: unknown): SqliteValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  if (!(value instanceof Uint8Array)) throw new TypeError(`A ${typeof value} cannot be stored.`)
  return value.byteLength === value.buffer.byteLength ? value : new Uint8Array(value)
}

function compileTexts<B extends Batch>(batch: B) {
  const entries = Object.entries(batch).flatMap(([name, entry]) => {
    if (entry === undefined) return []
    const expected = 'code' in entry
    const { sql, parameters } = expected ? entry.query.compile() : entry.compile()
    return [{ name, sql, parameters, code: expected ? entry.code : undefined }]
  })
  const results = (outcome: SqliteOutcome): Results<B> => {
    if (outcome.type === 'missing') throw new ProtocolError(entries[outcome.index]?.code ?? 'internal')
    const rows: Record<string, unknown> = {}
    for (const name of Object.keys(batch)) rows[name] = []
    for (const [index, { name }] of entries.entries()) rows[name] = outcome.rows[index]
    return rows as Results<B>
  }
  return { entries, results }
}

/** Turns a batch into text and values. */
export function compile<B extends Batch>(batch: B): CompiledBatch<B> {
  const { entries, results } = compileTexts(batch)
  const statements = entries.map(({ sql, parameters, code }) => ({
    sql,
    parameters: parameters.map(storable),
    expects: code !== undefined,
  }))
  return { statements, results }
}

/**
 * Compiles a batch once, for all values: building statements is the larger part of the work of a small batch.
 * `build` may put its values into statements and do nothing else with them: they are not known yet.
 */
export function template<V extends Readonly<Record<string, SqliteValue>>, B extends Batch>(
  build: (values: V) => B,
): (values: V) => CompiledBatch<B> {
  let compiled: ReturnType<typeof compileTexts<B>> | undefined
  return (values) => {
    compiled ??= compileTexts(build(new Proxy(values, { get: (_, name) => new Placeholder(String(name)) })))
    const { entries, results } = compiled
    const statements = entries.map(({ sql, parameters, code }) => ({
      sql,
      parameters: parameters.map((value) => storable(value instanceof Placeholder ? values[value.name] : value)),
      expects: code !== undefined,
    }))
    return { statements, results }
  }
}
