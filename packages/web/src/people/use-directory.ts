/** The names of people and groups, to choose from and to show what an access list names. */
import type { Group, Person } from '@sallyport/protocol'
import { useQuery } from '@tanstack/react-query'
import { useHttp } from '../session/session-context.tsx'

const listed = 200

/** The key under which the groups are cached. */
export const groupsKey = ['groups'] as const

interface Directory {
  readonly people: ReadonlyMap<string, Person>
  readonly groups: ReadonlyMap<string, Group>
  /** Whether the names are still on their way. */
  readonly loading: boolean
}

/** The first 200 people by name, and the groups that the person knows of. */
export function useDirectory(): Directory {
  const http = useHttp()
  const people = useQuery({
    queryKey: ['people', ''],
    queryFn: () => http.call('users.search', { query: { query: '', limit: listed } }),
  })
  const groups = useGroups()
  return {
    people: new Map(people.data?.users.map((person) => [person.id, person])),
    groups: new Map(groups.data?.groups.map((group) => [group.id, group])),
    loading: people.isPending || groups.isPending,
  }
}

/** The groups that the person knows of. */
export function useGroups() {
  const http = useHttp()
  return useQuery({ queryKey: groupsKey, queryFn: () => http.call('groups.list') })
}

/** People whose names contain the text. */
export function usePeopleSearch(text: string) {
  const http = useHttp()
  return useQuery({
    queryKey: ['people', text],
    queryFn: () => http.call('users.search', { query: { query: text, limit: text === '' ? listed : 30 } }),
    placeholderData: (before) => before,
  })
}
