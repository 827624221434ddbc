/** Somebody who types into notes and posts messages, several at once, until the connection is gone. */
import * as Y from 'yjs'
import type { Connected } from './connection.ts'
import type { CrashRecord, NoteRecord, PostRecord } from './crash-record.ts'
import type { Person } from './person.ts'

/** Events of one kind that wait for their acknowledgement at the same time. */
const inFlight = 4

interface Writer {
  readonly person: Person
  /** Unique over all writers and rounds. */
  readonly name: string
  readonly binary: boolean
  readonly record: CrashRecord
  readonly random: () => number
}

/** Somebody with everything open who has not begun to write. */
export interface OpenWriter extends AsyncDisposable {
  /** Writes. Resolves when the connection is lost; rejects for anything else. */
  writeUntilCrash(): Promise<void>
}

/** Connects and opens everything. */
export async function openWriter(writer: Writer): Promise<OpenWriter> {
  const { person, record, binary } = writer
  const connection = await person.join({ binary })
  const notes: OpenNote[] = []
  for (const note of record.notes) notes.push(await openNote(connection, writer, note))
  connection.socket.on('events:channel', ({ data, offset }) => {
    if (data.type === 'message') record.shownPosts.set(offset, { id: data.data.id, content: data.data.content })
  })
  const hands = [...notes.map((note) => () => editNote(connection, writer, note)), postTo(connection, writer)]
  return {
    writeUntilCrash: async () => {
      const all = hands.flatMap((hand) => Array.from({ length: inFlight }, () => whileConnected(connection, hand)))
      await Promise.all(all)
    },
    [Symbol.asyncDispose]: () => connection.close(),
  }
}

async function whileConnected(connection: Connected, act: () => Promise<void>): Promise<void> {
  try {
    while (connection.socket.connected) await act()
  } catch (error) {
    // What the client library says of an acknowledgement that will not come.
    if (!(error instanceof Error && error.message === 'socket has been disconnected')) throw error
  }
}

interface OpenNote {
  readonly note: NoteRecord
  readonly doc: Y.Doc
  /** Words of this writer that are there and may be removed. */
  readonly words: string[]
  count: number
}

async function openNote(connection: Connected, { record }: Writer, note: NoteRecord): Promise<OpenNote> {
  const doc = new Y.Doc()
  const document = `note:${note.id}`
  connection.socket.on('ydoc:document:update', ({ document_id, update, offset }) => {
    if (document_id !== document) return
    record.updateShown(note, offset, Uint8Array.from(update))
    Y.applyUpdate(doc, Uint8Array.from(update))
  })
  await connection.ok('ydoc:document:join', { document_id: document })
  const { state } = await connection.next('ydoc:document:state', (payload) => payload.document_id === document)
  Y.applyUpdate(doc, Uint8Array.from(state))
  return { note, doc, words: [], count: 0 }
}

/** One edit: mostly a new word somewhere, sometimes the removal of an older one of one's own. */
async function editNote(
  connection: Connected,
  { name, record, random, binary }: Writer,
  open: OpenNote,
): Promise<void> {
  const { note, doc, words } = open
  const fragment = doc.getXmlFragment('prosemirror')
  const old = random() < 0.2 ? words.shift() : undefined
  open.count += 1
  const word = old ?? `${name}-${open.count}`
  const fates = old === undefined ? note.written : note.removed
  const made: Uint8Array[] = []
  doc.once('update', (update: Uint8Array) => made.push(update))
  doc.transact(() => {
    if (old === undefined) {
      const paragraph = new Y.XmlElement('paragraph')
      paragraph.insert(0, [new Y.XmlText(word)])
      fragment.insert(Math.floor(random() * (fragment.length + 1)), [paragraph])
    } else {
      fragment.delete(wordsIn(doc).indexOf(old), 1)
    }
  })
  const [update] = made
  if (!update) throw new Error('an edit makes one update')
  fates.set(word, 'sent')
  const ack = await connection.send('ydoc:document:update', {
    document_id: `note:${note.id}`,
    update: binary ? update : Array.from(update),
  })
  if (!ack.ok) record.faults.push(`an update was refused: ${ack.error?.code}`)
  else if (!ack.value.changed) record.faults.push('a new update was taken for a known one')
  else {
    fates.set(word, 'acknowledged')
    if (old === undefined) words.push(word)
    record.updateAcknowledged(note, ack.value.offset, update)
  }
}

function postTo(connection: Connected, { name, person, record }: Writer): () => Promise<void> {
  let count = 0
  return async () => {
    count += 1
    const post: PostRecord = { key: `${name}-${count}`, content: `message ${name}-${count}`, author: person.id }
    record.posts.set(post.key, post)
    const ack = await connection.send('channel:post', {
      channel_id: record.channel,
      content: post.content,
      client_key: post.key,
    })
    if (ack.ok) record.postAcknowledged(post, { id: ack.value.message.id, offset: ack.value.offset })
    else record.faults.push(`a message was refused: ${ack.error?.code}`)
  }
}

/** The words of a document, one for each paragraph, in their order. */
export function wordsIn(doc: Y.Doc): string[] {
  const paragraphs = doc.getXmlFragment('prosemirror').toArray()
  return paragraphs.map((paragraph) => (paragraph instanceof Y.XmlElement ? String(paragraph.get(0)) : ''))
}
