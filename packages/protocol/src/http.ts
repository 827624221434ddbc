/** The HTTP routes, declared like events. The paths are Open WebUI's where it has them. */
import { z } from 'zod'
import { id } from './ids.ts'
import { limits } from './limits.ts'
import { account, channelOverview, channelTypes, group, message, noteOverview, person, signedIn } from './models.ts'
import { accessControl, type Need, on, roles } from './permissions.ts'
import { email, line, newPassword, text } from './text.ts'

/** The declaration of a route. `path` has `{name}` for each parameter. */
export interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly summary: string
  /** What the caller must hold before the handler runs; a permission's `of` names a path parameter. */
  readonly needs: Need
  /** Units of the budgets of the person and the address, as of an event. */
  readonly cost: number
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly reply: R
}

const none = z.object({})
type None = typeof none

function route<
  P extends z.ZodType = None,
  Q extends z.ZodType = None,
  B extends z.ZodType = None,
  R extends z.ZodType = None,
>(
  spec: Pick<RouteSpec<P, Q, B, R>, 'method' | 'path' | 'summary' | 'needs' | 'cost'> & {
    params?: P
    query?: Q
    body?: B
    reply?: R
  },
): RouteSpec<P, Q, B, R> {
  return { params: none as never, query: none as never, body: none as never, reply: none as never, ...spec }
}

const byId = z.object({ id })
const byMessage = z.object({ id, message_id: id })
const password = z.string().min(1).max(limits.passwordMax)
const count = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual)
const cursor = z.coerce.number().int().nonnegative().optional()
const users = z.object({ user_ids: z.array(id).max(limits.accessList) })
const v1 = '/api/v1'

export const routes = {
  config: route({
    method: 'GET',
    path: '/api/config',
    summary:
      'What a client must know before sign-in: name, version, features, whether the server waits for its set-up.',
    needs: 'none',
    cost: 1,
    reply: z.object({
      status: z.literal(true),
      name: z.string(),
      version: z.string(),
      default_locale: z.string(),
      onboarding: z.boolean(),
      oauth: z.object({ providers: z.record(z.string(), z.string()) }),
      features: z.record(z.string(), z.boolean()),
    }),
  }),
  version: route({
    method: 'GET',
    path: '/api/version',
    summary: 'The version; constant over restarts and nodes of one release.',
    needs: 'none',
    cost: 1,
    reply: z.object({ version: z.string(), deployment_id: z.string() }),
  }),
  health: route({
    method: 'GET',
    path: '/health',
    summary: 'Whether the process answers.',
    needs: 'none',
    // It must answer those who watch over the process even when everything is spent.
    cost: 0,
    reply: z.object({ status: z.boolean() }),
  }),
  ready: route({
    method: 'GET',
    path: '/readyz',
    summary: 'Whether the node should get traffic: storage answers and it is not draining.',
    needs: 'none',
    cost: 1,
    reply: z.object({ status: z.boolean() }),
  }),

  'auth.setup': route({
    method: 'POST',
    path: `${v1}/auths/setup`,
    summary: 'Make the first administrator with the one-time code of the set-up link.',
    needs: 'none',
    cost: 10,
    body: z.object({ code: z.string().min(1).max(200), name: line(limits.name), email, password: newPassword }),
    reply: signedIn,
  }),
  'auth.signup': route({
    method: 'POST',
    path: `${v1}/auths/signup`,
    summary: 'Make an account, where the server allows it.',
    needs: 'none',
    cost: 10,
    body: z.object({ name: line(limits.name), email, password: newPassword }),
    reply: signedIn,
  }),
  'auth.signin': route({
    method: 'POST',
    path: `${v1}/auths/signin`,
    summary: 'Sign in with e-mail and password.',
    needs: 'none',
    cost: 10,
    body: z.object({ email, password }),
    reply: signedIn,
  }),
  'auth.signout': route({
    method: 'POST',
    path: `${v1}/auths/signout`,
    summary: 'End the session: its token is refused from now on and its connections are closed.',
    needs: 'none',
    cost: 5,
    reply: z.object({ status: z.literal(true) }),
  }),
  'auth.session': route({
    method: 'GET',
    path: `${v1}/auths/`,
    summary: 'The signed-in person.',
    needs: 'user',
    cost: 1,
    reply: signedIn,
  }),
  'auth.password': route({
    method: 'POST',
    path: `${v1}/auths/update/password`,
    summary: 'Change the password. Every other session of the account ends.',
    needs: 'user',
    cost: 10,
    body: z.object({ password, new_password: newPassword }),
    reply: signedIn,
  }),
  'auth.profile': route({
    method: 'POST',
    path: `${v1}/auths/update/profile`,
    summary: 'Change the name.',
    needs: 'user',
    cost: 5,
    body: z.object({ name: line(limits.name) }),
    reply: person,
  }),
  'auth.add': route({
    method: 'POST',
    path: `${v1}/auths/add`,
    summary: 'Make an account for somebody.',
    needs: 'admin',
    cost: 10,
    body: z.object({ name: line(limits.name), email, password: newPassword, role: z.enum(roles).default('user') }),
    reply: account,
  }),

  'users.search': route({
    method: 'GET',
    path: `${v1}/users/search`,
    summary: 'Find people by name, to share with. Names only.',
    needs: 'user',
    cost: 3,
    query: z.object({ query: z.string().max(limits.searchQuery).default(''), limit: count(limits.page, 30) }),
    reply: z.object({ users: z.array(person) }),
  }),
  'users.list': route({
    method: 'GET',
    path: `${v1}/users/`,
    summary: 'All accounts.',
    needs: 'admin',
    cost: 3,
    query: z.object({ query: z.string().max(limits.searchQuery).default(''), page: count(100_000, 1) }),
    reply: z.object({ users: z.array(account), total: z.number() }),
  }),
  'users.update': route({
    method: 'POST',
    path: `${v1}/users/{id}/update`,
    summary: 'Change the name, role or password of an account. A lost right reaches its open connections at once.',
    needs: 'admin',
    cost: 10,
    params: byId,
    body: z.object({
      name: line(limits.name).optional(),
      role: z.enum(roles).optional(),
      password: newPassword.optional(),
    }),
    reply: account,
  }),
  'users.delete': route({
    method: 'DELETE',
    path: `${v1}/users/{id}`,
    summary: 'Delete an account and end its sessions. What it owned stays for those who may use it.',
    needs: 'admin',
    cost: 10,
    params: byId,
  }),

  'groups.list': route({
    method: 'GET',
    path: `${v1}/groups/`,
    summary: 'The groups: administrators see all with their members, others those they are in.',
    needs: 'user',
    cost: 3,
    reply: z.object({ groups: z.array(group) }),
  }),
  'groups.create': route({
    method: 'POST',
    path: `${v1}/groups/create`,
    summary: 'Make a group.',
    needs: 'admin',
    cost: 5,
    body: z.object({ name: line(limits.name), description: text(limits.description).default('') }),
    reply: group,
  }),
  'groups.update': route({
    method: 'POST',
    path: `${v1}/groups/id/{id}/update`,
    summary: 'Rename a group.',
    needs: 'admin',
    cost: 5,
    params: byId,
    body: z.object({ name: line(limits.name).optional(), description: text(limits.description).optional() }),
    reply: group,
  }),
  'groups.add': route({
    method: 'POST',
    path: `${v1}/groups/id/{id}/users/add`,
    summary: 'Add members to a group.',
    needs: 'admin',
    cost: 5,
    params: byId,
    body: users,
    reply: group,
  }),
  'groups.remove': route({
    method: 'POST',
    path: `${v1}/groups/id/{id}/users/remove`,
    summary: 'Remove members from a group; what they could see through it closes at once.',
    needs: 'admin',
    cost: 5,
    params: byId,
    body: users,
    reply: group,
  }),
  'groups.delete': route({
    method: 'DELETE',
    path: `${v1}/groups/id/{id}/delete`,
    summary: 'Delete a group.',
    needs: 'admin',
    cost: 5,
    params: byId,
  }),

  'channels.list': route({
    method: 'GET',
    path: `${v1}/channels/`,
    summary: 'The channels that the person may read, with unread counts.',
    needs: 'user',
    cost: 3,
    reply: z.array(channelOverview),
  }),
  'channels.create': route({
    method: 'POST',
    path: `${v1}/channels/create`,
    summary: 'Make a channel. A direct channel needs `user_ids` and is the same one for the same people.',
    needs: 'user',
    cost: 5,
    body: z.object({
      name: line(limits.channelName, 0).default(''),
      description: text(limits.description).default(''),
      type: z.enum(channelTypes).default('standard'),
      /** Left out: the owner alone. */
      access_control: accessControl.optional(),
      user_ids: z.array(id).max(limits.accessList).default([]),
      group_ids: z.array(id).max(limits.accessList).default([]),
    }),
    reply: channelOverview,
  }),
  'channels.get': route({
    method: 'GET',
    path: `${v1}/channels/{id}`,
    summary: 'One channel.',
    needs: on('channel:read', 'id'),
    cost: 1,
    params: byId,
    reply: channelOverview,
  }),
  'channels.update': route({
    method: 'POST',
    path: `${v1}/channels/{id}/update`,
    summary: 'Rename a channel or change who may use it. People who lose the right leave at once.',
    needs: on('channel:manage', 'id'),
    cost: 5,
    params: byId,
    body: z.object({
      name: line(limits.channelName).optional(),
      description: text(limits.description).optional(),
      access_control: accessControl.optional(),
    }),
    reply: channelOverview,
  }),
  'channels.delete': route({
    method: 'DELETE',
    path: `${v1}/channels/{id}/delete`,
    summary: 'Delete a channel and its messages.',
    needs: on('channel:manage', 'id'),
    cost: 10,
    params: byId,
  }),
  'channels.members': route({
    method: 'GET',
    path: `${v1}/channels/{id}/members`,
    summary: 'The people who may read a channel and are named in its access list, and who of them is here now.',
    needs: on('channel:read', 'id'),
    cost: 3,
    params: byId,
    reply: z.object({ users: z.array(person.extend({ is_active: z.boolean() })), total: z.number() }),
  }),
  'members.add': route({
    method: 'POST',
    path: `${v1}/channels/{id}/update/members/add`,
    summary: 'Let people and groups write in a channel; they are in it at once.',
    needs: on('channel:manage', 'id'),
    cost: 5,
    params: byId,
    body: users.extend({ group_ids: z.array(id).max(limits.accessList).default([]) }),
    reply: channelOverview,
  }),
  'members.remove': route({
    method: 'POST',
    path: `${v1}/channels/{id}/update/members/remove`,
    summary: 'Take people and groups out of a channel; they leave at once.',
    needs: on('channel:manage', 'id'),
    cost: 5,
    params: byId,
    body: users.extend({ group_ids: z.array(id).max(limits.accessList).default([]) }),
    reply: channelOverview,
  }),

  'messages.list': route({
    method: 'GET',
    path: `${v1}/channels/{id}/messages`,
    summary:
      'Messages of a channel, newest first, without replies in threads; `before` is the cursor of the last page.',
    needs: on('channel:read', 'id'),
    cost: 3,
    params: byId,
    query: z.object({
      before: cursor,
      skip: z.coerce.number().int().nonnegative().default(0),
      limit: count(limits.messagePage, 50),
    }),
    reply: z.array(message.extend({ cursor: z.number() })),
  }),
  'messages.thread': route({
    method: 'GET',
    path: `${v1}/channels/{id}/messages/{message_id}/thread`,
    summary: 'The replies to a message, newest first, the message itself last.',
    needs: on('channel:read', 'id'),
    cost: 3,
    params: byMessage,
    query: z.object({
      before: cursor,
      skip: z.coerce.number().int().nonnegative().default(0),
      limit: count(limits.messagePage, 50),
    }),
    reply: z.array(message.extend({ cursor: z.number() })),
  }),
  'messages.post': route({
    method: 'POST',
    path: `${v1}/channels/{id}/messages/post`,
    summary: 'Post a message. The same `temp_id` of the same person posts once.',
    needs: on('channel:write', 'id'),
    cost: 5,
    params: byId,
    body: z.object({
      content: text(limits.messageContent, 1),
      temp_id: z
        .string()
        .max(limits.clientKey)
        .regex(/^[\w:.-]+$/)
        .nullish(),
      parent_id: id.nullish(),
      reply_to_id: id.nullish(),
    }),
    reply: message,
  }),
  'messages.update': route({
    method: 'POST',
    path: `${v1}/channels/{id}/messages/{message_id}/update`,
    summary: 'Change the text of a message of one’s own.',
    needs: on('channel:write', 'id'),
    cost: 5,
    params: byMessage,
    body: z.object({ content: text(limits.messageContent, 1) }),
    reply: message,
  }),
  'messages.delete': route({
    method: 'DELETE',
    path: `${v1}/channels/{id}/messages/{message_id}/delete`,
    summary: 'Delete a message of one’s own, or any where one manages the channel.',
    needs: on('channel:write', 'id'),
    cost: 5,
    params: byMessage,
    reply: z.boolean(),
  }),
  'reactions.add': route({
    method: 'POST',
    path: `${v1}/channels/{id}/messages/{message_id}/reactions/add`,
    summary: 'React to a message.',
    needs: on('channel:write', 'id'),
    cost: 5,
    params: byMessage,
    body: z.object({ name: line(limits.reactionName) }),
    reply: z.boolean(),
  }),
  'reactions.remove': route({
    method: 'POST',
    path: `${v1}/channels/{id}/messages/{message_id}/reactions/remove`,
    summary: 'Take a reaction back.',
    needs: on('channel:write', 'id'),
    cost: 5,
    params: byMessage,
    body: z.object({ name: line(limits.reactionName) }),
    reply: z.boolean(),
  }),

  'notes.list': route({
    method: 'GET',
    path: `${v1}/notes/`,
    summary: 'The notes that the person may read, the last changed first.',
    needs: 'user',
    cost: 3,
    query: z.object({ page: count(100_000, 1) }),
    reply: z.array(noteOverview),
  }),
  'notes.create': route({
    method: 'POST',
    path: `${v1}/notes/create`,
    summary: 'Make a note.',
    needs: 'user',
    cost: 5,
    body: z.object({ title: line(limits.noteTitle), access_control: accessControl.optional() }),
    reply: noteOverview,
  }),
  'notes.get': route({
    method: 'GET',
    path: `${v1}/notes/{id}`,
    summary: 'One note.',
    needs: on('note:read', 'id'),
    cost: 1,
    params: byId,
    reply: noteOverview,
  }),
  'notes.update': route({
    method: 'POST',
    path: `${v1}/notes/{id}/update`,
    summary: 'Rename a note; its manager may also change who may use it.',
    needs: on('note:write', 'id'),
    cost: 5,
    params: byId,
    body: z.object({ title: line(limits.noteTitle).optional(), access_control: accessControl.optional() }),
    reply: noteOverview,
  }),
  'notes.delete': route({
    method: 'DELETE',
    path: `${v1}/notes/{id}/delete`,
    summary: 'Delete a note and its document.',
    needs: on('note:manage', 'id'),
    cost: 10,
    params: byId,
  }),
} as const

export type RouteName = keyof typeof routes
export type Params<N extends RouteName> = z.output<(typeof routes)[N]['params']>
export type Query<N extends RouteName> = z.output<(typeof routes)[N]['query']>
export type Body<N extends RouteName> = z.output<(typeof routes)[N]['body']>
/** What a client sends: before defaults and cleaning. */
export type SentQuery<N extends RouteName> = z.input<(typeof routes)[N]['query']>
export type SentBody<N extends RouteName> = z.input<(typeof routes)[N]['body']>
export type RouteReply<N extends RouteName> = z.output<(typeof routes)[N]['reply']>
