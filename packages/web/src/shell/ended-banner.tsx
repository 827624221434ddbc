/** Says why the connection ended for good, and leads out of it without leaving the page: unsaved edits stay. */
import { Alert, Button, Group, Modal, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { SignedIn } from '@sallyport/protocol'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useAccount, useSession } from '../session/session-context.tsx'
import { SignInForm } from '../session/sign-in-form.tsx'
import { useClient, useConnectionStatus } from './connection-context.tsx'

/** A banner over the page; nothing while the connection stands or comes back by itself. */
export function EndedBanner() {
  const client = useClient()
  const status = useConnectionStatus()
  const account = useAccount()
  const { check, enter } = useSession()
  const [signingIn, showSignIn] = useDisclosure(false)
  const again = useMutation({
    mutationFn: check,
    onSuccess: (signedIn) => {
      if (signedIn) client.connect()
    },
  })
  if (status !== 'ended') return null

  function goOn(next: SignedIn): void {
    enter(next)
    // Somebody else gets an app of their own; the same person goes on in this one.
    if (next.id === account.id) client.connect()
  }

  const over = client.error?.code === 'unauthenticated'
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
        {over ? (
          <Button size="xs" onClick={showSignIn.open}>
            Sign in again
          </Button>
        ) : (
          <Button size="xs" loading={again.isPending} onClick={() => again.mutate()}>
            Connect again
          </Button>
        )}
      </Group>
      <Modal opened={signingIn} onClose={showSignIn.close} title="Sign in again">
        <SignInForm email={account.email} onSignedIn={goOn} />
      </Modal>
    </Alert>
  )
}
