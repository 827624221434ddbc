/** Events of a channel as the server would send them. */
import type { Message } from '@sallyport/protocol'
import type { ChannelEvent } from '../../src/channel-order.ts'
import { me } from './scripted-server.ts'

export const channelId = '00000000-0000-4000-8000-0000000000c1'

/** The id of the message that the log has at an offset. */
function idAt(offset: number): string {
  return `00000000-0000-4000-8000-${String(offset).padStart(12, '0')}`
}

export function messageAt(offset: number): Message {
  return {
    id: idAt(offset),
    user_id: me.id,
    channel_id: channelId,
    parent_id: null,
    reply_to_id: null,
    content: `message ${offset}`,
    data: null,
    meta: null,
    is_pinned: false,
    pinned_at: null,
    pinned_by: null,
    created_at: offset,
    updated_at: offset,
    deleted_at: null,
    user: { ...me, role: 'user' },
    reply_count: 0,
    latest_reply_at: null,
    reactions: [],
    offset,
    reply_to_message: null,
  }
}

const envelope = { channel_id: channelId, user: { ...me, role: 'user' } } as const

/** A new message at an offset. */
export function eventAt(offset: number, epoch = 'e'): ChannelEvent {
  const message = { ...messageAt(offset), temp_id: null }
  return { ...envelope, message_id: message.id, data: { type: 'message', data: message }, offset, epoch }
}

/** The fresh counts of message 1, after a reply at an offset. */
export function repliedAt(offset: number): ChannelEvent {
  return { ...envelope, message_id: idAt(1), data: { type: 'message:reply', data: messageAt(1) }, offset, epoch: 'e' }
}

export const typing: ChannelEvent = {
  ...envelope,
  message_id: null,
  data: { type: 'typing', data: { typing: true } },
}
