/** Events of collaborative documents: open, write, show where one is, close. */
import { documentOf, limits, noteOf, type Payload, ProtocolError, reaches, room } from '@sallyport/protocol'
import { type Access, grantKey } from '../access/access.ts'
import type { Document, DocumentState } from '../documents/document.ts'
import type { Documents } from '../documents/documents.ts'
import type { Broker } from '../ports.ts'
import { colorOf } from '../rooms/color.ts'
import type { Outlet } from '../rooms/delivery.ts'
import type { Participant, Participants } from '../rooms/participants.ts'
import type { Session } from '../rooms/session.ts'
import type { Handlers } from './index.ts'

export interface DocumentHandlers {
  readonly documents: Documents
  readonly participants: Participants
  readonly access: Access
  readonly broker: Broker
  readonly outlet: Outlet
}

/** The state and the state vector of a document without content, as Yjs encodes them. */
const emptyState = Uint8Array.of(0, 0)
const emptyVector = Uint8Array.of(0)

type Names = Extract<keyof Handlers, `ydoc:${string}`>

export function createDocumentHandlers({
  documents,
  participants,
  access,
  broker,
  outlet,
}: DocumentHandlers): Pick<Handlers, Names> {
  /** Opens the document for a session that is not in it yet. */
  async function enter(session: Session, note: string): Promise<Document> {
    const document = await documents.open(note)
    let joined = false
    try {
      // The right may have gone, or the connection ended, while the document was loaded (DL-11).
      const level = await access.level(session, 'note', note)
      if (!reaches(level, 'read') || session.closed) throw new ProtocolError('not-found', { rule: 'right-gone' })
      joined = participants.join(session, document)
    } finally {
      if (!joined) documents.release(document)
    }
    return document
  }

  /** Sends the state to one session, unless it has left while the state was made. */
  async function sendState(
    session: Session,
    document: Document,
    stateVector: Uint8Array | undefined,
  ): Promise<DocumentState> {
    const current = await document.state(stateVector)
    if (!session.rooms.has(room.document(document.note)))
      throw new ProtocolError('not-found', { rule: 'left-while-loading' })
    const { state, stateVector: state_vector, offset, epoch } = current
    const payload: Payload<'ydoc:document:state'> = {
      document_id: documentOf(document.note),
      state,
      sessions: sessionsFor(session, document.note),
      offset,
      epoch,
      state_vector,
    }
    outlet.send(session, 'ydoc:document:state', payload)
    return current
  }

  /**
   * The participants as one of them sees them: its own id, and marks that open nothing (SB-04).
   * Open WebUI's clients fill an empty note with their own text when they are alone, or when their id sorts first:
   * so that exactly one does, the first who may write sees itself alone, and the others see somebody before them.
   */
  function sessionsFor(session: Session, note: string): string[] {
    const present = participants.of(note)
    const first = present.find((other) => reaches(other.session.grants.get(grantKey('note', note)) ?? 'none', 'write'))
    if (first?.session === session) return [session.id]
    const others = present.filter((other) => other.session !== session).map((other) => `!${other.session.mark}`)
    return [...(others.length === 0 ? ['!'] : others), session.id].sort()
  }

  /**
   * Has one of Open WebUI's clients send all it has: it never sends again what was typed offline, unless it is told that
   * the document is empty and that it is not alone. Once, until an update of it was taken, so that nothing goes in circles.
   */
  function askForAll(participant: Participant): void {
    const { session, document } = participant
    if (session.binary || participant.askedForAll) return
    participant.askedForAll = true
    outlet.send(session, 'ydoc:document:state', {
      document_id: documentOf(document.note),
      state: emptyState,
      sessions: ['!', session.id],
      offset: 0,
      epoch: '',
      state_vector: emptyVector,
    })
  }

  return {
    'ydoc:document:join': async (session, { document_id, state_vector }) => {
      const note = noteOf(document_id)
      const document = await enter(session, note)
      const { offset, epoch } = await sendState(session, document, state_vector)
      const present = document.awareness.present()
      if (present) {
        const update = session.binary ? present.binary : present.json
        outlet.send(session, 'ydoc:awareness:update', { document_id, user_id: session.user, update })
      }
      broker.publish({
        room: room.document(note),
        event: 'ydoc:user:joined',
        payload: {
          document_id,
          user_id: session.user,
          user_name: session.standing.name,
          user_color: colorOf(session.user),
        },
        except: session.id,
      })
      const level = session.grants.get(grantKey('note', note))
      return { offset, epoch, level: level === 'write' || level === 'manage' ? level : 'read' }
    },

    'ydoc:document:state': async (session, { document_id, state_vector }) => {
      const { document } = participants.get(session, noteOf(document_id))
      const { offset, epoch } = await sendState(session, document, state_vector)
      return { offset, epoch }
    },

    'ydoc:document:update': async (session, { document_id, update }) => {
      const note = noteOf(document_id)
      const participant = participants.get(session, note)
      const { document } = participant
      // Open WebUI's newest client also sends its renderings without an update: they are derived here, never believed.
      if (update === undefined) return { offset: document.offset, changed: false }
      const author = { user: session.user, newClientsLeft: limits.clientIdsPerSession - participant.claimed }
      const applied = await document.apply(update, author).catch((error: unknown) => {
        if (error instanceof ProtocolError && error.code === 'missing-updates') askForAll(participant)
        throw error
      })
      participant.claimed += applied.claimed
      participant.askedForAll = false
      if (applied.changed) {
        broker.publish({
          room: room.document(note),
          event: 'ydoc:document:update',
          payload: {
            document_id,
            user_id: session.user,
            socket_id: session.mark,
            update: applied.update,
            offset: applied.offset,
          },
          except: session.id,
        })
      }
      return { offset: applied.offset, changed: applied.changed }
    },

    'ydoc:document:leave': (session, { document_id }) => {
      participants.leave(noteOf(document_id), session)
      return {}
    },

    'ydoc:awareness:update': (session, { document_id, update }) => {
      const note = noteOf(document_id)
      const { document } = participants.get(session, note)
      const { id, name } = session.standing
      const readOnly = !reaches(session.grants.get(grantKey('note', note)) ?? 'none', 'write')
      const sender = { session: session.id, user: { id, name }, binary: session.binary, readOnly }
      participants.showAwareness(note, session, document.awareness.update(update, sender))
      return {}
    },
  }
}
