/** Events in channels. */
import type { RoomStore } from '../ports.ts'
import type { Messages } from '../rooms/messages.ts'
import { resumeChannel } from '../rooms/resume.ts'
import type { Handlers } from './index.ts'

export interface ChannelHandlers {
  readonly messages: Messages
  readonly store: RoomStore
}

type Names = 'events:channel' | 'channel:post' | 'channel:resume'

export function createChannelHandlers({ messages, store }: ChannelHandlers): Pick<Handlers, Names> {
  return {
    'events:channel': async (session, { channel_id, message_id, data }) => {
      if (data.type === 'typing') messages.typing(session.standing, channel_id, message_id ?? null, data.data.typing)
      else await messages.markRead(session.standing, channel_id)
      return {}
    },

    'channel:post': async (session, { channel_id, content, parent_id, reply_to_id, client_key }) => {
      const { message } = await messages.post(session.standing, {
        channel: channel_id,
        content,
        parent: parent_id ?? null,
        replyTo: reply_to_id ?? null,
        clientKey: client_key ?? null,
      })
      return { message, offset: message.offset }
    },

    'channel:resume': (_, { channel_id, since, epoch }) => resumeChannel(store, channel_id, { since, epoch }),
  }
}
