/** Keeps the lists of channels and notes as they are on the server, by the events that it sends. */
import type { ChannelOverview } from '@sallyport/protocol'
import { useQueryClient } from '@tanstack/react-query'
import { channelsKey, patchChannel, patchRead } from '../channels/use-channels.ts'
import { notesKey } from '../notes/use-notes.ts'
import { useAccount } from '../session/session-context.tsx'
import { useJoined, useServerEvent } from './connection-context.tsx'

/** Listens while the app is shown. */
export function useLiveLists(): void {
  const queries = useQueryClient()
  const me = useAccount().id

  useServerEvent('events:channel', (payload) => {
    if (!('user' in payload)) {
      const { type, channel_id } = payload.data
      if (type === 'channel:read') patchRead(queries, channel_id)
      else refresh(channelsKey)
      return
    }
    if (payload.data.type !== 'message') return
    const { created_at } = payload.data.data
    const mine = payload.user.id === me
    const known = queries.getQueryData<ChannelOverview[]>(channelsKey)?.some(({ id }) => id === payload.channel_id)
    if (known !== true) return refresh(channelsKey)
    patchChannel(queries, payload.channel_id, ({ unread_count }) => ({
      last_message_at: created_at,
      unread_count: mine ? unread_count : unread_count + 1,
    }))
  })
  useServerEvent('events:note', ({ id }) => {
    refresh(notesKey)
    refresh(['note', id])
  })
  // What happened while there was no connection, before the first one too, came by no event.
  useJoined(() => {
    refresh(channelsKey)
    refresh(notesKey)
    refresh(['note'])
  })

  function refresh(queryKey: readonly string[]): void {
    // Failures of a reload are shown where the list is shown; the promise itself never rejects.
    void queries.invalidateQueries({ queryKey })
  }
}
