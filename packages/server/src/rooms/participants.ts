/** Who has which document open on this node, and what ends when they leave it. */
import { documentOf, limits, ProtocolError, room } from '@sallyport/protocol'
import type { EncodedAwareness } from '../documents/awareness.ts'
import type { Document } from '../documents/document.ts'
import type { Documents } from '../documents/documents.ts'
import type { Broker } from '../ports.ts'
import type { Rooms } from './rooms.ts'
import type { Session } from './session.ts'

/** A session in a document. */
export interface Participant {
  readonly session: Session
  readonly document: Document
  /** Yjs client ids that the session has brought into the document. */
  claimed: number
  /** Whether the session was asked for all it has, because it sent something that builds on what the server lacks. */
  askedForAll: boolean
}

interface Dependencies {
  readonly broker: Broker
  readonly rooms: Rooms
  readonly documents: Documents
}

export class Participants {
  readonly #parts: Dependencies
  readonly #byNote = new Map<string, Map<Session, Participant>>()
  readonly #bySession = new Map<Session, Set<string>>()

  constructor(parts: Dependencies) {
    this.#parts = parts
  }

  /** Enters a session into an open document and its room. Answers whether it was not in before; then the document is its to release. */
  join(session: Session, document: Document): boolean {
    const { note } = document
    const notes = this.#bySession.get(session) ?? new Set()
    if (notes.has(note)) return false
    if (notes.size >= limits.documentsPerSession)
      throw new ProtocolError('rate-limited', { rule: 'documents-per-session' })
    this.#bySession.set(session, notes.add(note))
    const participants = this.#byNote.get(note) ?? new Map()
    this.#byNote.set(note, participants.set(session, { session, document, claimed: 0, askedForAll: false }))
    this.#parts.rooms.join(room.document(note), session)
    return true
  }

  /** The session's participation in a document. Throws `not-joined`. */
  get(session: Session, note: string): Participant {
    const participant = this.#byNote.get(note)?.get(session)
    if (!participant) throw new ProtocolError('not-joined', { rule: 'document-not-joined' })
    return participant
  }

  /** The participants of a document in the order in which they came. */
  of(note: string): readonly Participant[] {
    return [...(this.#byNote.get(note)?.values() ?? [])]
  }

  /** Takes a session out of a document: its caret vanishes, the others are told, the document is released. */
  leave(note: string, session: Session): void {
    const participants = this.#byNote.get(note)
    const participant = participants?.get(session)
    if (!participants || !participant) return
    participants.delete(session)
    if (participants.size === 0) this.#byNote.delete(note)
    const notes = this.#bySession.get(session)
    notes?.delete(note)
    if (notes?.size === 0) this.#bySession.delete(session)
    const { broker, rooms, documents } = this.#parts
    rooms.leave(room.document(note), session)
    this.showAwareness(note, session, participant.document.awareness.leave(session.id))
    broker.publish({
      room: room.document(note),
      event: 'ydoc:user:left',
      payload: { document_id: documentOf(note), user_id: session.user },
    })
    documents.release(participant.document)
  }

  leaveAll(session: Session): void {
    for (const note of [...(this.#bySession.get(session) ?? [])]) this.leave(note, session)
  }

  /**
   * Says again where the participants are whose clients never repeat it (Open WebUI's), to those whose clients forget
   * whom they do not hear of for 30 s (y-protocols).
   */
  renewAwareness(): void {
    for (const [note, participants] of this.#byNote) {
      const [first] = participants.values()
      const awareness = first?.document.awareness.renew()
      if (!first || !awareness) continue
      const payload = { document_id: documentOf(note), user_id: first.session.user }
      this.#parts.broker.publish({
        room: room.document(note),
        event: 'ydoc:awareness:update',
        payload: { ...payload, update: awareness.binary },
        plain: { ...payload, update: awareness.json },
      })
    }
  }

  /** Tells the other participants where somebody is, in the encoding that each of them reads. */
  showAwareness(note: string, session: Session, awareness: EncodedAwareness | undefined): void {
    if (!awareness) return
    const payload = { document_id: documentOf(note), user_id: session.user }
    this.#parts.broker.publish({
      room: room.document(note),
      event: 'ydoc:awareness:update',
      payload: { ...payload, update: awareness.binary },
      plain: { ...payload, update: awareness.json },
      except: session.id,
    })
  }
}
