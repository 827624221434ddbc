/** Tells a person that an administrator must activate the account first. */
import { Button, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { notify } from '../shell/notify.ts'
import { AuthCard } from './auth-card.tsx'
import { useSession } from './session-context.tsx'

/** The page of a pending account. */
export function PendingPage() {
  const { check, leave } = useSession()
  const again = useMutation({
    mutationFn: check,
    onSuccess: (signedIn) => {
      if (!signedIn) notify('The account is not active yet.')
    },
  })
  const signOut = useMutation({ mutationFn: leave })
  return (
    <AuthCard
      title="Your account is waiting"
      hint="It exists, and an administrator must activate it before you can use it. Ask one to do so, then check again."
    >
      <Stack gap="sm">
        <ErrorAlert error={signOut.error} />
        <Button onClick={() => again.mutate()} loading={again.isPending}>
          Check again
        </Button>
        <Button variant="default" onClick={() => signOut.mutate()} loading={signOut.isPending}>
          Sign out
        </Button>
      </Stack>
    </AuthCard>
  )
}
