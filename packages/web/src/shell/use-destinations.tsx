/** Where the switcher can go for some letters. */
import { useDebouncedValue } from '@mantine/hooks'
import { IconHash, IconLock, IconNote } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { channelName, isRestricted, useChannels } from '../channels/use-channels.ts'
import { useOpenDirect } from '../channels/use-open-direct.ts'
import { useNotes } from '../notes/use-notes.ts'
import { PersonAvatar } from '../people/person-avatar.tsx'
import { useAccount, useHttp } from '../session/session-context.tsx'

/** A place and the way to it. */
export interface Destination {
  readonly key: string
  readonly label: string
  readonly kind: string
  readonly icon: ReactNode
  readonly go: () => void
}

const shown = 20

/** The places whose names contain the text, unread channels first, 20 at most. */
export function useDestinations(text: string): readonly Destination[] {
  const http = useHttp()
  const me = useAccount().id
  const [, navigate] = useLocation()
  const channels = useChannels().data ?? []
  const notes = useNotes().data ?? []
  const openDirect = useOpenDirect()
  const [settled] = useDebouncedValue(text.trim(), 150)
  const people = useQuery({
    queryKey: ['people', settled],
    queryFn: () => http.call('users.search', { query: { query: settled, limit: 10 } }),
    placeholderData: keepPreviousData,
  })

  const wanted = text.trim().toLocaleLowerCase()
  const matches = (label: string) => label.toLocaleLowerCase().includes(wanted)
  const places: Destination[] = [
    ...channels
      .toSorted((a, b) => b.unread_count - a.unread_count)
      .map((channel) => ({
        key: channel.id,
        label: channelName(channel, me),
        kind:
          channel.unread_count > 0
            ? `${channel.unread_count} unread`
            : channel.type === 'dm'
              ? 'Direct message'
              : 'Channel',
        icon:
          isRestricted(channel) || channel.type === 'dm' ? (
            <IconLock size={18} aria-hidden />
          ) : (
            <IconHash size={18} aria-hidden />
          ),
        go: () => navigate(`/channels/${channel.id}`),
      })),
    ...notes.map((note) => ({
      key: note.id,
      label: note.title,
      kind: 'Note',
      icon: <IconNote size={18} aria-hidden />,
      go: () => navigate(`/notes/${note.id}`),
    })),
    ...(people.data?.users ?? [])
      .filter(({ id }) => id !== me)
      .map((person) => ({
        key: person.id,
        label: person.name,
        kind: 'Person',
        icon: <PersonAvatar id={person.id} name={person.name} size={20} />,
        go: () => openDirect.mutate(person.id),
      })),
  ]
  return places.filter(({ label }) => matches(label)).slice(0, shown)
}
