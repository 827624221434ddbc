/** What is seen of an open channel. */
import type { Channel } from '@sallyport/client'
import { type ChannelOverview, reaches } from '@sallyport/protocol'
import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'wouter'
import { useAccount } from '../session/session-context.tsx'
import { PageHeader } from '../shell/page-header.tsx'
import { ChannelActions, ChannelTitle } from './channel-header.tsx'
import { ChannelStart } from './channel-start.tsx'
import classes from './channel-view.module.css'
import { Conversation } from './conversation.tsx'
import { ThreadPanel } from './thread-panel.tsx'
import { useMessageActions } from './use-message-actions.tsx'

interface ChannelViewProps {
  readonly channel: Channel
  readonly overview: ChannelOverview
  readonly name: string
}

/** The messages, and the thread that the address names. */
export function ChannelView({ channel, overview, name }: ChannelViewProps) {
  const me = useAccount().id
  const actions = useMessageActions(overview.id)
  const [search, setSearch] = useSearchParams()
  const thread = search.get('thread')
  const openThread = useCallback((message: string) => setSearch({ thread: message }), [setSearch])
  const closeThread = useCallback(() => setSearch({}), [setSearch])
  const canWrite = overview.write_access
  const canManage = reaches(overview.level, 'manage')
  const context = useMemo(() => ({ me, canWrite, canManage, actions }), [me, canWrite, canManage, actions])
  const listContext = useMemo(() => ({ ...context, onThread: openThread }), [context, openThread])

  return (
    <>
      <PageHeader
        name={name}
        title={<ChannelTitle overview={overview} name={name} />}
        actions={<ChannelActions overview={overview} name={name} />}
      />
      <div className={classes.columns}>
        <div className={classes.messages} data-covered={thread !== null || undefined}>
          <Conversation
            channel={channel}
            overview={overview}
            parent={null}
            name={name}
            context={listContext}
            start={<ChannelStart overview={overview} name={name} />}
          />
        </div>
        {thread !== null && (
          <ThreadPanel
            key={thread}
            channel={channel}
            overview={overview}
            parent={thread}
            name={name}
            context={context}
            onClose={closeThread}
          />
        )}
      </div>
    </>
  )
}
