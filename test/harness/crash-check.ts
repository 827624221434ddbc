/** Compares a server that was started again with what clients were told before the crash. */
import { expect } from 'vitest'
import * as Y from 'yjs'
import type { Connected } from './connection.ts'
import type { CrashRecord, NoteRecord, PostRecord } from './crash-record.ts'
import { wordsIn } from './crash-writer.ts'
import type { Person } from './person.ts'

/** Everything acknowledged or shown is in the notes, once, and nothing else that nobody sent. */
export async function checkNotes(connection: Connected, record: CrashRecord): Promise<void> {
  for (const note of record.notes) {
    const document_id = `note:${note.id}`
    const { offset } = await connection.ok('ydoc:document:join', { document_id })
    const { state } = await connection.next('ydoc:document:state', (payload) => payload.document_id === document_id)
    const doc = new Y.Doc()
    Y.applyUpdate(doc, Uint8Array.from(state))
    expect(doc.store.pendingStructs, 'the stored state is complete').toBeNull()
    expect(doc.store.pendingDs, 'the stored state is complete').toBeNull()
    expect(lacks(doc, note.acknowledged), 'acknowledged updates are there').toBe(false)
    expect(lacks(doc, note.shown), 'shown updates are there').toBe(false)
    expect(offset, 'no offset was lost').toBeGreaterThanOrEqual(note.highest)
    expect(wrongWords(wordsIn(doc), note)).toEqual([])
  }
}

/** Whether a document would change if it got the other's content: a known update changes nothing. */
function lacks(doc: Y.Doc, other: Y.Doc): boolean {
  let changed = false
  const notice = () => {
    changed = true
  }
  doc.on('update', notice)
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other))
  doc.off('update', notice)
  return changed
}

function wrongWords(words: readonly string[], { written, removed }: NoteRecord): string[] {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  const wrong = [...counts]
    .filter(([word, count]) => count > 1 || !written.has(word))
    .map(([word]) => `${word} is there`)
  for (const [word, fate] of written) {
    const there = counts.has(word)
    if (fate === 'acknowledged' && !there && !removed.has(word)) wrong.push(`${word} is lost`)
    if (there && removed.get(word) === 'acknowledged') wrong.push(`${word} is back`)
  }
  return wrong
}

/**
 * Posts again what was never acknowledged and some of what was, each by its author and with its key; then every message
 * is in the history exactly once, at the offset that was told, and the offsets are 1, 2, 3 … without a hole.
 */
export async function checkMessages(people: readonly Person[], record: CrashRecord, again: number): Promise<void> {
  for (const person of people) {
    await using connection = await person.join()
    const own = [...record.posts.values()].filter(({ author }) => author === person.id)
    const open = own.filter(({ acknowledged }) => acknowledged === undefined)
    const known = own.filter(({ acknowledged }) => acknowledged !== undefined).slice(-again)
    const due = [...open, ...known]
    for (let from = 0; from < due.length; from += 100) {
      await Promise.all(due.slice(from, from + 100).map((post) => postAgain(connection, record, post)))
    }
  }
  const [reader] = people
  if (!reader) throw new Error('somebody must read')
  const history = await historyOf(reader, record.channel)
  expect(history.map(({ offset }) => offset)).toEqual(history.map((_, index) => index + 1))
  const stored = history.map(({ id, offset, content }) => ({ id, offset, content }))
  const told = [...record.posts.values()].map(({ acknowledged, content }) => ({ ...acknowledged, content }))
  expect(stored).toEqual(told.sort((one, other) => (one.offset ?? 0) - (other.offset ?? 0)))
  for (const [offset, { id, content }] of record.shownPosts) expect(stored[offset - 1]).toEqual({ id, offset, content })
}

async function postAgain(connection: Connected, { channel }: CrashRecord, post: PostRecord): Promise<void> {
  const { message } = await connection.ok('channel:post', {
    channel_id: channel,
    content: post.content,
    client_key: post.key,
  })
  const { id, offset } = message
  if (post.acknowledged) expect({ id, offset }, 'the same key answers the same message').toEqual(post.acknowledged)
  else post.acknowledged = { id, offset }
}

interface Stored {
  readonly id: string
  readonly offset: number
  readonly content: string
  readonly cursor: number
}

/** The whole history, the oldest message first. */
async function historyOf(person: Person, channel: string): Promise<readonly Stored[]> {
  const messages: Stored[] = []
  for (let page = 0; page < 1_000; page += 1) {
    const before = messages.at(-1)?.cursor
    const path = `/api/v1/channels/${channel}/messages?limit=100${before === undefined ? '' : `&before=${before}`}`
    const found = (await person.get(path)) as unknown as readonly Stored[]
    if (found.length === 0) return messages.reverse()
    messages.push(...found)
  }
  throw new Error('the history does not end')
}
