/** Roles, access lists and the permissions that events and routes can need. */
import { z } from 'zod'
import { id } from './ids.ts'
import { limits } from './limits.ts'

/** What an account may do at all: `pending` nothing, `user` by permission, `admin` also administer. */
export const roles = ['pending', 'user', 'admin'] as const
export type Role = (typeof roles)[number]

/** What a person may do with one resource. Each level includes the ones before it. */
export const levels = ['none', 'read', 'write', 'manage'] as const
export type Level = (typeof levels)[number]

/** Whether a level reaches another. */
export function reaches(level: Level, needed: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(needed)
}

/** The kinds of thing that carry an access list. */
export type ResourceKind = 'channel' | 'note'

/** A right to a resource that a field of the input names. */
export type Permission = `${ResourceKind}:${Exclude<Level, 'none'>}`

/**
 * What an event or route needs before its handler runs. There is no default:
 * `none` (no identity), `user` (an active account), `admin`, or a permission on the resource in the input field `of`.
 */
export type Need = 'none' | 'user' | 'admin' | { readonly permission: Permission; readonly of: string }

/** A need on the resource that the input field `of` names. */
export function on(permission: Permission, of: string): Need {
  return { permission, of }
}

/** The kind and the level of a permission. */
export function partsOf(permission: Permission): { readonly kind: ResourceKind; readonly level: Level } {
  const [kind, level] = permission.split(':') as [ResourceKind, Level]
  return { kind, level }
}

const principals = z
  .object({
    user_ids: z.array(id).max(limits.accessList).default([]),
    group_ids: z.array(id).max(limits.accessList).default([]),
  })
  .default({ user_ids: [], group_ids: [] })

/**
 * Who may use a resource besides its owner. `null`: everybody (channels: read and write; notes: read).
 * `{}`: the owner alone. Otherwise the users and groups listed; `write` implies `read`.
 */
export const accessControl = z
  .object({ read: principals, write: principals })
  .nullable()
  .meta({ description: 'null: everybody; {}: the owner alone; otherwise users and groups, write implies read' })
export type AccessControl = z.output<typeof accessControl>

/** The access list that lets nobody in but the owner. */
export const ownerOnly: NonNullable<AccessControl> = {
  read: { user_ids: [], group_ids: [] },
  write: { user_ids: [], group_ids: [] },
}
