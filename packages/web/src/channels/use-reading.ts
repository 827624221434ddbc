/** Marks a channel as read while the person really looks at its end, and remembers where the new messages begin. */
import type { Channel } from '@sallyport/client'
import type { ChannelOverview, Message } from '@sallyport/protocol'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useAccount } from '../session/session-context.tsx'
import { useAttention } from './use-attention.ts'
import { patchRead } from './use-channels.ts'

interface ReadingOptions {
  readonly channel: Channel
  readonly overview: ChannelOverview
  readonly messages: readonly Message[]
  readonly atEnd: boolean
}

/**
 * The time (ns) after which messages are new; undefined when none are. What comes while the person looks is not new:
 * the mark is set when the channel is opened, and again when the person comes back to it.
 */
export function useReading({ channel, overview, messages, atEnd }: ReadingOptions): number | undefined {
  const queries = useQueryClient()
  const me = useAccount().id
  const attentive = useAttention()
  const { id, unread_count } = overview
  /** What was seen, while the person is not looking (or not yet); undefined while they look. */
  const seen = useRef<number | undefined>(overview.last_read_at)
  const [mark, setMark] = useState<number>()
  const newest = messages.at(-1)?.created_at ?? 0

  useEffect(() => {
    if (newest === 0) return
    if (!attentive) {
      seen.current ??= newest
      return
    }
    const before = seen.current
    seen.current = undefined
    if (before === undefined) return
    if (messages.some(({ created_at, user_id }) => created_at > before && user_id !== me)) setMark(before)
  }, [attentive, newest, messages, me])

  useEffect(() => {
    if (!attentive || !atEnd || newest === 0 || unread_count === 0) return
    channel.markRead()
    patchRead(queries, id)
  }, [attentive, atEnd, newest, unread_count, channel, queries, id])

  return mark
}
