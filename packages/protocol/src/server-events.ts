/** The events that the server sends. */
import { z } from 'zod'
import { serverEvent } from './event.ts'
import { documentId, id } from './ids.ts'
import { channel, message, note, person } from './models.ts'

/** Bytes as they arrive: binary for clients that announced it (`auth.binary`), an array of numbers otherwise. */
const wireBytes = z.union([z.custom<Uint8Array>((value) => value instanceof Uint8Array), z.array(z.number())])

const channelData = z.discriminatedUnion('type', [
  /** A new message; `temp_id` is the poster's own key, so that they can tell it from others. */
  z.object({ type: z.literal('message'), data: message.extend({ temp_id: z.string().nullable() }) }),
  /** The parent of a reply that was posted or deleted, with its fresh counts. */
  z.object({ type: z.literal('message:reply'), data: message }),
  z.object({ type: z.literal('message:update'), data: message }),
  /** A deleted message, without its content. */
  z.object({ type: z.literal('message:delete'), data: message }),
  z.object({ type: z.literal('message:reaction:add'), data: message.extend({ name: z.string() }) }),
  z.object({ type: z.literal('message:reaction:remove'), data: message.extend({ name: z.string() }) }),
  z.object({ type: z.literal('typing'), data: z.object({ typing: z.boolean() }) }),
])
export type ChannelData = z.output<typeof channelData>

/** What happens to a person's list of channels and notes. */
const listData = z.object({
  type: z.enum(['channel:created', 'channel:updated', 'channel:deleted', 'channel:read']),
  channel_id: id,
})

export const serverEvents = {
  'events:channel': serverEvent({
    summary: 'What happens in a channel, or (without `user`) to the list of channels.',
    sheddable: false,
    payload: z.union([
      z.object({
        channel_id: id,
        message_id: id.nullable(),
        data: channelData,
        user: person,
        channel: channel.optional(),
        /** Position in the channel's log, and the identity of the log; absent for typing. */
        offset: z.number().optional(),
        epoch: z.string().optional(),
      }),
      z.object({ data: listData }),
    ]),
  }),
  events: serverEvent({
    summary: "A chat event of the person's own. Sent by the application that embeds the server.",
    sheddable: false,
    payload: z.object({
      chat_id: z.string(),
      message_id: z.string().nullable(),
      data: z.object({ type: z.string(), data: z.unknown() }),
    }),
  }),
  'events:note': serverEvent({
    summary: 'A note was renamed, shared otherwise, or deleted; or one appeared for the person.',
    sheddable: false,
    payload: z.object({ type: z.enum(['note:created', 'note:updated', 'note:deleted']), id }),
  }),
  'note-events': serverEvent({
    summary: 'A note as it is after a change of its title or sharing, to those who follow it.',
    sheddable: false,
    payload: note,
  }),
  'ydoc:document:state': serverEvent({
    summary: 'The state of a document: all of it, or what the state vector of the request lacked.',
    sheddable: false,
    payload: z.object({
      document_id: documentId,
      state: wireBytes,
      /** Opaque marks of the participants, the receiver's own first in sort order only by chance. */
      sessions: z.array(z.string()),
      offset: z.number(),
      epoch: z.string(),
      /** What the server has, so that the client can send what the server lacks. */
      state_vector: wireBytes,
    }),
  }),
  'ydoc:document:update': serverEvent({
    summary: 'An update of an open document, durable before it is sent.',
    sheddable: false,
    payload: z.object({
      document_id: documentId,
      user_id: id,
      socket_id: z.string(),
      update: wireBytes,
      offset: z.number(),
    }),
  }),
  'ydoc:awareness:update': serverEvent({
    summary: 'Where the participants of a document are. The `user` of each state is set by the server.',
    sheddable: true,
    payload: z.object({ document_id: documentId, user_id: id, update: wireBytes }),
  }),
  'ydoc:user:joined': serverEvent({
    summary: 'Somebody opened the document.',
    sheddable: false,
    payload: z.object({ document_id: documentId, user_id: id, user_name: z.string(), user_color: z.string() }),
  }),
  'ydoc:user:left': serverEvent({
    summary: 'Somebody closed the document.',
    sheddable: false,
    payload: z.object({ document_id: documentId, user_id: id }),
  }),
  'room:left': serverEvent({
    summary: 'The person lost the right to a channel or document: the server has closed it for this connection.',
    sheddable: false,
    payload: z.object({
      channel_id: id.optional(),
      document_id: documentId.optional(),
      reason: z.enum(['access-removed', 'deleted']),
    }),
  }),
  'room:level': serverEvent({
    summary: 'What the person may do with an open document has changed.',
    sheddable: false,
    payload: z.object({ document_id: documentId, level: z.enum(['read', 'write', 'manage']) }),
  }),
  error: serverEvent({
    summary: 'An event without an acknowledgement was refused, or the connection is about to end.',
    sheddable: false,
    payload: z.object({
      event: z.string().nullable(),
      code: z.string(),
      message: z.string(),
      retry: z.boolean(),
      retry_after: z.number().optional(),
      issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    }),
  }),
} as const

export type ServerEvent = keyof typeof serverEvents
/** What a client receives. */
export type Payload<E extends ServerEvent> = z.output<(typeof serverEvents)[E]['payload']>
