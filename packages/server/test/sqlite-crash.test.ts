/** What SQLite acknowledged survives the death of the process. */

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openDatabase } from '../src/adapters/database.ts'
import { createRecordingLog, makeFolder, type Stores, storesOf } from './store-harness.ts'

const appender = fileURLToPath(new URL('./sqlite-appender.ts', import.meta.url))
const rounds = 10

async function openStores(path: string): Promise<Stores> {
  const database = await openDatabase(`sqlite:${path}`, { log: createRecordingLog() })
  return storesOf(database, () => database.close())
}

/** Kills the process after so many acknowledgements; gives all that it printed. */
async function killAfter(child: ChildProcessByStdio<null, Readable, null>, count: number): Promise<string[]> {
  const lines: string[] = []
  for await (const line of createInterface(child.stdout)) {
    lines.push(line)
    if (lines.length === count) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
  return lines
}

test(`[ST26] no acknowledged edit or message is lost when the process is killed, ${rounds} times`, {
  timeout: 120_000,
}, async () => {
  await using folder = await makeFolder()
  const path = `${folder.path}/test.db`
  const [note, channel, user] = await (async () => {
    await using stores = await openStores(path)
    const { id } = await stores.addUser('Ana')
    return [(await stores.addNote(id, null)).note.id, (await stores.addChannel(id, null)).channel.id, id]
  })()

  const acknowledged = { update: new Map<number, string>(), message: new Map<number, string>() }
  for (let round = 0; round < rounds; round += 1) {
    const child = spawn(process.execPath, ['-C', 'sallyport', appender, path, note, channel, user], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for (const line of await killAfter(child, 40 + 97 * round)) {
      const [kind = '', offset = '', key = ''] = line.split(' ')
      if (kind === 'update' || kind === 'message') acknowledged[kind].set(Number(offset), key)
    }

    await using stores = await openStores(path)
    const stored = await stores.documents.load(note)
    const updates = new Map(stored?.updates.map(({ offset, update }) => [offset, Buffer.from(update).toString()]))
    const snapshotOffset = stored?.snapshotOffset ?? 0
    for (const [offset, key] of acknowledged.update) if (offset > snapshotOffset) expect(updates.get(offset)).toBe(key)
    if (snapshotOffset > 0) expect(Buffer.from(stored?.snapshot ?? []).toString()).toBe(`up to ${snapshotOffset}`)
    const messages = new Map(
      (await stores.rooms.changes(channel, 0, 1_000_000)).map(({ offset, content }) => [offset, content]),
    )
    for (const [offset, key] of acknowledged.message) expect(messages.get(offset)).toBe(key)
    expect((await stores.rooms.channel(channel))?.head.offset).toBe(messages.size)
    expect((await sql`pragma integrity_check`.execute(stores.database.db)).rows).toEqual([{ integrity_check: 'ok' }])
  }
  expect(acknowledged.update.size).toBeGreaterThan(rounds * 20)
})
