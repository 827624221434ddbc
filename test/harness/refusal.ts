/** What every refusal must show: its code, and that nothing changed and nobody heard of it. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'vitest'
import type { Ack, Connected } from './connection.ts'
import type { TestServer } from './start-server.ts'

/** Of every table, what it holds: equal before and after means that nothing was stored, changed or deleted. */
export function storedIn(server: TestServer): Record<string, string> {
  using database = new DatabaseSync(join(server.folder, 'sallyport.db'), { readOnly: true })
  const tables = database.prepare("select name from sqlite_master where type = 'table'").all() as { name: string }[]
  return Object.fromEntries(
    tables.map(({ name }) => {
      const rows = database.prepare(`select * from "${name}"`).all()
      const text = JSON.stringify(rows, (_, value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
      )
      return [name, `${rows.length} ${createHash('sha256').update(text).digest('hex')}`]
    }),
  )
}

interface Watched {
  readonly server: TestServer
  /** Somebody who may see what was attempted, and must not. */
  readonly watcher: Connected
  /** Makes an allowed event reach the watcher, and resolves when it has: whatever came before it would have come too. */
  readonly sentinel: () => Promise<void>
}

/**
 * Expects that an attempt is refused with `code`, stores nothing, and reaches no watcher.
 * A sentinel, not a wait, tells when a leak would have arrived.
 */
export async function expectRefused(
  { server, watcher, sentinel }: Watched,
  attempt: () => Promise<Ack>,
  code: string,
): Promise<void> {
  await sentinel()
  const before = storedIn(server)
  const heard = watcher.received.length
  const { ok, error } = await attempt()
  expect({ ok, code: error?.code }).toEqual({ ok: false, code })
  await sentinel()
  expect(watcher.received.slice(heard).filter(({ payload }) => payload?.data?.type !== 'typing')).toEqual([])
  expect(storedIn(server)).toEqual(before)
}
