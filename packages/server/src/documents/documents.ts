/** The documents that are open on this node: each once, loaded once, closed when nobody needs the memory less. */
import { limits, ProtocolError } from '@sallyport/protocol'
import { Document, type DocumentDeps } from './document.ts'

interface Entry {
  readonly document: Document
  /** Resolves when the document is loaded. */
  readonly loaded: Promise<void>
  users: number
}

export interface DocumentsOptions extends DocumentDeps {
  /** Documents that stay in memory without users. Default `limits.openDocuments`. */
  readonly capacity?: number
}

/** The open documents of this node. */
export function createDocuments(options: DocumentsOptions): Documents {
  return new Documents(options)
}

class Documents {
  readonly #deps: DocumentDeps
  readonly #capacity: number
  /** In the order of their last use, the oldest first. */
  readonly #entries = new Map<string, Entry>()
  #closing: Promise<void> | undefined

  constructor({ store, clock, log, capacity = limits.openDocuments }: DocumentsOptions) {
    this.#deps = { store, clock, log }
    this.#capacity = capacity
  }

  /**
   * The document of a note, for one user more; each `open` needs a `release`.
   * Rejects with `not-found` when there is none, with `unavailable` when it is damaged or storage does not answer.
   */
  async open(note: string): Promise<Document> {
    if (this.#closing !== undefined) throw new ProtocolError('draining')
    const entry = this.#entries.get(note) ?? this.#create(note)
    this.#touch(note, entry)
    entry.users += 1
    try {
      await entry.loaded
    } catch (error) {
      // The next one tries again; those who wait together fail together.
      if (this.#entries.get(note) === entry) this.#entries.delete(note)
      throw error
    }
    this.#trim()
    return entry.document
  }

  /** One user less. The document stays in memory until it is needed for others. */
  release(document: Document): void {
    const entry = this.#entries.get(document.note)
    if (entry?.document !== document) return
    entry.users = Math.max(0, entry.users - 1)
    this.#trim()
  }

  /** The document of a note when it is open on this node. */
  get(note: string): Document | undefined {
    return this.#entries.get(note)?.document
  }

  /** How many documents are in memory. */
  get size(): number {
    return this.#entries.size
  }

  /** Ends a document whose note was deleted: whoever still uses it is answered `not-found`. */
  discard(note: string): void {
    const entry = this.#entries.get(note)
    if (entry === undefined) return
    this.#entries.delete(note)
    entry.document.discard(new ProtocolError('not-found', { rule: 'document-deleted' }))
  }

  /** Takes no more and resolves when everything is durable. */
  close(): Promise<void> {
    this.#closing ??= this.#finish()
    return this.#closing
  }

  #create(note: string): Entry {
    const document = new Document(note, this.#deps)
    return { document, loaded: document.settled(), users: 0 }
  }

  #touch(note: string, entry: Entry): void {
    this.#entries.delete(note)
    this.#entries.set(note, entry)
  }

  #trim(): void {
    for (const [note, { document, users }] of this.#entries) {
      if (this.#entries.size <= this.#capacity) return
      if (users > 0 || !document.idle) continue
      this.#entries.delete(note)
      document.discard(new ProtocolError('unavailable', { rule: 'document-closed' }))
    }
  }

  async #finish(): Promise<void> {
    const documents = [...this.#entries.values()].map(({ document }) => document)
    const results = await Promise.allSettled(documents.map((document) => document.settled()))
    for (const [index, result] of results.entries()) {
      if (result.status === 'rejected')
        this.#deps.log.warn({ note: documents[index]?.note, error: result.reason }, 'document not settled')
    }
    for (const document of documents) document.discard(new ProtocolError('draining'))
    this.#entries.clear()
  }
}

export type { Documents }
