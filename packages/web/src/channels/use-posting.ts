/** Sends messages and holds them as pending or failed until the server has them. */
import { type Channel, SallyportError } from '@sallyport/client'
import type { Message } from '@sallyport/protocol'
import { useCallback, useEffect, useState } from 'react'
import { useClient, useJoined } from '../shell/connection-context.tsx'
import { errorText } from '../shell/error-text.ts'

/** A message that is on its way or was not taken. */
export interface PendingMessage {
  /** The key under which the server stores it once, however often it is sent. */
  readonly key: string
  readonly content: string
  readonly state:
    | { readonly at: 'sending' }
    /** There is no connection; it is sent again by itself when there is one. */
    | { readonly at: 'waiting' }
    | { readonly at: 'failed'; readonly reason: string }
}

/** Posting in a channel, or in the thread under a message. `posted` gets each message that the server took. */
export function usePosting(channel: Channel, parent: string | null, posted: (message: Message) => void) {
  const client = useClient()
  const [pending, setPending] = useState<readonly PendingMessage[]>([])
  const drop = useCallback((key: string) => setPending((list) => list.filter((entry) => entry.key !== key)), [])

  // The event of one's own message may come before the acknowledgement.
  useEffect(
    () =>
      channel.on('event', ({ data }) => {
        if (data.type === 'message' && data.data.temp_id !== null) drop(data.data.temp_id)
      }),
    [channel, drop],
  )

  const deliver = useCallback(
    (key: string, content: string) => {
      setPending((list) => [...list.filter((entry) => entry.key !== key), { key, content, state: { at: 'sending' } }])
      channel.post(content, { clientKey: key, ...(parent === null ? {} : { parentId: parent }) }).then(
        (message) => {
          posted(message)
          drop(key)
        },
        (error: unknown) => {
          const away = client.status === 'connecting' || client.status === 'disconnected'
          const waits = away && error instanceof SallyportError && error.retry
          const state = waits ? ({ at: 'waiting' } as const) : ({ at: 'failed', reason: errorText(error) } as const)
          setPending((list) => list.map((entry) => (entry.key === key ? { ...entry, state } : entry)))
        },
      )
    },
    [client, channel, parent, posted, drop],
  )
  useJoined(() => {
    for (const { key, content, state } of pending) if (state.at === 'waiting') deliver(key, content)
  })
  const send = useCallback((content: string) => deliver(newKey(), content), [deliver])
  return { pending, send, retry: ({ key, content }: PendingMessage) => deliver(key, content), drop }
}

/** `randomUUID` is missing on pages that came over plain HTTP; this is not. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
