/** The public face of the contract. */
export { type ClientEvent, clientEvents, type Input, isClientEvent, type Reply, type Sent } from './client-events.ts'
export { type ErrorCode, type ErrorReport, errors, type Issue, ProtocolError, reportOf } from './errors.ts'
export type { EventSpec, ServerEventSpec } from './event.ts'
export {
  type Body,
  type Params,
  type Query,
  type RouteName,
  type RouteReply,
  type RouteSpec,
  routes,
  type SentBody,
  type SentQuery,
} from './http.ts'
export { documentId, documentOf, id, noteOf, type RoomName, room } from './ids.ts'
export { issuesOf } from './issues.ts'
export { limits } from './limits.ts'
export type {
  Account,
  Channel,
  ChannelOverview,
  Group,
  Message,
  Note,
  NoteOverview,
  Person,
  SignedIn,
} from './models.ts'
export { checkPayload } from './payload.ts'
export {
  type AccessControl,
  type Level,
  levels,
  type Need,
  ownerOnly,
  type Permission,
  partsOf,
  type ResourceKind,
  type Role,
  reaches,
  roles,
} from './permissions.ts'
export { type ChannelData, type Payload, type ServerEvent, serverEvents } from './server-events.ts'
export { email } from './text.ts'
