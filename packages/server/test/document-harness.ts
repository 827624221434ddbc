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
