/** A channel: its messages live, where to write, and a thread beside them. */
import type { Channel } from '@sallyport/client'
import type { ChannelOverview } from '@sallyport/protocol'
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { useAccount } from '../session/session-context.tsx'
import { useClient } from '../shell/connection-context.tsx'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { NotFoundPage } from '../shell/not-found-page.tsx'
import { notify } from '../shell/notify.ts'
import { PageHeader } from '../shell/page-header.tsx'
import { ChannelView } from './channel-view.tsx'
import { MessagesSkeleton } from './messages-skeleton.tsx'
import { channelName, useChannels } from './use-channels.ts'

/** The page of the channel with an id. */
export function ChannelPage({ id }: { readonly id: string }) {
  const channels = useChannels()
  const overview = channels.data?.find((channel) => channel.id === id)
  if (overview !== undefined) return <OpenChannel key={id} overview={overview} />
  if (channels.isSuccess && !channels.isFetching) return <NotFoundPage />
  return (
    <>
      <PageHeader name="Channel" title={<span />} />
      {channels.error === null ? (
        <MessagesSkeleton />
      ) : (
        <ErrorAlert error={channels.error} onRetry={() => void channels.refetch()} />
      )}
    </>
  )
}

function OpenChannel({ overview }: { readonly overview: ChannelOverview }) {
  const client = useClient()
  const me = useAccount().id
  const [, navigate] = useLocation()
  const [channel, setChannel] = useState<Channel>()
  const name = channelName(overview, me)
  const { id } = overview
  // Where the list stood when the page opened: from there on the channel tells what changed.
  const [{ offset, epoch }] = useState(overview)

  useEffect(() => {
    const opened = client.channel(id, { since: offset, epoch })
    setChannel(opened)
    return () => opened.close()
  }, [client, id, offset, epoch])

  useEffect(
    () =>
      channel?.on('left', (reason) => {
        notify(reason === 'deleted' ? `“${name}” was deleted.` : `You no longer have access to “${name}”.`)
        navigate('/', { replace: true })
      }),
    [channel, name, navigate],
  )

  if (channel === undefined) return null
  return <ChannelView channel={channel} overview={overview} name={name} />
}
