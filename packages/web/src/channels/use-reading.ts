/** Marks a channel as read while the person really looks at its end, and remembers where the new messages begin. */
import type { Channel } from '@sallyport/client'
import type { ChannelOverview, Message } from '@sallyport/protocol'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useAttention } from './use-attention.ts'
import { patchRead } from './use-channels.ts'

interface ReadingOptions {
  readonly channel: Channel
  readonly overview: ChannelOverview
  readonly messages: readonly Message[]
  readonly atEnd: boolean
}

/** The time (ns) after which messages are new. It stays until the person looks away and comes back. */
export function useReading({ channel, overview, messages, atEnd }: ReadingOptions): number {
  const queries = useQueryClient()
  const attentive = useAttention()
  const [newAfter, setNewAfter] = useState(overview.last_read_at)
  const newest = messages.at(-1)?.created_at ?? 0
  const left = useRef(newest)
  const { id, unread_count } = overview

  useEffect(() => {
    if (attentive || newest === 0) return
    // What comes from now on is what the person did not see.
    left.current = newest
    return () => setNewAfter((before) => Math.max(before, left.current))
  }, [attentive, newest])

  useEffect(() => {
    if (!attentive || !atEnd || newest === 0 || unread_count === 0) return
    channel.markRead()
    patchRead(queries, id)
  }, [attentive, atEnd, newest, unread_count, channel, queries, id])

  return newAfter
}
