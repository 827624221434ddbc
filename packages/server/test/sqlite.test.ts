/** What the SQLite database promises besides the contracts of the stores. */

import { EventEmitter, once } from 'node:events'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { type RawBuilder, sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { expect as expectRow } from '../src/adapters/batch.ts'
import { openDatabase } from '../src/adapters/database.ts'
import { openSqliteEngine } from '../src/adapters/sqlite-engine.ts'
import { createRecordingLog, makeFolder, messageIn, refusalOf, type Stores, storesOf } from './store-harness.ts'

const log = createRecordingLog()

async function openStores(path: string, recording = log): Promise<Stores> {
  const database = await openDatabase(`sqlite:${path}`, { log: recording })
  return storesOf(database, () => database.close())
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof Error ? error.message : 'none'
}

const updateOf = (user: string, size = 100) => ({ update: new Uint8Array(size), user, clients: [], at: 1 })

describe('the file', () => {
  test('[ST27] nobody but its owner can read or write the files', async () => {
    await using folder = await makeFolder()
    await using stores = await openStores(`${folder.path}/test.db`)
    await stores.addUser('Ana')
    const modes = await Promise.all(
      (await readdir(folder.path))
        .toSorted()
        .map(async (name) => [name, (await stat(`${folder.path}/${name}`)).mode & 0o777]),
    )
    expect(modes).toEqual([
      ['test.db', 0o600],
      ['test.db-shm', 0o600],
      ['test.db-wal', 0o600],
    ])
  })

  test('[ST28] a database that was closed is one file, and has everything when it is opened again', async () => {
    await using folder = await makeFolder()
    const path = `${folder.path}/test.db`
    const before = await openStores(path)
    const ana = await before.addUser('Ana')
    const { note } = await before.addNote(ana.id, null)
    await before.documents.append(note.id, updateOf(ana.id))
    // What was asked for before closing is done.
    const last = before.documents.append(note.id, updateOf(ana.id))
    await before[Symbol.asyncDispose]()
    expect(await last).toBe(2)
    expect(await readdir(folder.path)).toEqual(['test.db'])
    expect(await refusalOf(before.documents.append(note.id, updateOf(ana.id)))).toBe('unavailable')
    expect(await refusalOf(before.database.ping())).toBe('unavailable')
    await using after = await openStores(path)
    expect((await after.documents.load(note.id))?.updates).toHaveLength(2)
    expect(await after.documents.append(note.id, updateOf(ana.id))).toBe(3)
  })

  test('[ST29] what cannot be opened is refused with the reason', async () => {
    await using folder = await makeFolder()
    const open = (url: string) => messageOf(openDatabase(url, { log }))
    expect(await open('postgres://localhost/x')).toBe(
      'Postgres comes later: DATABASE_URL must be sqlite:<path> for now.',
    )
    for (const url of ['', 'sqlite:', 'sqlite::memory:', 'mysql://x', '/tmp/x.db'])
      expect(await open(url)).toBe('DATABASE_URL must be sqlite:<path>.')
    expect(await open(`sqlite:${folder.path}/missing/x.db`)).toContain('The database cannot be opened')
    await mkdir(`${folder.path}/folder.db`)
    expect(await open(`sqlite:${folder.path}/folder.db`)).toContain('The database cannot be opened')
    await writeFile(`${folder.path}/text.db`, 'this is no database, whatever its name says. '.repeat(100))
    expect(await open(`sqlite:${folder.path}/text.db`)).toContain('not a database')
    expect((await stat(`${folder.path}/text.db`)).size).toBe(4500)
  })

  test('[ST30] a database of a newer version is refused and stays as it is', async () => {
    await using folder = await makeFolder()
    const path = `${folder.path}/test.db`
    {
      await using stores = await openStores(path)
      await sql`insert into kysely_migration (name, timestamp) values ('999-future', '2030-01-01T00:00:00.000Z')`.execute(
        stores.database.db,
      )
    }
    const reason = await messageOf(openStores(path))
    expect(reason).toContain('The database could not be brought up to date')
    expect(reason).toContain('999-future')
  })

  test('[ST31] two databases in one process know nothing of each other', async () => {
    await using folder = await makeFolder()
    await using one = await openStores(`${folder.path}/one.db`)
    await using two = await openStores(`${folder.path}/two.db`)
    const users = await Promise.all([one.addUser('Ana'), two.addUser('Bo'), one.addUser('Cy')])
    expect((await one.accounts.list('', 1)).items.map(({ name }) => name)).toEqual(['Ana', 'Cy'])
    expect((await two.accounts.list('', 1)).items.map(({ name }) => name)).toEqual(['Bo'])
    await one[Symbol.asyncDispose]()
    expect((await two.accounts.standing(users[1].id))?.name).toBe('Bo')
  })
})

describe('batches', () => {
  test('[ST32] a batch is stored whole or not at all, and does not disturb those that share its commit', async () => {
    await using folder = await makeFolder()
    await using stores = await openStores(`${folder.path}/test.db`)
    const { db, batch } = stores.database
    const ana = await stores.addUser('Ana')
    const { note } = await stores.addNote(ana.id, null)
    const revoke = (jti: string) => db.insertInto('revoked_tokens').values({ jti, until: 1 })
    const nobody = expectRow('not-found', db.selectFrom('users').select('id').where('id', '=', 'nobody'))
    const outcomes = await Promise.allSettled(
      Array.from({ length: 60 }, (_, index) => {
        if (index % 3 === 0) return stores.documents.append(note.id, updateOf(ana.id))
        if (index % 3 === 1) return batch({ first: revoke(`refused ${index}`), second: nobody })
        return batch({ first: revoke(`broken ${index}`), second: revoke(`broken ${index}`) })
      }),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(
      outcomes.map((_, index) => (index % 3 === 0 ? 'fulfilled' : 'rejected')),
    )
    expect(outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    )
    expect(await db.selectFrom('revoked_tokens').selectAll().execute()).toEqual([])
    expect((await stores.documents.load(note.id))?.updates).toHaveLength(20)
  })

  test('[ST33] a read sees one snapshot, with everything that was acknowledged before', async () => {
    await using folder = await makeFolder()
    await using stores = await openStores(`${folder.path}/test.db`)
    const { db, read } = stores.database
    const ana = await stores.addUser('Ana')
    const { note } = await stores.addNote(ana.id, null)
    const document = {
      head: db.selectFrom('documents').select('head'),
      count: db.selectFrom('document_updates').select(({ fn }) => fn.countAll<number>().as('count')),
    }
    let acknowledged = 0
    const write = async () => {
      for (let count = 0; count < 40; count += 1)
        acknowledged = Math.max(acknowledged, await stores.documents.append(note.id, updateOf(ana.id)))
    }
    const check = async () => {
      for (let count = 0; count < 60; count += 1) {
        const before = acknowledged
        const seen = await read(document)
        expect(seen.count[0]?.count).toBe(seen.head[0]?.head)
        expect(seen.count[0]?.count).toBeGreaterThanOrEqual(before)
      }
    }
    await Promise.all([write(), write(), write(), check(), check()])
    expect(acknowledged).toBe(120)
  })

  test('[ST34] a full disk refuses writes with unavailable and changes nothing; with space again it goes on', async () => {
    await using folder = await makeFolder()
    const recording = createRecordingLog()
    await using stores = await openStores(`${folder.path}/test.db`, recording)
    const ana = await stores.addUser('Ana')
    const { note } = await stores.addNote(ana.id, null)
    const { channel } = await stores.addChannel(ana.id, null)
    const run = (statement: RawBuilder<unknown>) => statement.execute(stores.database.db)
    await run(sql`pragma max_page_count = 300`)
    const codes = await Promise.all(
      Array.from({ length: 40 }, () => refusalOf(stores.documents.append(note.id, updateOf(ana.id, 60_000)))),
    )
    const stored = codes.filter((code) => code === 'none').length
    expect(codes.filter((code) => code === 'unavailable')).toHaveLength(40 - stored)
    expect([stored > 5, stored < 30]).toEqual([true, true])
    expect(await refusalOf(stores.rooms.post(messageIn(channel.id, ana.id, { content: 'x'.repeat(60_000) })))).toBe(
      'unavailable',
    )
    expect((await stores.documents.load(note.id))?.updates).toHaveLength(stored)
    expect((await stores.rooms.channel(channel.id))?.head.offset).toBe(0)
    await run(sql`pragma max_page_count = 1000000`)
    expect(await stores.documents.append(note.id, updateOf(ana.id, 60_000))).toBe(stored + 1)
    expect((await stores.rooms.post(messageIn(channel.id, ana.id))).head.offset).toBe(1)
    // Said when it begins and when it is over, not for each refusal.
    expect(recording.lines.at(0)).toMatchObject({ level: 'error', message: 'storage failed', facts: { code: 13 } })
    expect(recording.lines.at(-1)).toMatchObject({ level: 'info', message: 'storage works again' })
    expect(recording.lines.length).toBeLessThan(10)
  })

  test('a value that cannot be stored is refused before it is sent', async () => {
    await using folder = await makeFolder()
    await using stores = await openStores(`${folder.path}/test.db`)
    const broken = stores.sessions.revoke('x', undefined as never)
    expect(await messageOf(broken)).toBe('A undefined cannot be stored.')
    expect(await refusalOf(stores.sessions.revoke('x', 1))).toBe('none')
  })
})

describe('the engine', () => {
  test('[ST35] other writes wait while a transaction is open, and keep their order; a failed one leaves nothing', async () => {
    await using folder = await makeFolder()
    await using stores = await openStores(`${folder.path}/test.db`)
    const { db } = stores.database
    const ana = await stores.addUser('Ana')
    const { note } = await stores.addNote(ana.id, null)
    const append = (byte: number) =>
      stores.documents.append(note.id, { ...updateOf(ana.id), update: Uint8Array.of(byte) })
    const appended: Promise<number>[] = []
    await db.transaction().execute(async (transaction) => {
      await transaction.insertInto('revoked_tokens').values({ jti: 'kept', until: 1 }).execute()
      for (let byte = 0; byte < 10; byte += 1) appended.push(append(byte))
      expect(await db.selectFrom('revoked_tokens').selectAll().execute()).toEqual([])
      expect(await transaction.selectFrom('document_updates').selectAll().execute()).toEqual([])
    })
    const failing = db.transaction().execute(async (transaction) => {
      await transaction.insertInto('revoked_tokens').values({ jti: 'undone', until: 1 }).execute()
      throw new Error('on purpose')
    })
    expect(await messageOf(failing)).toBe('on purpose')
    expect(await Promise.all(appended)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect((await stores.documents.load(note.id))?.updates.map(({ update }) => update[0])).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ])
    expect((await db.selectFrom('revoked_tokens').select('jti').execute()).map(({ jti }) => jti)).toEqual(['kept'])
  })

  test('[ST36] when a storage thread dies, it is told, what waits is refused, and closing still works', async () => {
    await using folder = await makeFolder()
    const died = new EventEmitter<{ died: [Error] }>()
    const engine = await openSqliteEngine(`${folder.path}/test.db`, {
      log,
      onFailure: (error) => died.emit('died', error),
    })
    const select = [{ sql: 'select 1 as one', parameters: [], expects: false }]
    expect(await engine.read(select)).toMatchObject({ type: 'done', rows: [[{ one: 1 }]] })
    const told = once(died, 'died')
    // Nothing in the product sends this: it stands for any fault that ends the thread.
    const killed = refusalOf(engine.read(undefined as never))
    expect(await killed).toBe('unavailable')
    await told
    expect([await refusalOf(engine.read(select)), await refusalOf(engine.write(select))]).toEqual([
      'unavailable',
      'unavailable',
    ])
    await engine.close()
  })

  test('[ST37] two processes may have one file open: appends of both get consecutive offsets', async () => {
    await using folder = await makeFolder()
    const path = `${folder.path}/test.db`
    await using stores = await openStores(path)
    const ana = await stores.addUser('Ana')
    const { note } = await stores.addNote(ana.id, null)
    await using other = await openStores(path)
    const both = [stores, other].flatMap(({ documents }) =>
      Array.from({ length: 20 }, () => documents.append(note.id, updateOf(ana.id))),
    )
    expect((await Promise.all(both)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    )
  })
})
