/** An authenticated client on this node: who it is, what it may do, where it is. Knows nothing of sockets. */
import type { Level, RoomName } from '@sallyport/protocol'
import type { Holder } from '../access/access.ts'
import type { Identity } from '../auth/authenticate.ts'
import type { Publication, Standing } from '../ports.ts'

export class Session implements Holder {
  readonly id: string
  /** The id that other clients may see: tells apart, opens nothing. */
  readonly mark: string
  /** Whether the client takes byte fields as binary. */
  readonly binary: boolean
  /** Levels decided for this session, by resource; `rights` keeps them current. */
  readonly grants = new Map<string, Level>()
  readonly rooms = new Set<RoomName>()
  /** Set once the person's channels were joined: from then on new ones are joined as they appear. */
  followsChannels = false
  #closed = false
  #identity: Identity
  #holds = 0
  #held: Publication[] = []
  #settling: PromiseWithResolvers<void> | undefined

  constructor({ id, mark, binary, identity }: { id: string; mark: string; binary: boolean; identity: Identity }) {
    this.id = id
    this.mark = mark
    this.binary = binary
    this.#identity = identity
  }

  get identity(): Identity {
    return this.#identity
  }

  get standing(): Standing {
    return this.#identity.standing
  }

  get user(): string {
    return this.#identity.standing.id
  }

  /** Whether the connection has ended: from then on it enters no room. */
  get closed(): boolean {
    return this.#closed
  }

  close(): void {
    this.#closed = true
  }

  /** Takes up a newer token or standing of the same person. A session never changes hands. */
  renew(identity: Identity): void {
    if (identity.standing.id !== this.user) throw new Error('a session is bound to one person for life')
    this.#identity = identity
  }

  /** Keeps back everything for this session until a `release` for each `hold`: its rights are being decided again. */
  hold(): void {
    this.#holds += 1
    this.#settling ??= Promise.withResolvers()
  }

  /** While rights are being decided: resolves when they are. No message of the session may be permitted before. */
  get settling(): Promise<void> | undefined {
    return this.#settling?.promise
  }

  /** Keeps a publication back if rights are in doubt; answers whether it did. */
  keep(publication: Publication): boolean {
    if (this.#holds === 0) return false
    this.#held.push(publication)
    return true
  }

  /** Ends one `hold`; after the last gives back what was kept for rooms in which the session still is. */
  release(): readonly Publication[] {
    this.#holds -= 1
    if (this.#holds > 0) return []
    this.#settling?.resolve()
    this.#settling = undefined
    const held = this.#held
    this.#held = []
    return held.filter((publication) => this.rooms.has(publication.room))
  }
}
