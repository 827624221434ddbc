/** The objects that replies and server events carry. Times of channels, messages and notes are nanoseconds, as Open WebUI has them; times of people are seconds. */
import { z } from 'zod'
import { id } from './ids.ts'
import { accessControl, levels, roles } from './permissions.ts'

const time = z.number()

/** A person as others see them: nothing but what is needed to show who it is. */
export const person = z.object({ id, name: z.string(), role: z.enum(roles) })
export type Person = z.output<typeof person>

/** A person as administrators see them. */
export const account = person.extend({ email: z.string(), created_at: time, last_active_at: time.nullable() })
export type Account = z.output<typeof account>

export const group = z.object({
  id,
  name: z.string(),
  description: z.string(),
  user_ids: z.array(id),
  created_at: time,
  updated_at: time,
})
export type Group = z.output<typeof group>

/** The signed-in person and the token of this session. */
export const signedIn = z.object({
  token: z.string(),
  token_type: z.literal('Bearer'),
  expires_at: time,
  id,
  email: z.string(),
  name: z.string(),
  role: z.enum(roles),
  profile_image_url: z.string(),
  permissions: z.record(z.string(), z.unknown()),
})
export type SignedIn = z.output<typeof signedIn>

export const channelTypes = ['standard', 'group', 'dm'] as const

/** A channel. `access_control` is there only for those who may manage it. */
export const channel = z.object({
  id,
  user_id: id,
  type: z.enum(channelTypes),
  name: z.string(),
  description: z.string(),
  access_control: accessControl.optional(),
  created_at: time,
  updated_at: time,
})
export type Channel = z.output<typeof channel>

/** A channel with what the asking person has to do with it. */
export const channelOverview = channel.extend({
  level: z.enum(levels),
  write_access: z.boolean(),
  /** The participants of a direct channel; empty for the other types. */
  users: z.array(person),
  last_message_at: time.nullable(),
  last_read_at: time,
  unread_count: z.number(),
  /** The identity of the channel's log, and the offset of its newest entry. */
  epoch: z.string(),
  offset: z.number(),
})
export type ChannelOverview = z.output<typeof channelOverview>

const reaction = z.object({
  name: z.string(),
  users: z.array(z.object({ id, name: z.string() })),
  count: z.number(),
})

const messageFields = z.object({
  id,
  user_id: id,
  channel_id: id,
  parent_id: id.nullable(),
  reply_to_id: id.nullable(),
  content: z.string(),
  data: z.null(),
  meta: z.null(),
  is_pinned: z.boolean(),
  pinned_at: z.null(),
  pinned_by: z.null(),
  created_at: time,
  updated_at: time,
  /** Set when the message was deleted; its content is gone. */
  deleted_at: time.nullable(),
  user: person.nullable(),
  reply_count: z.number(),
  latest_reply_at: time.nullable(),
  reactions: z.array(reaction),
  /** Position of the message's last change in the channel's log. */
  offset: z.number(),
})

/** A message of a channel with its author, replies and reactions. */
export const message = messageFields.extend({ reply_to_message: messageFields.nullable() })
export type Message = z.output<typeof message>

/** A note without its content, which lives in the document `note:{id}`. */
export const note = z.object({
  id,
  user_id: id,
  title: z.string(),
  data: z.null(),
  meta: z.null(),
  /** There only for those who may manage the note. */
  access_control: accessControl.optional(),
  created_at: time,
  updated_at: time,
})
export type Note = z.output<typeof note>

/** A note with what the asking person has to do with it. */
export const noteOverview = note.extend({ level: z.enum(levels), write_access: z.boolean(), user: person.nullable() })
export type NoteOverview = z.output<typeof noteOverview>
