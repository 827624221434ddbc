/** The form for e-mail and password. */
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { SignedIn } from '@sallyport/protocol'
import { useMutation } from '@tanstack/react-query'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { useHttp } from './session-context.tsx'
import { useFieldErrors } from './use-field-errors.ts'

interface SignInFormProps {
  readonly onSignedIn: (account: SignedIn) => void
  /** The address to begin with. */
  readonly email?: string
}

/** Signs in, and hands over the session. */
export function SignInForm({ onSignedIn, email = '' }: SignInFormProps) {
  const http = useHttp()
  const form = useForm({ initialValues: { email, password: '' } })
  const signIn = useMutation({
    mutationFn: (body: typeof form.values) => http.call('auth.signin', { body }),
    onSuccess: onSignedIn,
  })
  const refusal = useFieldErrors(form, signIn.error)
  return (
    <form onSubmit={form.onSubmit((values) => signIn.mutate(values))} noValidate>
      <Stack gap="md">
        <TextInput label="E-mail" type="email" autoComplete="username" required {...form.getInputProps('email')} />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          {...(email === '' ? {} : { 'data-autofocus': true })}
          {...form.getInputProps('password')}
        />
        <ErrorAlert error={refusal} />
        <Button type="submit" loading={signIn.isPending}>
          Sign in
        </Button>
      </Stack>
    </form>
  )
}
