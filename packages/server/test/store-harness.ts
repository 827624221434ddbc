/** Stores on a temporary database: the ladder `openStores → addUser → addChannel | addNote` of the store tests. */

import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AccessControl, Account, Role } from '@sallyport/protocol'
import { ProtocolError } from '@sallyport/protocol'
import { createAccountStore } from '../src/adapters/account-store.ts'
import { type Database, openDatabase } from '../src/adapters/database.ts'
import { createDocumentStore } from '../src/adapters/document-store.ts'
import { createRoomStore } from '../src/adapters/room-store.ts'
import { createSessionStore } from '../src/adapters/session-store.ts'
import type {
  AccountStore,
  DocumentStore,
  Log,
  NewMessage,
  RoomStore,
  SessionStore,
  StoredChannel,
  StoredNote,
} from '../src/ports.ts'

/** A logger that keeps what it is told. */
export interface RecordingLog extends Log {
  readonly lines: { readonly level: string; readonly facts: object; readonly message: string }[]
}

export function createRecordingLog(): RecordingLog {
  const lines: RecordingLog['lines'] = []
  const write = (level: string) => (facts: object, message: string) => lines.push({ level, facts, message })
  const log: RecordingLog = {
    lines,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => log,
  }
  return log
}

export interface Stores extends AsyncDisposable {
  readonly database: Database
  readonly accounts: AccountStore
  readonly sessions: SessionStore
  readonly rooms: RoomStore
  readonly documents: DocumentStore
  addUser(name: string, role?: Role): Promise<Account>
  addGroup(name: string, members: readonly string[]): Promise<string>
  addChannel(user: string, access?: AccessControl): Promise<StoredChannel>
  addNote(user: string, access?: AccessControl): Promise<StoredNote>
}

/** The databases on which the contract suites run. */
export const backends: readonly { readonly name: string; readonly open: () => Promise<Stores> }[] = [
  { name: 'SQLite', open: openSqliteStores },
]

/** An access list of the people and groups that may write, or only read. */
export function accessOf(lists: {
  readonly write?: string[]
  readonly read?: string[]
  readonly writeGroups?: string[]
  readonly readGroups?: string[]
}): AccessControl {
  return {
    read: { user_ids: lists.read ?? [], group_ids: lists.readGroups ?? [] },
    write: { user_ids: lists.write ?? [], group_ids: lists.writeGroups ?? [] },
  }
}

/** A message to post, with what a test does not care about filled in. */
export function messageIn(channel: string, user: string, parts: Partial<NewMessage> = {}): NewMessage {
  return {
    id: randomUUID(),
    channel,
    user,
    content: 'hello',
    parent: null,
    replyTo: null,
    clientKey: null,
    at: 1_000,
    ...parts,
  }
}

/** The code of the refusal that a promise rejects with; `none` when it does not. */
export async function refusalOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'none'
  } catch (error) {
    if (error instanceof ProtocolError) return error.code
    throw error
  }
}

/** The stores of a database. */
export function storesOf(database: Database, dispose: () => Promise<void>): Stores {
  const accounts = createAccountStore(database)
  const rooms = createRoomStore(database)
  return {
    database,
    accounts,
    rooms,
    sessions: createSessionStore(database),
    documents: createDocumentStore(database),
    addUser: (name, role = 'user') =>
      accounts.create({
        id: randomUUID(),
        name,
        email: `${randomUUID()}@example.org`,
        role,
        passwordHash: 'hash',
        at: 1_000,
      }),
    async addGroup(name, members) {
      const id = randomUUID()
      await accounts.createGroup({ id, name, description: '', at: 1_000 })
      await accounts.updateGroup(id, { add: members, at: 1_000 })
      return id
    },
    async addChannel(user, access = accessOf({})) {
      const values = {
        id: randomUUID(),
        user,
        type: 'standard',
        name: 'general',
        description: '',
        access,
        epoch: 'e1',
        at: 1_000,
        directKey: null,
      } as const
      return (await rooms.createChannel(values)).channel
    },
    addNote: (user, access = accessOf({})) =>
      rooms.createNote({ id: randomUUID(), user, title: 'Plan', access, epoch: 'e1', at: 1_000 }),
    [Symbol.asyncDispose]: dispose,
  }
}

/** A folder of its own, removed at the end. */
export async function makeFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'sallyport-store-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

async function openSqliteStores(): Promise<Stores> {
  const folder = await makeFolder()
  const database = await openDatabase(`sqlite:${folder.path}/test.db`, { log: createRecordingLog() })
  return storesOf(database, async () => {
    await database.close()
    await folder[Symbol.asyncDispose]()
  })
}
