/** A message that the server does not have yet. */
import { Button, Group, Text } from '@mantine/core'
import { PersonAvatar } from '../people/person-avatar.tsx'
import { useAccount } from '../session/session-context.tsx'
import classes from './message.module.css'
import { MessageBody } from './message-body.tsx'
import type { PendingMessage } from './use-posting.ts'

const labels = { sending: 'Sending…', waiting: 'Sent when the connection is back', failed: 'Not sent' } as const

interface PendingRowProps {
  readonly entry: PendingMessage
  readonly onRetry: (entry: PendingMessage) => void
  readonly onDrop: (key: string) => void
}

/** The row: pale while it is on its way, with a reason and a way out when it was not taken. */
export function PendingRow({ entry, onRetry, onDrop }: PendingRowProps) {
  const account = useAccount()
  const { state } = entry
  return (
    <li className={classes.row} data-pending={state.at}>
      <div className={classes.aside}>
        <PersonAvatar id={account.id} name={account.name} />
      </div>
      <div className={classes.main}>
        <div className={classes.head}>
          <Text component="span" fw={620} size="sm">
            {account.name}
          </Text>
          <Text component="span" size="xs" c={state.at === 'failed' ? 'var(--mantine-color-error)' : 'dimmed'}>
            {labels[state.at]}
          </Text>
        </div>
        <MessageBody content={entry.content} />
        {state.at !== 'sending' && (
          <div>
            {state.at === 'failed' && (
              <Text role="alert" size="xs" c="var(--mantine-color-error)">
                {state.reason}
              </Text>
            )}
            <Group gap="xs" mt={4}>
              <Button size="compact-xs" variant="light" onClick={() => onRetry(entry)}>
                Send again
              </Button>
              <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onDrop(entry.key)}>
                Discard
              </Button>
            </Group>
          </div>
        )}
      </div>
    </li>
  )
}
