/** Where the participants of one document are: one Yjs client for each session, and nobody speaks for another. */
import { ProtocolError } from '@sallyport/protocol'
import {
  type AwarenessEntry,
  type AwarenessState,
  type EncodedAwareness,
  encodeAwareness,
  readBinaryAwareness,
  readJsonAwareness,
  withUser,
} from './awareness.ts'

/** Who sends an awareness message. */
export interface AwarenessSender {
  readonly session: string
  readonly user: { readonly id: string; readonly name: string }
  /** Whether the message is in the encoding of y-protocols; JSON otherwise. */
  readonly binary: boolean
}

/** What the server knows of one session's client. */
interface Participant {
  readonly user: string
  readonly clientId: number
  clock: number
  state: AwarenessState | null
}

export class AwarenessStates {
  /** To whom a client id belongs by what it wrote into the document. */
  readonly #writerOf: (clientId: number) => string | undefined
  readonly #bySession = new Map<string, Participant>()
  readonly #byClient = new Map<number, string>()

  /** The clock of the last JSON message. It starts at the time, so that it rises also over a restart. */
  #clock: number

  constructor(writerOf: (clientId: number) => string | undefined, now: number) {
    this.#writerOf = writerOf
    this.#clock = now
  }

  /** The user whose session uses the client id now. */
  userOf(clientId: number): string | undefined {
    const session = this.#byClient.get(clientId)
    return session === undefined ? undefined : this.#bySession.get(session)?.user
  }

  /**
   * Takes a message in and returns what to send to the other participants; undefined when it says nothing new.
   * Throws `invalid-input` when it is malformed or speaks for a client that is not the session's own.
   */
  update(bytes: Uint8Array, sender: AwarenessSender): EncodedAwareness | undefined {
    const own = this.#bySession.get(sender.session)
    const entry = sender.binary ? readBinaryAwareness(bytes) : this.#ownEntry(bytes, own)
    if (entry === undefined) return undefined
    if (own !== undefined && own.clientId !== entry.clientId) throw refused('awareness-second-client')
    const participant = own ?? this.#enter(entry.clientId, sender)
    // As y-protocols decides: a newer clock, or the end of the state with this clock.
    const isNew = entry.clock > participant.clock || (entry.clock === participant.clock && entry.state === null)
    if (!isNew || (entry.state === null && participant.state === null)) return undefined
    participant.clock = entry.clock
    participant.state = entry.state === null ? null : withUser(entry.state, sender.user)
    return encodeAwareness([participant])
  }

  /** The session has left: returns what tells the others; undefined when they knew nothing of it. */
  leave(session: string): EncodedAwareness | undefined {
    const participant = this.#bySession.get(session)
    if (participant === undefined) return undefined
    this.#bySession.delete(session)
    this.#byClient.delete(participant.clientId)
    return participant.state === null ? undefined : encodeAwareness([{ ...participant, state: null }])
  }

  /** The states of all participants, for one who joins; undefined when there are none. */
  present(): EncodedAwareness | undefined {
    const entries = [...this.#bySession.values()].filter(({ state }) => state !== null)
    return entries.length === 0 ? undefined : encodeAwareness(entries)
  }

  #enter(clientId: number, { session, user }: AwarenessSender): Participant {
    const holder = this.#byClient.get(clientId)
    const owner = this.userOf(clientId) ?? this.#writerOf(clientId)
    if (owner !== undefined && owner !== user.id) throw refused('awareness-client-owner')
    // The same client on a new connection, before the old one was found dead.
    const before = holder === undefined ? undefined : this.#bySession.get(holder)
    if (holder !== undefined) this.#bySession.delete(holder)
    const participant = { user: user.id, clientId, clock: before?.clock ?? -1, state: before?.state ?? null }
    this.#bySession.set(session, participant)
    this.#byClient.set(clientId, session)
    return participant
  }

  /** Open WebUI's clients also repeat what they hear of others: that is left out. */
  #ownEntry(bytes: Uint8Array, own: Participant | undefined): AwarenessEntry | undefined {
    const entries = [...readJsonAwareness(bytes)]
    const [first, second] =
      own === undefined
        ? entries.filter(([client]) => !this.#byClient.has(client))
        : entries.filter(([client]) => client === own.clientId)
    if (second !== undefined) throw refused('awareness-entries')
    if (first === undefined) return undefined
    const [clientId, state] = first
    this.#clock += 1
    return { clientId, clock: this.#clock, state }
  }
}

function refused(rule: string): ProtocolError {
  return new ProtocolError('invalid-input', { rule })
}
