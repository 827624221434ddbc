/** Who is writing in a channel or thread now. */
import type { Channel } from '@sallyport/client'
import { useEffect, useState } from 'react'
import { useAccount } from '../session/session-context.tsx'

/** A person who stopped without saying so is shown for this long. */
const shownMs = 4_000

interface Typist {
  readonly id: string
  readonly name: string
  readonly until: number
}

/** The names of the other people who type, in the order in which they began. */
export function useTyping(channel: Channel, parent: string | null): readonly string[] {
  const me = useAccount().id
  const [typists, setTypists] = useState<readonly Typist[]>([])

  useEffect(
    () =>
      channel.on('event', ({ data, user, message_id }) => {
        const stops = data.type === 'message' || (data.type === 'typing' && !data.data.typing)
        if (user.id === me || (data.type !== 'message' && data.type !== 'typing')) return
        if (data.type === 'typing' && (message_id ?? null) !== parent) return
        setTypists((list) => {
          if (stops) return list.filter(({ id }) => id !== user.id)
          const entry = { id: user.id, name: user.name, until: Date.now() + shownMs }
          return list.some(({ id }) => id === user.id)
            ? list.map((other) => (other.id === user.id ? entry : other))
            : [...list, entry]
        })
      }),
    [channel, parent, me],
  )

  useEffect(() => {
    const next = Math.min(...typists.map(({ until }) => until))
    if (!Number.isFinite(next)) return
    const timer = setTimeout(
      () => setTypists((list) => list.filter(({ until }) => until > Date.now())),
      Math.max(0, next - Date.now()) + 10,
    )
    return () => clearTimeout(timer)
  }, [typists])

  return typists.map(({ name }) => name)
}
