/** One collaborative document: takes checked updates in order, and shows nothing that is not durable. */
import { limits, ProtocolError } from '@sallyport/protocol'
import * as Y from 'yjs'
import type { Clock, DocumentStore, Log } from '../ports.ts'
import { AppendQueue } from './append-queue.ts'
import { AwarenessStates } from './awareness-states.ts'
import { type Checked, checkUpdate } from './guard.ts'
import { applyTo, fitsInto, type Replica, replicaOf } from './replica.ts'
import { checkStateVector } from './state-vector.ts'

export interface DocumentDeps {
  readonly store: DocumentStore
  readonly clock: Clock
  readonly log: Log
}

/** Who sends an update, and how many new Yjs client ids the session may still bring. */
export interface UpdateAuthor {
  readonly user: string
  readonly newClientsLeft: number
}

/** An update that is durable. */
export interface Applied {
  readonly offset: number
  /** False when the document had it all: then there is nothing to publish. */
  readonly changed: boolean
  /** What to publish: the checked bytes, without what the document had already. */
  readonly update: Uint8Array
  /** How many new client ids the session has used up with it. */
  readonly claimed: number
}

/** The durable content of a document, or what a state vector lacks of it. */
export interface DocumentState {
  readonly state: Uint8Array
  readonly stateVector: Uint8Array
  readonly offset: number
  readonly epoch: string
}

/** A durable update of another node, as the broker brings it. */
export interface ForeignUpdate {
  readonly offset: number
  readonly update: Uint8Array
  readonly user: string
  readonly clients: readonly number[]
}

/** Something that waits for its turn. A `quiet` one runs when everything applied before it is durable. */
interface Task {
  readonly quiet: boolean
  run(replica: Replica): void
  reject(error: unknown): void
}

export class Document {
  readonly note: string
  /** Where the participants are. Not stored. */
  readonly awareness: AwarenessStates
  readonly #deps: DocumentDeps
  readonly #appends: AppendQueue
  readonly #tasks: Task[] = []
  #replica: Replica | undefined
  #loading = false
  #compacting: Promise<void> | undefined
  #encoded: DocumentState | undefined
  #gone: ProtocolError | undefined

  constructor(note: string, deps: DocumentDeps) {
    this.note = note
    this.#deps = deps
    this.awareness = new AwarenessStates((client) => this.#replica?.owners.get(client), deps.clock.now())
    this.#appends = new AppendQueue(note, deps.store, {
      stored: (offset) => this.#stored(offset),
      // The log is the truth: what is in memory and not in it must go.
      failed: () => this.#restart(),
    })
  }

  /** Checks and applies an update. Resolves when it is durable; rejects when it was refused or could not be stored. */
  apply(update: Uint8Array, author: UpdateAuthor): Promise<Applied> {
    return this.#turn(false, async (replica) => {
      const checked = this.#check(replica, update, author)
      const { changed, bytes, claims } = checked
      if (changed) this.#change(replica, checked, author.user)
      // An echo is acknowledged no earlier than what it repeats.
      const durable = changed
        ? this.#appends.push({ update: bytes, user: author.user, clients: claims, at: this.#deps.clock.now() })
        : this.#appends.last
      const offset = durable === undefined ? replica.offset : await durable
      return { offset, changed, update: bytes, claimed: changed ? claims.length : 0 }
    })
  }

  /** The durable content; with a state vector, what it lacks. Rejects with `invalid-input` when that is none. */
  async state(stateVector?: Uint8Array): Promise<DocumentState> {
    const known = stateVector === undefined ? undefined : checkStateVector(stateVector)
    return await this.#turn(true, async (replica) => {
      const full = this.#encode(replica)
      return known === undefined ? full : { ...full, state: Y.encodeStateAsUpdate(replica.doc, known) }
    })
  }

  /** Resolves when the document is loaded and everything asked for before is durable. */
  async settled(): Promise<void> {
    await this.#turn(true, async () => undefined)
    await this.#compacting
  }

  /** The offset of the last durable update. */
  get offset(): number {
    return this.#replica?.offset ?? 0
  }

  /** Whether nothing waits and nothing is being stored. */
  get idle(): boolean {
    return (
      this.#tasks.length === 0 && this.#appends.last === undefined && this.#compacting === undefined && !this.#loading
    )
  }

  /** Takes in an update of another node. On a `gap` the document loads again at its next use. */
  receive(publication: ForeignUpdate): 'applied' | 'known' | 'gap' {
    const replica = this.#replica
    if (replica === undefined || publication.offset <= replica.offset) return 'known'
    if (publication.offset !== replica.offset + 1 || !applyTo(replica, publication.update)) {
      this.#appends.clear(new ProtocolError('unavailable', { rule: 'document-gap' }))
      this.#restart()
      return 'gap'
    }
    for (const client of publication.clients) replica.owners.set(client, publication.user)
    replica.offset = publication.offset
    return 'applied'
  }

  /** Ends the document: everything that waits, and every later call, is rejected with `error`. */
  discard(error: ProtocolError): void {
    this.#gone = error
    this.#forget()
    this.#appends.clear(error)
    for (const task of this.#tasks.splice(0)) task.reject(error)
  }

  /** Runs `work` in its turn on the loaded document. Its part before the first `await` is not interrupted. */
  #turn<T>(quiet: boolean, work: (replica: Replica) => Promise<T>): Promise<T> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone)
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#tasks.push({ quiet, run: (replica) => resolve(work(replica)), reject })
    this.#run()
    return promise
  }

  #run(): void {
    for (let task = this.#tasks[0]; task !== undefined && !this.#loading; task = this.#tasks[0]) {
      if (this.#replica === undefined) {
        this.#load()
        return
      }
      if (task.quiet && this.#appends.last !== undefined) return
      this.#tasks.shift()
      task.run(this.#replica)
    }
  }

  #load(): void {
    this.#loading = true
    const done = (replica: Replica | undefined, error?: unknown): void => {
      this.#loading = false
      if (this.#gone === undefined) this.#replica = replica
      if (replica === undefined) {
        if (!(error instanceof ProtocolError && error.code === 'not-found'))
          this.#deps.log.error({ note: this.note, error }, 'document not loaded')
        for (const task of this.#tasks.splice(0)) task.reject(error)
      }
      this.#run()
    }
    this.#read().then(done, (error: unknown) => done(undefined, error))
  }

  async #read(): Promise<Replica> {
    // What the store has in hand must be in what is read.
    await this.#appends.quiet()
    const stored = await this.#deps.store.load(this.note)
    if (stored === undefined) throw new ProtocolError('not-found', { rule: 'document-unknown' })
    return replicaOf(stored)
  }

  #forget(): void {
    this.#replica?.doc.destroy()
    this.#replica = undefined
    this.#encoded = undefined
  }

  /** Lets the document load again for what waits, and for what comes. */
  #restart(): void {
    this.#forget()
    this.#runSoon()
  }

  /** Goes on after those who wait for what just happened: they were first. */
  #runSoon(): void {
    queueMicrotask(() => this.#run())
  }

  #check(replica: Replica, update: Uint8Array, author: UpdateAuthor): Checked {
    const checked = checkUpdate(replica.doc, update, {
      ...author,
      ownerOf: (client) => replica.owners.get(client) ?? this.awareness.ownerOf(client),
    })
    if (checked.grows && !fitsInto(replica, checked.bytes.length))
      throw new ProtocolError('too-large', { rule: 'document-bytes' })
    return checked
  }

  #change(replica: Replica, { bytes, claims }: Checked, user: string): void {
    this.#encoded = undefined
    if (!applyTo(replica, bytes)) {
      // The guard let through what Yjs does not take: a fault of the guard. Nothing of it is kept.
      this.#deps.log.error({ note: this.note, rule: 'guard-fault' }, 'update accepted but not applicable')
      this.#appends.clear(new ProtocolError('unavailable', { rule: 'guard-fault' }))
      this.#restart()
      throw new ProtocolError('invalid-update', { rule: 'guard-fault' })
    }
    for (const client of claims) replica.owners.set(client, user)
  }

  #stored(offset: number): void {
    const replica = this.#replica
    if (replica === undefined) return
    if (offset !== replica.offset + 1) {
      this.#restart()
      return
    }
    replica.offset = offset
    if (offset - replica.snapshotOffset >= limits.updatesPerSnapshot && this.#compacting === undefined) {
      replica.snapshotOffset = offset
      this.#compacting = this.#compact().finally(() => {
        this.#compacting = undefined
      })
    }
    this.#runSoon()
  }

  async #compact(): Promise<void> {
    try {
      const { state, offset } = await this.state()
      await this.#deps.store.compact(this.note, { offset, state, at: this.#deps.clock.now() })
    } catch (error) {
      // Nothing is lost: the updates are still there, and the next round tries again.
      this.#deps.log.warn({ note: this.note, error }, 'document not compacted')
    }
  }

  #encode(replica: Replica): DocumentState {
    const known = this.#encoded
    if (known?.offset === replica.offset) return known
    const { doc, offset, epoch } = replica
    const encoded = { state: Y.encodeStateAsUpdate(doc), stateVector: Y.encodeStateVector(doc), offset, epoch }
    this.#encoded = encoded
    return encoded
  }
}
