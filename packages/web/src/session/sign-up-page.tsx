/** Lets a person make an account, where the server allows it. */
import { Anchor, Button, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { Link, Redirect, useLocation } from 'wouter'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { AccountFields } from './account-fields.tsx'
import { AuthCard } from './auth-card.tsx'
import { useConfig, useSession } from './session-context.tsx'
import { useFieldErrors } from './use-field-errors.ts'

/** The sign-up page. */
export function SignUpPage() {
  const { http, enter } = useSession()
  const config = useConfig()
  const [, navigate] = useLocation()
  const form = useForm({ initialValues: { name: '', email: '', password: '' } })
  const signUp = useMutation({
    mutationFn: (body: typeof form.values) => http.call('auth.signup', { body }),
    onSuccess: (account) => {
      enter(account)
      navigate('/', { replace: true })
    },
  })
  const refusal = useFieldErrors(form, signUp.error)
  if (config !== undefined && config.features['enable_signup'] !== true) return <Redirect to="/sign-in" replace />
  return (
    <AuthCard title="Create an account">
      <form onSubmit={form.onSubmit((values) => signUp.mutate(values))} noValidate>
        <Stack gap="md">
          <AccountFields form={form} />
          <ErrorAlert error={refusal} />
          <Button type="submit" loading={signUp.isPending}>
            Create account
          </Button>
        </Stack>
      </form>
      <Text size="sm" ta="center">
        Have an account?{' '}
        <Anchor component={Link} href="/sign-in" underline="always">
          Sign in
        </Anchor>
      </Text>
    </AuthCard>
  )
}
