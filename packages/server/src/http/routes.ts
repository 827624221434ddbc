/** The handlers of all routes: a missing or an extra one does not compile. */
import { type AccountRoutes, createAccountRoutes } from './accounts.ts'
import { type ChannelRoutes, createChannelRoutes } from './channels.ts'
import type { RouteHandlers } from './http.ts'
import { createNoteRoutes, type NoteRoutes } from './notes.ts'
import { createSystemRoutes, type SystemRoutes } from './system.ts'
import { createUserRoutes, type UserRoutes } from './users.ts'

export function createRoutes(
  parts: AccountRoutes & UserRoutes & ChannelRoutes & NoteRoutes & SystemRoutes,
): RouteHandlers {
  return {
    ...createAccountRoutes(parts),
    ...createUserRoutes(parts),
    ...createChannelRoutes(parts),
    ...createNoteRoutes(parts),
    ...createSystemRoutes(parts),
  }
}
