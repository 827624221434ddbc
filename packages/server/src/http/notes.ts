/** Routes about notes; their content goes over the socket. */
import type { Notes } from '../rooms/notes.ts'
import { present } from './accounts.ts'
import type { RouteHandlers } from './http.ts'

export interface NoteRoutes {
  readonly notes: Notes
}

type Names = Extract<keyof RouteHandlers, `notes.${string}`>

export function createNoteRoutes({ notes }: NoteRoutes): Pick<RouteHandlers, Names> {
  return {
    'notes.list': ({ identity, query }) => notes.list(present(identity).standing, query.page),
    'notes.create': ({ identity, body }) => notes.create(present(identity).standing, body),
    'notes.get': ({ identity, params }) => notes.get(present(identity).standing, params.id),
    'notes.update': ({ identity, params, body }) => notes.change(present(identity).standing, params.id, body),
    'notes.delete': async ({ params }) => {
      await notes.remove(params.id)
      return {}
    },
  }
}
