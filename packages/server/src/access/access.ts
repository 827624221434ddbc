/** The one decision over access: sockets and HTTP both ask it. */
import {
  type AccessControl,
  type Level,
  type Need,
  noteOf,
  ProtocolError,
  partsOf,
  type ResourceKind,
  reaches,
} from '@sallyport/protocol'
import type { AccessRecord, Reader, RoomStore, Standing } from '../ports.ts'

/** What a person may do with a resource, by which rule. Pure. */
export interface Decision {
  readonly level: Level
  /** The rule that decided: for log and audit. */
  readonly rule: string
}

/** Decides by role, ownership and access list. Unknown resources are nobody's. */
export function decide(person: Standing, record: AccessRecord | undefined, bypass: boolean): Decision {
  if (!record) return { level: 'none', rule: 'no-resource' }
  if (person.role === 'pending') return { level: 'none', rule: 'role-pending' }
  if (record.owner === person.id) return { level: 'manage', rule: 'owner' }
  if (bypass && person.role === 'admin') return { level: 'manage', rule: 'administrator' }
  if (record.access === null) return { level: record.kind === 'channel' ? 'write' : 'read', rule: 'public' }
  if (lists(record.access.write, person)) return { level: 'write', rule: 'write-list' }
  if (lists(record.access.read, person)) return { level: 'read', rule: 'read-list' }
  return { level: 'none', rule: 'not-listed' }
}

function lists(list: NonNullable<AccessControl>['read'], person: Standing): boolean {
  return list.user_ids.includes(person.id) || list.group_ids.some((group) => person.groups.includes(group))
}

/** Somebody who asks: a person with, on a socket, the grants that were computed before. */
export interface Holder {
  readonly standing: Standing
  /** Levels already decided, kept current by `rooms/rights`. Absent over HTTP, where each request decides anew. */
  readonly grants?: Map<string, Level>
}

export interface Access {
  /** The level of a person on a resource, from the holder's grants or the database. */
  level(holder: Holder, kind: ResourceKind, id: string): Level | Promise<Level>
  /**
   * Lets a request pass, or throws: `unauthenticated`, `forbidden` (it may be seen but not that), or `not-found`,
   * which is also the answer for what may not be seen. Synchronous when the grant is held.
   */
  permit(holder: Holder | undefined, need: Need, input: unknown): void | Promise<void>
  /** Marks every decision that is being loaded now as out of date. Called for each change of rights. */
  changed(): void
  /** Moves with each change: a decision read from the database holds only if this is still the same. */
  epoch(): number
  reader(person: Standing): Reader
  readonly bypass: boolean
}

/** The key of a grant: kinds hold no separator and ids are UUIDs, so no two resources share one. */
export function grantKey(kind: ResourceKind, id: string): string {
  return `${kind}:${id}`
}

const maxGrants = 5_000

export function createAccess({ rooms, bypass }: { readonly rooms: RoomStore; readonly bypass: boolean }): Access {
  let epoch = 0

  async function load(holder: Holder, kind: ResourceKind, id: string): Promise<Level> {
    for (;;) {
      const before = epoch
      const record = await rooms.access(kind, id)
      // A change came in while the record was read: what was read may be older than the change (DL-11).
      if (before !== epoch) continue
      const { level } = decide(holder.standing, record, bypass)
      // Only what was granted: guesses must not fill the memory, nor make a change of rights slow.
      if (level !== 'none' && holder.grants && holder.grants.size < maxGrants) {
        holder.grants.set(grantKey(kind, id), level)
      }
      return level
    }
  }

  function level(holder: Holder, kind: ResourceKind, id: string): Level | Promise<Level> {
    return holder.grants?.get(grantKey(kind, id)) ?? load(holder, kind, id)
  }

  return {
    bypass,
    level,
    changed: () => {
      epoch += 1
    },
    epoch: () => epoch,
    reader: (person) => ({ id: person.id, groups: person.groups, all: bypass && person.role === 'admin' }),
    permit: (holder, need, input) => {
      if (need === 'none') return
      if (!holder) throw new ProtocolError('unauthenticated', { rule: 'no-session' })
      if (need === 'user') return
      if (need === 'admin') {
        if (holder.standing.role === 'admin') return
        throw new ProtocolError('forbidden', { rule: 'not-administrator' })
      }
      const { kind, level: needed } = partsOf(need.permission)
      const held = level(holder, kind, resourceOf(input, need.of))
      return held instanceof Promise ? held.then((value) => check(value, needed)) : check(held, needed)
    },
  }
}

function check(held: Level, needed: Level): void {
  if (held === 'none') throw new ProtocolError('not-found', { rule: 'no-access' })
  if (!reaches(held, needed)) throw new ProtocolError('forbidden', { rule: `needs-${needed}` })
}

/** The id of the resource that a field of a checked input names. */
function resourceOf(input: unknown, field: string): string {
  const value = (input as Readonly<Record<string, unknown>>)[field]
  if (typeof value !== 'string') throw new Error(`the contract names a field that the input lacks: ${field}`)
  return field === 'document_id' ? noteOf(value) : value
}
