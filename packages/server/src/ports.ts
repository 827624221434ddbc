/** Every interface to the outside, in the core's words. Each has an in-process implementation, which is the default. */
import type {
  AccessControl,
  Account,
  Channel,
  Group,
  Message,
  Note,
  Payload,
  Person,
  ResourceKind,
  Role,
  RoomName,
  ServerEvent,
} from '@sallyport/protocol'

/** Milliseconds since 1970. */
export interface Clock {
  now(): number
}

// ---- Between nodes ----------------------------------------------------------------------------------------------

/** Something for the participants of one room, on every node. */
export interface Publication<E extends ServerEvent = ServerEvent> {
  readonly room: RoomName
  readonly event: E
  /** Byte fields hold `Uint8Array`; the hub writes them as each receiver wants them. */
  readonly payload: Payload<E>
  /** The payload for clients that did not announce binary, where more differs than the form of its bytes. */
  readonly plain?: Payload<E>
  /** The session that does not get it: the one that caused it. */
  readonly except?: string
}

/** A change of rights or state that every node must act on. */
export type Control =
  /** A resource was made (`before` null), changed or deleted. What it is now stands in the database. */
  | {
      readonly type: 'resource'
      readonly kind: ResourceKind
      readonly id: string
      readonly before: AccessRecord | null
    }
  /** People's role, groups, name or account changed. */
  | { readonly type: 'users'; readonly ids: readonly string[] }
  /** A token was revoked (by `jti`). */
  | { readonly type: 'token'; readonly jti: string }

/** Who takes what the broker brings, in the order of publishing for each room. Neither may throw or reject. */
export interface BrokerReceiver {
  publication(publication: Publication): void
  /** Resolves when this node has acted on it. */
  control(control: Control): Promise<void>
}

/** Carries publications and control messages to every node, the sending one included. It stores nothing. */
export interface Broker {
  start(receiver: BrokerReceiver): Promise<void>
  /** From now on this node gets the publications of the room. Idempotent. */
  subscribe(room: RoomName): void
  unsubscribe(room: RoomName): void
  publish(publication: Publication): void
  /** Tells every node. Resolves when this node has acted on it: nothing that it takes away is used here any more. */
  control(control: Control): Promise<void>
  close(): Promise<void>
}

// ---- People -----------------------------------------------------------------------------------------------------

/** An account with what authentication needs. Never leaves the server. */
export interface Credentials {
  readonly account: Account
  readonly passwordHash: string
  /** When all tokens of the account were last ended (ms; 0: never). Tokens dated to this or before are refused. */
  readonly tokensValidAfter: number
}

/** What authentication and permissions know of a person. */
export interface Standing {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly groups: readonly string[]
  readonly tokensValidAfter: number
}

export interface NewAccount {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly passwordHash: string
  readonly at: number
}

export interface AccountChange {
  readonly name?: string
  readonly role?: Role
  readonly passwordHash?: string
  /** Ends all tokens. Where another ending is stored already, the new one is later by 1 ms at least, whatever the clock says. */
  readonly tokensValidAfter?: number
}

/** A group after a change of its members, and those who came or went by it. */
export interface ChangedGroup {
  readonly group: Group
  readonly changed: readonly string[]
}

/** One page of a list and how many there are in all. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly total: number
}

export interface AccountStore {
  /** Stores an account. Rejects with `conflict` when the e-mail address is taken. With `onlyFirst`, also when any account exists. */
  create(account: NewAccount, options?: { readonly onlyFirst: boolean }): Promise<Account>
  credentials(email: string): Promise<Credentials | undefined>
  /** The account with its hash, by id. */
  credentialsById(id: string): Promise<Credentials | undefined>
  standing(id: string): Promise<Standing | undefined>
  /** The people among `ids` that exist. */
  people(ids: readonly string[]): Promise<readonly Person[]>
  /** Active people (not pending) whose name contains `query`, in the order of names. */
  search(query: string, limit: number): Promise<readonly Person[]>
  list(query: string, page: number): Promise<Page<Account>>
  /** Changes an account. Rejects with `not-found`, or with `conflict` when no administrator would be left. */
  update(id: string, change: AccountChange): Promise<Account>
  /**
   * Replaces the hash of a password that was checked, and ends all tokens.
   * Rejects with `invalid-credentials` when another hash is stored by now, or the account is gone.
   */
  replacePassword(
    id: string,
    change: { readonly checked: string; readonly passwordHash: string; readonly at: number },
  ): Promise<Credentials>
  /** Deletes an account with its memberships and grants. Rejects like `update`. */
  delete(id: string): Promise<void>
  touch(id: string, at: number): Promise<void>
  hasAdministrator(): Promise<boolean>

  groups(): Promise<readonly Group[]>
  group(id: string): Promise<Group | undefined>
  createGroup(group: {
    readonly id: string
    readonly name: string
    readonly description: string
    readonly at: number
  }): Promise<Group>
  /** Rejects with `not-found`. Members that do not exist are left out. */
  updateGroup(
    id: string,
    change: {
      readonly name?: string
      readonly description?: string
      readonly add?: readonly string[]
      readonly remove?: readonly string[]
      readonly at: number
    },
  ): Promise<ChangedGroup>
  /** Deletes a group with its grants. Answers the members it had. Rejects with `not-found`. */
  deleteGroup(id: string): Promise<readonly string[]>
}

/** Tokens that were ended before their time. */
export interface SessionStore {
  /** Refuses the token from now on; the entry may go after `until` (ms), when the token has expired anyway. */
  revoke(jti: string, until: number): Promise<void>
  isRevoked(jti: string): Promise<boolean>
  /** Removes entries whose time is over. */
  sweep(now: number): Promise<void>
}

// ---- Channels and notes -----------------------------------------------------------------------------------------

/** What decides over access to a resource. */
export interface AccessRecord {
  readonly kind: ResourceKind
  readonly id: string
  readonly owner: string
  readonly access: AccessControl
}

/** Who asks for a list: what is theirs by id, by group, or for everybody. */
export interface Reader {
  readonly id: string
  readonly groups: readonly string[]
  /** Sees every resource (administrators under `BYPASS_ADMIN_ACCESS_CONTROL`). */
  readonly all: boolean
}

/** The log of a channel: its identity and the offset of its newest entry. */
export interface LogHead {
  readonly epoch: string
  readonly offset: number
}

export interface StoredChannel {
  readonly channel: Channel & { readonly access_control: AccessControl }
  readonly head: LogHead
  readonly lastMessageAt: number | null
}

/** A channel as one person has it: when they last read it (ns) and how many messages of others are newer. */
export interface ReaderChannel extends StoredChannel {
  readonly lastReadAt: number
  readonly unread: number
}

export interface NewMessage {
  readonly id: string
  readonly channel: string
  readonly user: string
  readonly content: string
  readonly parent: string | null
  readonly replyTo: string | null
  /** The same key of the same person in the same channel stores one message. */
  readonly clientKey: string | null
  readonly at: number
}

/** A change in a channel's log, after it is durable. */
export interface LogEntry {
  readonly message: Message
  readonly head: LogHead
  /** False when the change was there already (same client key, same reaction): nothing was stored. */
  readonly changed: boolean
}

/** A page of messages by position: `before` is the cursor of the last message of the page before (exclusive). */
export interface MessagePage {
  readonly before?: number
  readonly skip: number
  readonly limit: number
}

/** Who is added to the members of a channel or taken out of them. */
export interface MembersChange {
  readonly add: boolean
  readonly user_ids: readonly string[]
  readonly group_ids: readonly string[]
  readonly at: number
}

export interface RoomStore {
  access(kind: ResourceKind, id: string): Promise<AccessRecord | undefined>

  createChannel(channel: {
    readonly id: string
    readonly user: string
    readonly type: Channel['type']
    readonly name: string
    readonly description: string
    readonly access: AccessControl
    readonly epoch: string
    readonly at: number /** The sorted participants: one direct channel for each such key. */
    readonly directKey: string | null
  }): Promise<{ readonly channel: StoredChannel; readonly created: boolean }>
  channel(id: string): Promise<StoredChannel | undefined>
  /** The channels that the reader may read, by grants or ownership. */
  channels(reader: Reader): Promise<readonly ReaderChannel[]>
  readerChannel(id: string, user: string): Promise<ReaderChannel | undefined>
  updateChannel(
    id: string,
    change: {
      readonly name?: string
      readonly description?: string
      readonly access?: AccessControl
      readonly at: number
    },
  ): Promise<StoredChannel>
  /**
   * Adds people and groups to the writers of a channel (out of its readers), or takes them out of both lists: one step, so
   * that changes at the same time all hold. Resolves with who had access before. Rejects with `not-found`, with `conflict`
   * when the channel is public, with `too-large` when the list would pass `limits.accessList`; who does not exist is left out.
   */
  changeMembers(channel: string, change: MembersChange): Promise<AccessRecord>
  deleteChannel(id: string): Promise<void>
  markRead(channel: string, user: string, at: number): Promise<void>

  /** Stores a message and gives it the next offset. Rejects with `not-found` when channel, parent or reply-to is not (in) the channel. */
  post(message: NewMessage): Promise<LogEntry>
  edit(channel: string, message: string, content: string, at: number): Promise<LogEntry>
  /** Empties a message and marks it as deleted. */
  remove(channel: string, message: string, at: number): Promise<LogEntry>
  react(
    channel: string,
    message: string,
    reaction: { readonly user: string; readonly name: string; readonly add: boolean; readonly at: number },
  ): Promise<LogEntry>
  message(channel: string, id: string): Promise<Message | undefined>
  /** Top-level messages (`parent` null) or the replies of one, newest first; deleted ones without replies are left out. */
  messages(
    channel: string,
    parent: string | null,
    page: MessagePage,
  ): Promise<readonly (Message & { readonly cursor: number })[]>
  /** Messages changed after the offset, each once, in the order of their last change; at most `limit`. */
  changes(channel: string, since: number, limit: number): Promise<readonly Message[]>

  createNote(note: {
    readonly id: string
    readonly user: string
    readonly title: string
    readonly access: AccessControl
    readonly epoch: string
    readonly at: number
  }): Promise<StoredNote>
  note(id: string): Promise<StoredNote | undefined>
  /** The notes that the reader may read, the last changed first. */
  notes(reader: Reader, page: number): Promise<readonly StoredNote[]>
  updateNote(
    id: string,
    change: { readonly title?: string; readonly access?: AccessControl; readonly at: number },
  ): Promise<StoredNote>
  /** Deletes a note with its document. */
  deleteNote(id: string): Promise<void>
}

export interface StoredNote {
  readonly note: Note & { readonly access_control: AccessControl }
  readonly owner: Person | null
}

// ---- Documents --------------------------------------------------------------------------------------------------

/** What is kept of a document: a snapshot, and the updates after it in the order of their offsets. */
export interface StoredDocument {
  /** Identity of the log: new when the document was made or restored. */
  readonly epoch: string
  readonly snapshot: Uint8Array | null
  readonly snapshotOffset: number
  readonly updates: readonly { readonly offset: number; readonly update: Uint8Array }[]
  /** Which user brought each Yjs client id into the document. */
  readonly owners: ReadonlyMap<number, string>
}

export interface NewUpdate {
  readonly update: Uint8Array
  readonly user: string
  /** Yjs client ids that are new in the document and belong to `user` from now on. */
  readonly clients: readonly number[]
  readonly at: number
}

export interface DocumentStore {
  load(note: string): Promise<StoredDocument | undefined>
  /**
   * Appends an update and gives it the next offset. Resolves when it is durable.
   * Calls for one document are stored in the order of calling. Rejects with `not-found` when the note is gone,
   * with `unavailable` when it could not be stored; then nothing was.
   */
  append(note: string, update: NewUpdate): Promise<number>
  /** Replaces the snapshot and removes the updates up to `offset`, atomically. */
  compact(
    note: string,
    snapshot: { readonly offset: number; readonly state: Uint8Array; readonly at: number },
  ): Promise<void>
}

// ---- Observation ------------------------------------------------------------------------------------------------

/** A structured logger: facts first, then what happened. */
export interface Log {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
  child(facts: object): Log
}

/** Counts what happens. Labels are bounded by the contract. */
export interface Metrics {
  connection(change: 'opened' | 'closed', reason?: string): void
  event(name: string, outcome: string, ms: number): void
  delivered(event: ServerEvent, sessions: number): void
  shed(event: ServerEvent): void
}
