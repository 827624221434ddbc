/** Signs a person in with e-mail and password. */
import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { Link } from 'wouter'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { AuthCard } from './auth-card.tsx'
import { useConfig, useSession } from './session-context.tsx'
import { useFieldErrors } from './use-field-errors.ts'

/** The sign-in page. The address stays as it was, so that a link leads where it should after signing in. */
export function SignInPage() {
  const { http, enter } = useSession()
  const config = useConfig()
  const form = useForm({ initialValues: { email: '', password: '' } })
  const signIn = useMutation({
    mutationFn: (body: typeof form.values) => http.call('auth.signin', { body }),
    onSuccess: enter,
  })
  const refusal = useFieldErrors(form, signIn.error)
  return (
    <AuthCard title="Sign in">
      <form onSubmit={form.onSubmit((values) => signIn.mutate(values))} noValidate>
        <Stack gap="md">
          <TextInput label="E-mail" type="email" autoComplete="username" required {...form.getInputProps('email')} />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            {...form.getInputProps('password')}
          />
          <ErrorAlert error={refusal} />
          <Button type="submit" loading={signIn.isPending}>
            Sign in
          </Button>
        </Stack>
      </form>
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
