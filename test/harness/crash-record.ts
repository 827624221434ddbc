/** What clients were told before the server was killed: the truth that the next start is measured against. */
import * as Y from 'yjs'

/** Whether something was only sent, or also acknowledged. */
type Fate = 'sent' | 'acknowledged'

/** What is known of one note. */
export class NoteRecord {
  readonly id: string
  /** Exactly the acknowledged updates. */
  readonly acknowledged = new Y.Doc()
  /** Exactly the updates that were shown to somebody else. */
  readonly shown = new Y.Doc()
  /** Words by what became of their writing, and of their removal. */
  readonly written = new Map<string, Fate>()
  readonly removed = new Map<string, Fate>()
  /** The update (hexadecimal) of each offset that somebody was told. */
  readonly offsets = new Map<number, string>()

  constructor(id: string) {
    this.id = id
  }

  get highest(): number {
    return Math.max(0, ...this.offsets.keys())
  }
}

export interface PostRecord {
  readonly key: string
  readonly content: string
  readonly author: string
  /** What the acknowledgement said. */
  acknowledged?: { readonly id: string; readonly offset: number }
}

/** What is known of everything, over all rounds. */
export class CrashRecord {
  readonly notes: readonly NoteRecord[]
  readonly channel: string
  readonly posts = new Map<string, PostRecord>()
  /** The content of each message that was shown to somebody, by its offset. */
  readonly shownPosts = new Map<number, { readonly id: string; readonly content: string }>()
  /** What must never happen and did. */
  readonly faults: string[] = []
  updates = 0
  messages = 0
  #whenReached: { readonly count: number; readonly act: () => void } | undefined

  constructor(notes: readonly string[], channel: string) {
    this.notes = notes.map((id) => new NoteRecord(id))
    this.channel = channel
  }

  /** Calls `act`, once, as soon as so many more acknowledgements have come, or one at the end of a snapshot's updates. */
  after(count: number, act: () => void): void {
    this.#whenReached = { count: this.updates + this.messages + count, act }
  }

  updateAcknowledged(note: NoteRecord, offset: number, update: Uint8Array): void {
    this.#offsetTold(note, offset, update)
    Y.applyUpdate(note.acknowledged, update)
    this.updates += 1
    this.#count(offset % 500 === 0)
  }

  updateShown(note: NoteRecord, offset: number, update: Uint8Array): void {
    this.#offsetTold(note, offset, update)
    Y.applyUpdate(note.shown, update)
  }

  postAcknowledged(post: PostRecord, acknowledged: { readonly id: string; readonly offset: number }): void {
    post.acknowledged = acknowledged
    this.messages += 1
    this.#count(false)
  }

  /** One offset names one update for ever, whoever hears of it. */
  #offsetTold(note: NoteRecord, offset: number, update: Uint8Array): void {
    const hex = Buffer.from(update).toString('hex')
    const known = note.offsets.get(offset)
    if (known !== undefined && known !== hex) this.faults.push(`offset ${offset} of a note was given twice`)
    note.offsets.set(offset, hex)
  }

  #count(now: boolean): void {
    const reached = this.#whenReached
    if (!reached || (!now && this.updates + this.messages < reached.count)) return
    this.#whenReached = undefined
    reached.act()
  }
}
