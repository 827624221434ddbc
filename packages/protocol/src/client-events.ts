/** The events that clients send: all there are. An event that is not here is refused. */
import { z } from 'zod'
import { clientKey } from './client-key.ts'
import { bytes, event, nothing } from './event.ts'
import { documentId, id } from './ids.ts'
import { limits } from './limits.ts'
import { message } from './models.ts'
import { on } from './permissions.ts'
import { line, text } from './text.ts'

const auth = z.object({ token: z.string().min(1).max(8_192) })
const offset = z.number().int().nonnegative()

/** What identifies a client in a document besides its session; believed for nothing. */
const claimed = {
  user_id: z.string().max(100).optional(),
  user_name: z.string().max(500).optional(),
  user_color: z.string().max(50).optional(),
  socket_id: z.string().max(100).optional(),
}

export const clientEvents = {
  'user-join': event({
    summary: 'Take up (or renew) the identity of the token and enter the rooms of the person and their channels.',
    needs: 'none',
    cost: 5,
    input: z.object({ auth: auth.optional() }),
    reply: z.object({ id, name: z.string() }),
    flat: true,
  }),
  heartbeat: event({
    summary: 'Say that the person is still there.',
    needs: 'user',
    cost: 1,
    input: z.object({}).optional(),
    reply: nothing,
  }),
  'join-channels': event({
    summary: 'Enter the rooms of all channels that the person may read.',
    needs: 'user',
    cost: 5,
    input: z.object({ auth: auth.optional() }).optional(),
    reply: z.object({ channels: z.array(id) }),
  }),
  'join-note': event({
    summary: 'Follow the title, sharing and deletion of a note.',
    needs: on('note:read', 'note_id'),
    cost: 2,
    input: z.object({ note_id: id, auth: auth.optional() }),
    reply: nothing,
  }),
  'events:channel': event({
    summary: 'Tell a channel that the person types, or mark it as read.',
    needs: on('channel:read', 'channel_id'),
    cost: 1,
    input: z.object({
      channel_id: id,
      message_id: id.nullish(),
      data: z.discriminatedUnion('type', [
        z.object({ type: z.literal('typing'), data: z.object({ typing: z.boolean() }).default({ typing: true }) }),
        z.object({ type: z.literal('last_read_at') }),
      ]),
    }),
    reply: nothing,
  }),
  'channel:post': event({
    summary: 'Post a message. Acknowledged when it is durable; the same `client_key` posts once.',
    needs: on('channel:write', 'channel_id'),
    cost: 5,
    input: z.object({
      channel_id: id,
      content: text(limits.messageContent, 1),
      parent_id: id.nullish(),
      reply_to_id: id.nullish(),
      client_key: clientKey.optional(),
    }),
    reply: z.object({ message, offset }),
  }),
  'channel:resume': event({
    summary: 'Get what changed in a channel after an offset, or learn that there is a gap.',
    needs: on('channel:read', 'channel_id'),
    cost: 5,
    input: z.object({ channel_id: id, since: offset, epoch: z.string().max(64).optional() }),
    reply: z.object({
      /** True when not everything that was missed can be given: load the history again. */
      gap: z.boolean(),
      epoch: z.string(),
      offset,
      /** Each message that changed after `since`, once, as it is now, in the order of its last change. */
      messages: z.array(message),
    }),
  }),
  usage: event({
    summary: 'Report that a model is in use.',
    needs: 'user',
    cost: 1,
    input: z.object({
      action: z.string().max(32).optional(),
      model: line(limits.modelName),
      chat_id: z.string().max(100).nullish(),
    }),
    reply: nothing,
  }),
  'ydoc:document:join': event({
    summary: 'Open a document: its state comes as `ydoc:document:state`, then its updates.',
    needs: on('note:read', 'document_id'),
    cost: 10,
    input: z.object({
      document_id: documentId,
      /** What the client has: the state then holds the rest only. */
      state_vector: bytes(limits.stateVectorBytes).optional(),
      ...claimed,
    }),
    reply: z.object({ offset, epoch: z.string(), level: z.enum(['read', 'write', 'manage']) }),
  }),
  'ydoc:document:state': event({
    summary: 'Get the state of an open document again.',
    needs: on('note:read', 'document_id'),
    cost: 10,
    input: z.object({ document_id: documentId, state_vector: bytes(limits.stateVectorBytes).optional() }),
    reply: z.object({ offset, epoch: z.string() }),
  }),
  'ydoc:document:update': event({
    summary: 'Send a Yjs update (V1). Acknowledged when it is durable.',
    needs: on('note:write', 'document_id'),
    cost: 3,
    bytes: limits.documentEventBytes,
    // Open WebUI's client sends three renderings of the whole note with every keystroke; they are never believed.
    ignores: ['data'],
    input: z.object({ document_id: documentId, update: bytes(limits.updateBytes).optional(), ...claimed }),
    /** `changed` is false when the document had it all already. */
    reply: z.object({ offset, changed: z.boolean() }),
  }),
  'ydoc:document:leave': event({
    summary: 'Close a document.',
    needs: 'user',
    cost: 1,
    input: z.object({ document_id: documentId, user_id: claimed.user_id }),
    reply: nothing,
  }),
  'ydoc:awareness:update': event({
    summary: "Tell the document's other participants where the person is.",
    needs: on('note:read', 'document_id'),
    cost: 1,
    input: z.object({ document_id: documentId, update: bytes(limits.awarenessBytes * 2), user_id: claimed.user_id }),
    reply: nothing,
  }),
} as const

export type ClientEvent = keyof typeof clientEvents
/** What a client sends. */
export type Sent<E extends ClientEvent> = z.input<(typeof clientEvents)[E]['input']>
/** What a handler gets: parsed, stripped, clean. */
export type Input<E extends ClientEvent> = z.output<(typeof clientEvents)[E]['input']>
/** The value of the acknowledgement. */
export type Reply<E extends ClientEvent> = z.output<(typeof clientEvents)[E]['reply']>

/** Whether a name is an event that clients may send. */
export function isClientEvent(name: unknown): name is ClientEvent {
  return typeof name === 'string' && Object.hasOwn(clientEvents, name)
}
