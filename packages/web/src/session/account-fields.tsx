/** The fields of a new account. */
import { PasswordInput, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'

interface AccountFieldsProps {
  readonly form: UseFormReturnType<{ name: string; email: string; password: string }>
}

export function AccountFields({ form }: AccountFieldsProps) {
  return (
    <>
      <TextInput label="Name" autoComplete="name" required {...form.getInputProps('name')} />
      <TextInput label="E-mail" type="email" autoComplete="username" required {...form.getInputProps('email')} />
      <PasswordInput
        label="Password"
        description="At least 8 characters"
        autoComplete="new-password"
        required
        {...form.getInputProps('password')}
      />
    </>
  )
}
