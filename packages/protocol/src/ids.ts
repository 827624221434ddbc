/** Identifiers: one strict spelling for each kind, checked before anything is authorised or stored under it (CVE-2026-54022). */
import { z } from 'zod'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A lower-case UUID: the only spelling of the id of a user, group, channel, message, note or session. */
export const id = z.string().regex(uuid, 'must be a lower-case UUID').meta({ description: 'lower-case UUID' })

const notePrefix = 'note:'

/** The id of a collaborative document: `note:{id}`. No other kind exists, so any other kind is refused. */
export const documentId = z
  .string()
  .refine((value) => value.startsWith(notePrefix) && uuid.test(value.slice(notePrefix.length)), 'must be note:{id}')
  .meta({ description: 'note:{id}' })

/** The note that a checked document id names. */
export function noteOf(document: string): string {
  return document.slice(notePrefix.length)
}

/** The document of a note. */
export function documentOf(note: string): string {
  return notePrefix + note
}

/** A unit of delivery. Built by the server from typed parts only, so no client-chosen string can equal one. */
export type RoomName = `user:${string}` | `channel:${string}` | `note:${string}` | `document:${string}`

/** The rooms there are, one constructor for each kind. */
export const room = {
  user: (user: string): RoomName => `user:${user}`,
  channel: (channel: string): RoomName => `channel:${channel}`,
  note: (note: string): RoomName => `note:${note}`,
  document: (note: string): RoomName => `document:${note}`,
} as const
