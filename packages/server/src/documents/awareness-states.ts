/** Where the participants of one document are: one Yjs client for each session, and nobody speaks for another. */
import { limits, ProtocolError } from '@sallyport/protocol'
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
  /** Whether the person may only read the document: then showing a client id does not make it theirs. */
  readonly readOnly?: boolean
}

/** What the server knows of one session's client. */
interface Participant {
  readonly user: string
  readonly clientId: number
  /** Whether it speaks JSON, which has no clock: the server counts for it. */
  readonly json: boolean
  clock: number
  state: AwarenessState | null
}

export class AwarenessStates {
  /** To whom a client id belongs by what it wrote into the document. */
  readonly #writerOf: (clientId: number) => string | undefined
  readonly #bySession = new Map<string, Participant>()
  readonly #byClient = new Map<number, string>()
  /** Who of those that may write showed a client id first. They keep it while the document is open, also after leaving. */
  readonly #owners = new Map<number, string>()
  /** The same by person, the oldest first. */
  readonly #owned = new Map<string, Set<number>>()

  /** The clock of the last JSON message. It starts at the time, so that it rises also over a restart. */
  #clock: number

  constructor(writerOf: (clientId: number) => string | undefined, now: number) {
    this.#writerOf = writerOf
    this.#clock = now
  }

  /** The user to whom a client id belongs that nobody has written with: so that nobody else does before them (YJ-11). */
  ownerOf(clientId: number): string | undefined {
    return this.#owners.get(clientId)
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
    if (sender.readOnly !== true) this.#own(entry.clientId, sender.user.id)
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

  /**
   * The states of the participants that speak JSON, as news; undefined when there are none. Clients of y-protocols forget
   * whom they have not heard of for 30 s, and Open WebUI's clients do not repeat themselves: call it every 15 s.
   */
  renew(): EncodedAwareness | undefined {
    const silent = [...this.#bySession.values()].filter(({ json, state }) => json && state !== null)
    for (const participant of silent) participant.clock = this.#tick()
    return silent.length === 0 ? undefined : encodeAwareness(silent)
  }

  #enter(clientId: number, { session, user, binary, readOnly = false }: AwarenessSender): Participant {
    const holder = this.#byClient.get(clientId)
    const before = holder === undefined ? undefined : this.#bySession.get(holder)
    // Whoever wrote with it, or may and showed it first. A reader holds it against other readers only.
    const owner = this.#writerOf(clientId) ?? this.#owners.get(clientId) ?? (readOnly ? before?.user : undefined)
    if (owner !== undefined && owner !== user.id) throw refused('awareness-client-owner')
    // The same client on a new connection, before the old one was found dead.
    if (holder !== undefined) this.#bySession.delete(holder)
    const state = before?.user === user.id ? before.state : null
    const participant = { user: user.id, clientId, json: !binary, clock: before?.clock ?? -1, state }
    this.#bySession.set(session, participant)
    this.#byClient.set(clientId, session)
    return participant
  }

  /** Binds a client id that is free. Of one person's the oldest goes when they are too many, so nobody else loses theirs. */
  #own(clientId: number, user: string): void {
    if (this.#owners.has(clientId) || this.#writerOf(clientId) !== undefined) return
    const owned = this.#owned.get(user) ?? new Set()
    const [oldest] = owned
    if (oldest !== undefined && owned.size >= limits.clientIdsPerSession) {
      owned.delete(oldest)
      this.#owners.delete(oldest)
    }
    this.#owned.set(user, owned.add(clientId))
    this.#owners.set(clientId, user)
  }

  #tick(): number {
    this.#clock += 1
    return this.#clock
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
    return { clientId, clock: this.#tick(), state }
  }
}

function refused(rule: string): ProtocolError {
  return new ProtocolError('invalid-input', { rule })
}
