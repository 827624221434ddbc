/** What the tests of documents share: a real store in a temporary folder, and people who edit with Yjs. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownerOnly, ProtocolError } from '@sallyport/protocol'
import * as Y from 'yjs'
import { openDatabase } from '../src/adapters/database.ts'
import { createDocumentStore } from '../src/adapters/document-store.ts'
import { createLogger } from '../src/adapters/logger.ts'
import { createRoomStore } from '../src/adapters/room-store.ts'
import type { Applied, Document } from '../src/documents/document.ts'
import { createDocuments } from '../src/documents/documents.ts'

export const clock = { now: () => Date.now() }
export const log = createLogger({ level: 'silent', terminal: false })

/** A store on disk with its documents. */
export async function openStore() {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-documents-'))
  const database = await openDatabase(`sqlite:${join(folder, 'data.sqlite')}`, { log })
  const store = createDocumentStore(database)
  const rooms = createRoomStore(database)
  const documents = createDocuments({ store, clock, log })
  return {
    database,
    store,
    documents,
    async newNote(): Promise<string> {
      const id = randomUUID()
      await rooms.createNote({ id, user: randomUUID(), title: 'Note', access: ownerOnly, epoch: randomUUID(), at: 1 })
      return id
    },
    deleteNote: (id: string) => rooms.deleteNote(id),
    async [Symbol.asyncDispose]() {
      await documents.close()
      await database.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** A person's editor: a Yjs document that collects what it has not sent yet. */
export class Editor {
  readonly user: string
  readonly doc: Y.Doc
  unsent: Uint8Array[] = []
  #claimed = 0

  constructor(user: string, options: { readonly gc?: boolean; readonly clientId?: number } = {}) {
    this.user = user
    this.doc = new Y.Doc({ gc: options.gc ?? true })
    if (options.clientId !== undefined) this.doc.clientID = options.clientId
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'server') this.unsent.push(update)
    })
  }

  get root(): Y.XmlFragment {
    return this.doc.getXmlFragment('prosemirror')
  }

  /** Takes what the server sent. */
  receive(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, 'server')
  }

  /** Sends one update. */
  async send(document: Document, update: Uint8Array): Promise<Applied> {
    const applied = await document.apply(update, { user: this.user, newClientsLeft: 200 - this.#claimed })
    this.#claimed += applied.claimed
    return applied
  }

  /** Sends everything unsent, one update after the other. */
  async sendAll(document: Document): Promise<Applied[]> {
    const sent: Applied[] = []
    for (const update of this.unsent.splice(0)) sent.push(await this.send(document, update))
    return sent
  }

  /** What a provider does after a reconnect: gets what it lacks, and sends what the server lacks. */
  async synchronise(document: Document): Promise<void> {
    const { state, stateVector } = await document.state(Y.encodeStateVector(this.doc))
    this.receive(state)
    this.unsent = []
    await this.send(document, Y.encodeStateAsUpdate(this.doc, stateVector))
  }
}

/** Writes a paragraph with text at the end. */
export function writeParagraph(fragment: Y.XmlFragment, text: string): Y.XmlText {
  const paragraph = new Y.XmlElement('paragraph')
  const content = new Y.XmlText(text)
  paragraph.insert(0, [content])
  fragment.insert(fragment.length, [paragraph])
  return content
}

/** The refusal that `work` ends in. */
export async function refusalOf(work: () => unknown): Promise<{ code: string; rule: string | undefined }> {
  try {
    await work()
  } catch (error) {
    if (error instanceof ProtocolError) return { code: error.code, rule: error.rule }
    throw error
  }
  throw new Error('it was not refused')
}

/** A seeded generator of whole numbers from 0 to below `max` (mulberry32). */
export function generator(seed: number): (max: number) => number {
  let state = seed
  return (max) => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 4_294_967_296) * max)
  }
}

/** One of the entries, by a random number. */
export function pick<T>(entries: readonly T[], random: (max: number) => number): T {
  const entry = entries[random(entries.length)]
  if (entry === undefined) throw new Error('nothing to pick from')
  return entry
}

/** All fragments and elements of a tree that hold nodes. */
function holders(fragment: Y.XmlFragment): Y.XmlFragment[] {
  return [fragment, ...fragment.toArray().flatMap((child) => (child instanceof Y.XmlElement ? holders(child) : []))]
}

/** Makes one random change of the kinds that editors make. */
export function editRandomly(root: Y.XmlFragment, random: (max: number) => number): void {
  const holder = pick(holders(root), random)
  const content = holder.toArray().find((child) => child instanceof Y.XmlText)
  const kind = random(10)
  if (kind < 3) {
    const element = new Y.XmlElement(pick(['paragraph', 'bulletList', 'listItem'], random))
    if (random(2) === 0) element.insert(0, [new Y.XmlText('hello')])
    holder.insert(random(holder.length + 1), [element])
  } else if (kind < 6) {
    content?.insert(random(content.length + 1), pick(['x', 'yz', 'é'], random))
  } else if (kind < 7) {
    if (content !== undefined && content.length > 2)
      content.format(random(content.length - 1), 2, { bold: pick([{}, null], random) })
  } else if (kind < 8) {
    if (content !== undefined && content.length > 1) content.delete(random(content.length - 1), 1)
  } else if (kind < 9) {
    if (holder.length > 2) holder.delete(random(holder.length), 1)
  } else if (holder instanceof Y.XmlElement) {
    holder.setAttribute('level', String(random(5)))
  }
}
