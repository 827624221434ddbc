/** Signs a person in with e-mail and password. */
import { Anchor, Text } from '@mantine/core'
import { Link } from 'wouter'
import { AuthCard } from './auth-card.tsx'
import { useConfig, useSession } from './session-context.tsx'
import { SignInForm } from './sign-in-form.tsx'

/** The sign-in page. The address stays as it was, so that a link leads where it should after signing in. */
export function SignInPage() {
  const { enter } = useSession()
  const config = useConfig()
  return (
    <AuthCard title="Sign in">
      <SignInForm onSignedIn={enter} />
      {config?.features['enable_signup'] === true && (
        <Text size="sm" ta="center">
          No account yet?{' '}
          <Anchor component={Link} href="/sign-up" underline="always">
            Create one
          </Anchor>
        </Text>
      )}
    </AuthCard>
  )
}
