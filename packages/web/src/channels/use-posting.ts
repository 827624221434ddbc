/** Sends messages and holds them as pending or failed until the server has them. */
import type { Channel } from '@sallyport/client'
import type { Message } from '@sallyport/protocol'
import { useCallback, useEffect, useState } from 'react'
import { errorText } from '../shell/error-text.ts'

/** A message that is on its way or was not taken. */
export interface PendingMessage {
  /** The key under which the server stores it once, however often it is sent. */
  readonly key: string
  readonly content: string
  /** Why it was not taken; undefined while it is on its way. */
  readonly failure: string | undefined
}

/** Posting in a channel, or in the thread under a message. `posted` gets each message that the server took. */
export function usePosting(channel: Channel, parent: string | null, posted: (message: Message) => void) {
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
      setPending((list) => [...list.filter((entry) => entry.key !== key), { key, content, failure: undefined }])
      channel.post(content, { clientKey: key, ...(parent === null ? {} : { parentId: parent }) }).then(
        (message) => {
          posted(message)
          drop(key)
        },
        (error: unknown) =>
          setPending((list) =>
            list.map((entry) => (entry.key === key ? { ...entry, failure: errorText(error) } : entry)),
          ),
      )
    },
    [channel, parent, posted, drop],
  )
  const send = useCallback((content: string) => deliver(newKey(), content), [deliver])
  return { pending, send, retry: ({ key, content }: PendingMessage) => deliver(key, content), drop }
}

/** `randomUUID` is missing on pages that came over plain HTTP; this is not. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
