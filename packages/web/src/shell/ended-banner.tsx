/** Says why the connection ended for good, and leads out of it. */
import { Alert, Button, Group, Text } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useSession } from '../session/session-context.tsx'
import { useClient, useConnectionStatus } from './connection-context.tsx'

/** A banner over the page; nothing while the connection stands or comes back by itself. */
export function EndedBanner() {
  const client = useClient()
  const status = useConnectionStatus()
  const { check } = useSession()
  // A session that is over leads to the sign-in page; one that is not only needed a new connection.
  const again = useMutation({ mutationFn: check, onSettled: () => client.connect() })
  if (status !== 'ended') return null
  const signIn = client.error?.code === 'unauthenticated'
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      radius={0}
      icon={<IconPlugConnectedX size={18} aria-hidden />}
      c="var(--mantine-color-text)"
    >
      <Group justify="space-between" gap="sm">
        <Text size="sm">
          {client.error?.message ?? 'The server ended the connection.'} Nothing new arrives until then.
        </Text>
        <Button size="xs" loading={again.isPending} onClick={() => again.mutate()}>
          {signIn ? 'Sign in again' : 'Connect again'}
        </Button>
      </Group>
    </Alert>
  )
}
