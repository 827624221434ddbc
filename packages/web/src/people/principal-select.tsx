/** Finds a person or group by name and picks it. */
import { Group, Select, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconUsersGroup } from '@tabler/icons-react'
import { useState } from 'react'
import { PersonAvatar } from './person-avatar.tsx'
import type { SharingEntry } from './sharing.ts'
import { useGroups, usePeopleSearch } from './use-directory.ts'

interface PrincipalSelectProps {
  readonly label: string
  readonly placeholder?: string
  readonly groups?: boolean
  /** The ids that cannot be picked: they are there already. */
  readonly except: readonly string[]
  readonly onPick: (kind: SharingEntry['kind'], id: string) => void
}

/** A field that searches while one types, and is empty again after each pick. */
export function PrincipalSelect({
  label,
  placeholder = 'Search by name',
  groups = true,
  except,
  onPick,
}: PrincipalSelectProps) {
  const [text, setText] = useState('')
  const [settled] = useDebouncedValue(text.trim(), 150)
  const people = usePeopleSearch(settled).data?.users ?? []
  const known = useGroups().data?.groups ?? []
  const free = ({ id }: { readonly id: string }) => !except.includes(id)
  const peopleOptions = people.filter(free).map(({ id, name }) => ({ value: `user:${id}`, label: name }))
  const groupOptions = groups ? known.filter(free).map(({ id, name }) => ({ value: `group:${id}`, label: name })) : []
  const data = [
    { group: 'People', items: peopleOptions },
    { group: 'Groups', items: groupOptions },
  ].filter(({ items }) => items.length > 0)
  return (
    <Select
      label={label}
      placeholder={placeholder}
      searchable
      data={data}
      value={null}
      searchValue={text}
      onSearchChange={setText}
      onChange={(value) => {
        if (value === null) return
        const [kind, id] = value.split(':')
        if (id !== undefined) onPick(kind === 'group' ? 'group' : 'user', id)
        setText('')
      }}
      nothingFoundMessage="Nobody of that name"
      maxDropdownHeight={220}
      renderOption={({ option }) => (
        <Group gap="sm" wrap="nowrap">
          {option.value.startsWith('group:') ? (
            <IconUsersGroup size={20} aria-hidden />
          ) : (
            <PersonAvatar id={option.value.slice('user:'.length)} name={option.label} size={22} />
          )}
          <Text size="sm">{option.label}</Text>
        </Group>
      )}
    />
  )
}
