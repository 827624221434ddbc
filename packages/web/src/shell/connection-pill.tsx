/** Says when the page is not connected, why, and what that means; shows nothing when all is well. */
import { ActionIcon, Badge, Group, Loader, Tooltip } from '@mantine/core'
import { IconCloudOff, IconPlugConnectedX, IconRefresh } from '@tabler/icons-react'
import { useClient, useConnectionStatus } from './connection-context.tsx'
import classes from './connection-pill.module.css'

const kept = 'Offline – edits are kept here and sent back'

/** The pill in the header of each page. */
export function ConnectionPill() {
  const client = useClient()
  const status = useConnectionStatus()
  if (status === 'connected') return <span role="status" hidden />
  const connecting = status === 'connecting'
  // A first attempt is "connecting"; one after a loss still means that the page is offline.
  const label = connecting ? 'Connecting…' : status === 'ended' ? 'Disconnected' : kept
  const reason = client.error?.message ?? 'The connection to the server is lost. It is tried again by itself.'
  return (
    <Group
      gap={4}
      wrap="nowrap"
      role="status"
      data-testid="connection-pill"
      data-status={status}
      className={classes.pill}
    >
      <Tooltip
        label={connecting ? 'Reaching the server.' : reason}
        multiline
        maw={320}
        disabled={connecting && client.error === undefined}
      >
        <Badge
          size="lg"
          variant="light"
          color={connecting ? 'gray' : 'yellow'}
          tt="none"
          fw={550}
          tabIndex={0}
          aria-label={connecting ? label : `${label}. ${reason}`}
          className={classes.badge}
          leftSection={
            connecting ? (
              <Loader size={12} color="gray" aria-hidden />
            ) : status === 'ended' ? (
              <IconPlugConnectedX size={14} aria-hidden />
            ) : (
              <IconCloudOff size={14} aria-hidden />
            )
          }
        >
          <span className={classes.long}>{label}</span>
          <span className={classes.short}>{label.split(' –')[0]}</span>
        </Badge>
      </Tooltip>
      {status === 'disconnected' && (
        <Tooltip label="Connect now">
          <ActionIcon aria-label="Connect now" onClick={() => client.connect()}>
            <IconRefresh size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  )
}
