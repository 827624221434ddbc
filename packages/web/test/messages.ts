/** Messages for tests. */
import type { Message } from '@sallyport/protocol'

/** A message of Ana with what the test says. */
export function message(id: string, change: Partial<Message>): Message {
  return {
    id,
    user_id: 'ana',
    channel_id: 'c',
    parent_id: null,
    reply_to_id: null,
    content: `text ${id}`,
    data: null,
    meta: null,
    is_pinned: false,
    pinned_at: null,
    pinned_by: null,
    created_at: 0,
    updated_at: 0,
    deleted_at: null,
    user: { id: 'ana', name: 'Ana', role: 'user' },
    reply_count: 0,
    latest_reply_at: null,
    reactions: [],
    offset: 0,
    reply_to_message: null,
    ...change,
  }
}
