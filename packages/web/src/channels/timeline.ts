/** The messages of a channel or thread as one list, put together from pages of history and live events. */
import type { Message, RouteReply } from '@sallyport/protocol'

/** A page of history, newest first. */
export type MessagePage = RouteReply<'messages.list'>

/** Messages in the order in which they were posted. */
export interface Timeline {
  readonly messages: readonly Message[]
  /** The cursor under which older ones are to be had; undefined when there are none. */
  readonly before: number | undefined
}

/** A timeline that begins with the newest page; what came live while the page was on its way is kept. */
export function startTimeline(page: MessagePage, size: number, live: readonly Message[]): Timeline {
  const newest = page[0]
  const later = newest === undefined ? live : live.filter(({ created_at }) => created_at > newest.created_at)
  const known = live.filter((message) => page.some(({ id }) => id === message.id))
  const start: Timeline = { messages: page.toReversed(), before: cursorOf(page, size) }
  return [...known, ...later].reduce(mergeMessage, start)
}

/** The timeline with an older page before it. */
export function prependPage(timeline: Timeline, page: MessagePage, size: number): Timeline {
  const known = new Set(timeline.messages.map(({ id }) => id))
  const older = page.filter(({ id }) => !known.has(id)).toReversed()
  return { messages: [...older, ...timeline.messages], before: cursorOf(page, size) }
}

/** The timeline with a message as it is now. An older version than the one that is there changes nothing. */
export function mergeMessage(timeline: Timeline, message: Message): Timeline {
  const { messages } = timeline
  const at = messages.findIndex(({ id }) => id === message.id)
  const before = messages[at]
  if (before === undefined) return insert(timeline, message)
  if (message.offset < before.offset) return timeline
  if (message.deleted_at !== null && message.reply_count === 0) {
    return { ...timeline, messages: messages.filter((_, index) => index !== at) }
  }
  // The event of a deletion names who deleted, not who wrote.
  return {
    ...timeline,
    messages: messages.with(at, message.deleted_at === null ? message : { ...message, user: before.user }),
  }
}

function insert(timeline: Timeline, message: Message): Timeline {
  if (message.deleted_at !== null) return timeline
  const { messages } = timeline
  const after = messages.findLastIndex(({ created_at }) => created_at <= message.created_at)
  // Older than all that is loaded, and more is to be had: it comes with its page.
  if (after === -1 && timeline.before !== undefined) return timeline
  return { ...timeline, messages: messages.toSpliced(after + 1, 0, message) }
}

function cursorOf(page: MessagePage, size: number): number | undefined {
  return page.length < size ? undefined : page.at(-1)?.cursor
}
