/** An access list as people think of it: everybody, only the owner, or named people and groups. */
import { type AccessControl, ownerOnly } from '@sallyport/protocol'

/** One named person or group and what they may do. */
export interface SharingEntry {
  readonly kind: 'user' | 'group'
  readonly id: string
  readonly level: 'read' | 'write'
}

/** Who may use something besides its owner. `entries` count in mode `named` only, and are kept in the others. */
export interface Sharing {
  readonly mode: 'everybody' | 'owner' | 'named'
  readonly entries: readonly SharingEntry[]
}

/** What an access list says. */
export function toSharing(list: AccessControl): Sharing {
  if (list === null) return { mode: 'everybody', entries: [] }
  const entries: SharingEntry[] = [
    ...entriesOf('user', 'write', list.write.user_ids),
    ...entriesOf('group', 'write', list.write.group_ids),
    // Writing includes reading: whoever is on both lists is shown once.
    ...entriesOf('user', 'read', without(list.read.user_ids, list.write.user_ids)),
    ...entriesOf('group', 'read', without(list.read.group_ids, list.write.group_ids)),
  ]
  return { mode: entries.length === 0 ? 'owner' : 'named', entries }
}

/** The access list that says so. */
export function toAccessControl({ mode, entries }: Sharing): AccessControl {
  if (mode === 'everybody') return null
  if (mode === 'owner') return ownerOnly
  const ids = (kind: SharingEntry['kind'], level: SharingEntry['level']) =>
    entries.filter((entry) => entry.kind === kind && entry.level === level).map(({ id }) => id)
  return {
    read: { user_ids: ids('user', 'read'), group_ids: ids('group', 'read') },
    write: { user_ids: ids('user', 'write'), group_ids: ids('group', 'write') },
  }
}

function entriesOf(kind: SharingEntry['kind'], level: SharingEntry['level'], ids: readonly string[]): SharingEntry[] {
  return ids.map((id) => ({ kind, id, level }))
}

function without(ids: readonly string[], others: readonly string[]): readonly string[] {
  return ids.filter((id) => !others.includes(id))
}
