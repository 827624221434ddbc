/** Kills the real server while people write, and looks for what they were told is safe. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkMessages, checkNotes } from './harness/crash-check.ts'
import { CrashRecord } from './harness/crash-record.ts'
import { administrator, startCrashServer } from './harness/crash-server.ts'
import { openWriter } from './harness/crash-writer.ts'
import { Person } from './harness/person.ts'

const rounds = 50
/** Acknowledgements in one round, at most. */
const most = 130
/** Acknowledgements over all rounds, at least; the figures themselves are an annotation of the test. */
const least = { updates: 1_000, messages: 300 } as const
const password = 'correct horse battery'

/** Numbers from 0 to 1, the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The same person on the server's new address. Tokens outlive a crash. */
function at(url: string, person: Person): Person {
  return Object.create(person, { url: { value: url } }) as Person
}

async function prepare(folder: string): Promise<{ people: Person[]; record: CrashRecord }> {
  await using server = await startCrashServer(folder)
  const admin = await Person.signIn(server.url, administrator.email, administrator.password)
  for (const name of ['Ana', 'Bo'])
    await admin.post('/api/v1/auths/add', { name, email: `${name}@example.test`, password })
  const ana = await Person.signIn(server.url, 'ana@example.test', password)
  const bo = await Person.signIn(server.url, 'bo@example.test', password)
  const shared = { access_control: { write: { user_ids: [bo.id] } } }
  const notes = [await ana.note(shared), await ana.note(shared)]
  return { people: [ana, bo], record: new CrashRecord(notes, await ana.channel(shared)) }
}

const title = `[ST26] over ${least.updates} updates and ${least.messages} messages that were acknowledged or shown survive ${rounds} kills, once each`

test(title, { timeout: 300_000 }, async ({ annotate }) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-crash-'))
  try {
    const random = seeded(20_241)
    const { people, record } = await prepare(folder)
    for (let round = 1; round <= rounds; round += 1) {
      await using server = await startCrashServer(folder)
      const [ana, bo] = people.map((person) => at(server.url, person))
      if (!ana || !bo) throw new Error('two people write')
      {
        await using reader = await ana.connect({ binary: true })
        await Promise.all([checkNotes(reader, record), checkMessages([ana, bo], record, 3)])
      }
      await using one = await openWriter({ person: ana, name: `a${round}`, binary: true, record, random })
      await using two = await openWriter({ person: bo, name: `b${round}`, binary: true, record, random })
      await using three = await openWriter({ person: ana, name: `c${round}`, binary: false, record, random })
      record.after(1 + Math.floor(random() * most), () => void server.kill())
      await Promise.all([one, two, three].map((writer) => writer.writeUntilCrash()))
      expect(record.faults).toEqual([])
    }
    await using server = await startCrashServer(folder)
    const again = people.map((person) => at(server.url, person))
    await using reader = await again[0]?.connect({ binary: true })
    if (reader) await checkNotes(reader, record)
    await checkMessages(again, record, 300)
    const figures = `${record.updates} updates and ${record.messages} messages acknowledged in ${rounds} rounds`
    await annotate(figures)
    expect(record.updates, figures).toBeGreaterThan(least.updates)
    expect(record.messages, figures).toBeGreaterThan(least.messages)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
