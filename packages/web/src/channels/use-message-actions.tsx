/** What a person can do with the messages of a channel. */

import { Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import type { Message } from '@sallyport/protocol'
import { useMemo } from 'react'
import { useHttp } from '../session/session-context.tsx'
import { notifyError } from '../shell/notify.ts'

/** Acts on messages. `edit` rejects so that the form can say why; the others tell by a notice. */
export interface MessageActions {
  readonly edit: (message: Message, content: string) => Promise<void>
  readonly askRemove: (message: Message) => void
  readonly react: (message: Message, name: string, add: boolean) => void
}

/** The acts on messages of one channel. What they change comes back as an event. */
export function useMessageActions(channel: string): MessageActions {
  const http = useHttp()
  return useMemo(() => {
    const params = ({ id }: Message) => ({ id: channel, message_id: id })
    const remove = (message: Message) => {
      http.call('messages.delete', { params: params(message) }).catch(notifyError)
    }
    return {
      edit: async (message, content) => {
        await http.call('messages.update', { params: params(message), body: { content } })
      },
      askRemove: (message) =>
        modals.openConfirmModal({
          title: 'Delete this message?',
          children: (
            <Text size="sm" c="dimmed" lineClamp={4}>
              {message.content}
            </Text>
          ),
          labels: { confirm: 'Delete message', cancel: 'Keep it' },
          confirmProps: { color: 'red' },
          onConfirm: () => remove(message),
        }),
      react: (message, name, add) => {
        const request = { params: params(message), body: { name } }
        const done = add ? http.call('reactions.add', request) : http.call('reactions.remove', request)
        done.catch(notifyError)
      },
    }
  }, [http, channel])
}
