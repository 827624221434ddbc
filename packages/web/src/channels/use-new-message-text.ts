/** What a screen reader is told of messages that come while one reads. */
import type { Message } from '@sallyport/protocol'
import { useEffect, useRef, useState } from 'react'

const batchMs = 800

/** The text of new messages of others, in batches; empty at first, so that history is not read aloud. */
export function useNewMessageText(messages: readonly Message[], me: string): string {
  const [text, setText] = useState('')
  const newest = useRef<number>(undefined)
  const waiting = useRef<string[]>([])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  useEffect(() => {
    const last = messages.at(-1)?.created_at ?? 0
    const known = newest.current ?? last
    newest.current = Math.max(known, last)
    const fresh = messages.filter(({ created_at, user_id }) => created_at > known && user_id !== me)
    if (fresh.length === 0) return
    waiting.current.push(...fresh.map(({ user, content }) => `${user?.name ?? 'Somebody'}: ${content}`))
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      setText(waiting.current.length > 3 ? `${waiting.current.length} new messages` : waiting.current.join('. '))
      waiting.current = []
    }, batchMs)
  }, [messages, me])

  useEffect(() => () => clearTimeout(timer.current), [])
  return text
}
