/** A list of messages with the place to write under it: a channel's, or a thread's. */

import { Text } from '@mantine/core'
import type { Channel } from '@sallyport/client'
import type { ChannelOverview } from '@sallyport/protocol'
import { type ReactNode, useState } from 'react'
import { ErrorAlert } from '../shell/error-alert.tsx'
import classes from './channel-view.module.css'
import { Composer } from './composer.tsx'
import { MessageList } from './message-list.tsx'
import type { RowContext } from './message-row.tsx'
import { MessagesSkeleton } from './messages-skeleton.tsx'
import { TypingLine } from './typing-line.tsx'
import { usePosting } from './use-posting.ts'
import { useReading } from './use-reading.ts'
import { useTimeline } from './use-timeline.ts'

interface ConversationProps {
  readonly channel: Channel
  readonly overview: ChannelOverview
  /** The message whose thread it is; null for the channel itself. */
  readonly parent: string | null
  readonly name: string
  readonly context: RowContext
  readonly start: ReactNode
}

const none: readonly never[] = []

/** The conversation. Skeleton while history is on its way; what one writes meanwhile is sent all the same. */
export function Conversation({ channel, overview, parent, name, context, start }: ConversationProps) {
  const { state, reload, loadOlder, merge } = useTimeline(channel, overview.id, parent)
  const posting = usePosting(channel, parent, merge)
  const [atEnd, setAtEnd] = useState(true)
  const messages = state.status === 'ready' ? state.timeline.messages : none
  const newAfter = useReading({ channel, overview, messages, atEnd })
  const label = parent === null ? `Messages in ${name}` : 'Messages in the thread'
  const more = state.status === 'ready' && state.timeline.before !== undefined
  return (
    <>
      {state.status === 'loading' && <MessagesSkeleton />}
      {state.status === 'failed' && <ErrorAlert error={state.error} onRetry={reload} />}
      {state.status === 'ready' && (
        <MessageList
          label={label}
          messages={messages}
          older={more ? state.older : 'none'}
          olderError={state.olderError}
          onOlder={loadOlder}
          posting={posting}
          context={context}
          newAfter={parent === null ? newAfter : undefined}
          start={start}
          onAtEnd={setAtEnd}
        />
      )}
      <div className={classes.foot}>
        <TypingLine channel={channel} parent={parent} />
        {context.canWrite ? (
          <Composer
            channel={channel}
            parent={parent}
            place={[context.me, overview.id, ...(parent === null ? [] : [parent])].join(':')}
            label={parent === null ? `Message ${name}` : 'Reply in the thread'}
            onSend={posting.send}
          />
        ) : (
          <Text size="sm" c="dimmed" ta="center" py="xs">
            You may read this channel but not write in it. Ask its owner for the right.
          </Text>
        )}
      </div>
    </>
  )
}
