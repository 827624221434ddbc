/** The people who have the note open. */
import { Avatar, Tooltip } from '@mantine/core'
import type { NoteProvider } from '@sallyport/client'
import { useEffect, useState } from 'react'
import { PersonAvatar } from '../people/person-avatar.tsx'

const shown = 4

interface Participant {
  readonly id: string
  readonly name: string
}

/** Their avatars, each person once. */
export function Facepile({ awareness }: { readonly awareness: NonNullable<NoteProvider['awareness']> }) {
  const [people, setPeople] = useState<readonly Participant[]>([])
  useEffect(() => {
    const read = () => setPeople(participantsOf(awareness.getStates().values()))
    read()
    awareness.on('change', read)
    return () => awareness.off('change', read)
  }, [awareness])
  const names = people.map(({ name }) => name)
  const rest = people.slice(shown)
  return (
    <Avatar.Group spacing={3} role="img" aria-label={`Here now: ${names.join(', ')}`} visibleFrom="xs">
      {people.slice(0, shown).map(({ id, name }) => (
        <Tooltip key={id} label={name}>
          <span>
            <PersonAvatar id={id} name={name} size={28} />
          </span>
        </Tooltip>
      ))}
      {rest.length > 0 && (
        <Tooltip label={rest.map(({ name }) => name).join(', ')}>
          <Avatar size={28} radius="sm">
            +{rest.length}
          </Avatar>
        </Tooltip>
      )}
    </Avatar.Group>
  )
}

/** The users in awareness states. What others wrote there is only believed to be text. */
function participantsOf(states: Iterable<Record<string, unknown>>): readonly Participant[] {
  const found = new Map<string, Participant>()
  for (const { user } of states) {
    if (typeof user !== 'object' || user === null || !('id' in user) || !('name' in user)) continue
    if (typeof user.id === 'string' && typeof user.name === 'string')
      found.set(user.id, { id: user.id, name: user.name })
  }
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name))
}
