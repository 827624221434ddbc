/** The channels that the person may read, and what to call them. */
import type { ChannelOverview, Person } from '@sallyport/protocol'
import { type QueryClient, useQuery } from '@tanstack/react-query'
import { useHttp } from '../session/session-context.tsx'

/** The key under which the list of channels is cached. */
export const channelsKey = ['channels'] as const

/** The list of channels. */
export function useChannels() {
  const http = useHttp()
  return useQuery({ queryKey: channelsKey, queryFn: () => http.call('channels.list') })
}

/** Changes one channel in the cached list. */
export function patchChannel(
  queries: QueryClient,
  id: string,
  change: (channel: ChannelOverview) => Partial<ChannelOverview>,
): void {
  queries.setQueryData<ChannelOverview[]>(channelsKey, (list) =>
    list?.map((channel) => (channel.id === id ? { ...channel, ...change(channel) } : channel)),
  )
}

/** Marks a channel as read up to its newest message in the cached list. */
export function patchRead(queries: QueryClient, id: string): void {
  patchChannel(queries, id, ({ last_read_at, last_message_at }) => ({
    unread_count: 0,
    last_read_at: Math.max(last_read_at, last_message_at ?? 0),
  }))
}

/** The people of a direct channel besides oneself. */
export function othersOf(channel: ChannelOverview, me: string): readonly Person[] {
  return channel.users.filter((user) => user.id !== me)
}

/** What a channel is called: a direct one by its people. */
export function channelName(channel: ChannelOverview, me: string): string {
  if (channel.type !== 'dm') return channel.name
  const names = othersOf(channel, me).map(({ name }) => name)
  return names.length === 0 ? 'Notes to yourself' : names.join(', ')
}

/** Whether only named people and groups may use the channel; those who do not manage it can tell by its type only. */
export function isRestricted(channel: ChannelOverview): boolean {
  return channel.access_control === undefined ? channel.type === 'group' : channel.access_control !== null
}
