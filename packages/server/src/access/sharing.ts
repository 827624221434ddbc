/** Who may put whom on an access list: nobody shares with a group that they are not in (EV-29). */
import { type AccessControl, ProtocolError } from '@sallyport/protocol'
import type { Standing } from '../ports.ts'

/** Throws `invalid-input` when the new list names a group that is neither the person's nor on the list already. */
export function checkSharing(person: Standing, list: AccessControl | undefined, before: AccessControl = null): void {
  if (!list || person.role === 'admin') return
  const known = new Set([...person.groups, ...(before?.read.group_ids ?? []), ...(before?.write.group_ids ?? [])])
  if ([...list.read.group_ids, ...list.write.group_ids].every((group) => known.has(group))) return
  throw new ProtocolError('invalid-input', {
    rule: 'group-of-others',
    issues: [{ path: 'access_control', message: 'names a group that you are not in' }],
  })
}
