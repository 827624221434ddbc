/** Routes about channels and their messages: the same acts as the events, by the same core. */
import { ProtocolError } from '@sallyport/protocol'
import type { AccountStore, RoomStore } from '../ports.ts'
import type { Channels } from '../rooms/channels.ts'
import type { Messages } from '../rooms/messages.ts'
import type { Sessions } from '../rooms/sessions.ts'
import { present } from './accounts.ts'
import type { RouteHandlers } from './http.ts'

export interface ChannelRoutes {
  readonly channels: Channels
  readonly messages: Messages
  readonly store: RoomStore
  readonly accounts: AccountStore
  readonly sessions: Sessions
}

type Prefix = 'channels' | 'members' | 'messages' | 'reactions'
type Names = Extract<keyof RouteHandlers, `${Prefix}.${string}`>

export function createChannelRoutes({
  channels,
  messages,
  store,
  accounts,
  sessions,
}: ChannelRoutes): Pick<RouteHandlers, Names> {
  return {
    'channels.list': ({ identity }) => channels.list(present(identity).standing),
    'channels.create': ({ identity, body }) => channels.create(present(identity).standing, body),
    'channels.get': ({ identity, params }) => channels.get(present(identity).standing, params.id),
    'channels.update': ({ identity, params, body }) => channels.change(present(identity).standing, params.id, body),
    'channels.delete': async ({ params }) => {
      await channels.remove(params.id)
      return {}
    },

    'channels.members': async ({ params }) => {
      const record = await store.access('channel', params.id)
      const listed = record?.access ? [...record.access.read.user_ids, ...record.access.write.user_ids] : []
      const people = record ? await accounts.people([...new Set([record.owner, ...listed])]) : []
      const users = people.map((person) => ({ ...person, is_active: sessions.of(person.id).size > 0 }))
      return { users, total: users.length }
    },
    'members.add': ({ identity, params, body }) =>
      channels.changeMembers(present(identity).standing, params.id, { add: true, ...body }),
    'members.remove': ({ identity, params, body }) =>
      channels.changeMembers(present(identity).standing, params.id, { add: false, ...body }),

    'messages.list': async ({ params, query }) => [...(await store.messages(params.id, null, pageOf(query)))],

    'messages.thread': async ({ params, query }) => {
      const parent = await store.message(params.id, params.message_id)
      if (!parent) throw new ProtocolError('not-found', { rule: 'no-message' })
      const replies = await store.messages(params.id, params.message_id, pageOf(query))
      return replies.length < query.limit ? [...replies, { ...parent, cursor: 0 }] : [...replies]
    },

    'messages.post': async ({ identity, params, body }) => {
      const { message } = await messages.post(present(identity).standing, {
        channel: params.id,
        content: body.content,
        parent: body.parent_id ?? null,
        replyTo: body.reply_to_id ?? null,
        clientKey: body.temp_id ?? null,
      })
      return message
    },
    'messages.update': ({ identity, params, body }) =>
      messages.edit(present(identity).standing, params.id, params.message_id, body.content),
    'messages.delete': async ({ identity, params }) => {
      await messages.remove(present(identity).standing, params.id, params.message_id)
      return true
    },

    'reactions.add': async ({ identity, params, body }) => {
      await messages.react(present(identity).standing, params.id, params.message_id, { name: body.name, add: true })
      return true
    },
    'reactions.remove': async ({ identity, params, body }) => {
      await messages.react(present(identity).standing, params.id, params.message_id, { name: body.name, add: false })
      return true
    },
  }
}

function pageOf({ before, skip, limit }: { before?: number | undefined; skip: number; limit: number }) {
  return { skip, limit, ...(before === undefined ? {} : { before }) }
}
