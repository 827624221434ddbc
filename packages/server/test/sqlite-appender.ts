/** A process for the crash test: stores edits and messages, many at once, and prints each when it is acknowledged. */
import { randomUUID } from 'node:crypto'
import { openDatabase } from '../src/adapters/database.ts'
import { createDocumentStore } from '../src/adapters/document-store.ts'
import { createRoomStore } from '../src/adapters/room-store.ts'
import { createRecordingLog } from './store-harness.ts'

const [, , path = '', note = '', channel = '', user = ''] = process.argv
const database = await openDatabase(`sqlite:${path}`, { log: createRecordingLog() })
const documents = createDocumentStore(database)
const rooms = createRoomStore(database)

/** Bounded, should nobody kill it. */
async function append(writer: number): Promise<void> {
  for (let count = 0; count < 20_000; count += 1) {
    const key = randomUUID()
    const offset = await documents.append(note, { update: Buffer.from(key), user, clients: [], at: count })
    process.stdout.write(`update ${offset} ${key}\n`)
    const { message } = await rooms.post({
      id: key,
      channel,
      user,
      content: key,
      parent: null,
      replyTo: null,
      clientKey: key,
      at: count,
    })
    process.stdout.write(`message ${message.offset} ${key}\n`)
    if (count % 50 === 49 && writer === 0)
      await documents.compact(note, { offset, state: Buffer.from(`up to ${offset}`), at: count })
  }
}

await Promise.all(Array.from({ length: 8 }, (_, writer) => append(writer)))
await database.close()
