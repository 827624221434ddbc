/** Shows who is in a channel and who of them is here now. */

import { Badge, Button, Group, Modal, Skeleton, Stack, Text } from '@mantine/core'
import { type ChannelOverview, reaches } from '@sallyport/protocol'
import { useQuery } from '@tanstack/react-query'
import { PersonAvatar } from '../people/person-avatar.tsx'
import { useHttp } from '../session/session-context.tsx'
import { ErrorAlert } from '../shell/error-alert.tsx'
import classes from './direct-message-dialog.module.css'
import { isRestricted } from './use-channels.ts'

interface MembersDialogProps {
  readonly overview: ChannelOverview
  readonly opened: boolean
  readonly onClose: () => void
  readonly onManage: () => void
}

/** The dialog. Loads when it is opened. */
export function MembersDialog({ overview, opened, onClose, onManage }: MembersDialogProps) {
  const http = useHttp()
  const members = useQuery({
    queryKey: ['members', overview.id],
    queryFn: () => http.call('channels.members', { params: { id: overview.id } }),
    enabled: opened,
  })
  return (
    <Modal opened={opened} onClose={onClose} title="Members">
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {isRestricted(overview)
            ? 'Only these people, and the groups that share it, can read this channel.'
            : 'Everybody with an account can read and write in this channel.'}
        </Text>
        <ErrorAlert error={members.error} onRetry={() => void members.refetch()} />
        {members.isPending && [1, 2, 3].map((line) => <Skeleton key={line} height={32} />)}
        <ul className={classes.list} aria-label="Members">
          {members.data?.users.map((person) => (
            <Group component="li" key={person.id} gap="sm" py={6} wrap="nowrap">
              <PersonAvatar id={person.id} name={person.name} size={32} />
              <Text size="sm" flex={1} truncate>
                {person.name}
              </Text>
              {person.is_active && (
                <Badge variant="light" tt="none" fw={550} c="var(--sallyport-accent-text)">
                  here now
                </Badge>
              )}
            </Group>
          ))}
        </ul>
        {reaches(overview.level, 'manage') && (
          <Button variant="default" onClick={onManage}>
            Change who is in it
          </Button>
        )}
      </Stack>
    </Modal>
  )
}
