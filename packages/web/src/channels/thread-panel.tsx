/** The thread under a message, beside the channel; on a phone in its place. */

import { ActionIcon, Title, Tooltip } from '@mantine/core'
import type { Channel } from '@sallyport/client'
import type { ChannelOverview } from '@sallyport/protocol'
import { IconX } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import classes from './channel-view.module.css'
import { Conversation } from './conversation.tsx'
import type { RowContext } from './message-row.tsx'

interface ThreadPanelProps {
  readonly channel: Channel
  readonly overview: ChannelOverview
  readonly parent: string
  readonly name: string
  readonly context: RowContext
  readonly onClose: () => void
}

/** The panel; Escape closes it when nothing inside wants the key. */
export function ThreadPanel({ onClose, ...conversation }: ThreadPanelProps) {
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    const stop = new AbortController()
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) onClose()
    }
    panel.current?.addEventListener('keydown', onKeyDown, { signal: stop.signal })
    return () => stop.abort()
  }, [onClose])
  return (
    <section ref={panel} className={classes.panel} aria-label="Thread">
      <div className={classes.panelHead}>
        <Title order={2} size="h5">
          Thread
        </Title>
        <Tooltip label="Close the thread">
          <ActionIcon size={32} aria-label="Close the thread" onClick={onClose}>
            <IconX size={18} />
          </ActionIcon>
        </Tooltip>
      </div>
      <Conversation {...conversation} start={null} />
    </section>
  )
}
