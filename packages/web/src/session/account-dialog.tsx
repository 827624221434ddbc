/** Lets the signed-in person change their name and password. */
import { Button, Divider, Modal, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { notify } from '../shell/notify.ts'
import { useAccount, useSession } from './session-context.tsx'
import { useFieldErrors } from './use-field-errors.ts'

interface AccountDialogProps {
  readonly opened: boolean
  readonly onClose: () => void
}

/** The dialog with both forms. */
export function AccountDialog({ opened, onClose }: AccountDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Your account">
      <Stack gap="lg">
        <NameForm />
        <Divider />
        <PasswordForm />
      </Stack>
    </Modal>
  )
}

function NameForm() {
  const { http, enter } = useSession()
  const account = useAccount()
  const form = useForm({ initialValues: { name: account.name } })
  const rename = useMutation({
    mutationFn: (body: typeof form.values) => http.call('auth.profile', { body }),
    onSuccess: ({ name }) => {
      enter({ ...account, name })
      notify('Your name was changed.')
    },
  })
  const refusal = useFieldErrors(form, rename.error)
  return (
    <form onSubmit={form.onSubmit((values) => rename.mutate(values))} noValidate>
      <Stack gap="sm">
        <TextInput label="Name" autoComplete="name" {...form.getInputProps('name')} />
        <ErrorAlert error={refusal} />
        <Button type="submit" variant="default" loading={rename.isPending} disabled={!form.isDirty()}>
          Change name
        </Button>
      </Stack>
    </form>
  )
}

function PasswordForm() {
  const { http, enter } = useSession()
  const form = useForm({ initialValues: { password: '', new_password: '' } })
  const change = useMutation({
    mutationFn: (body: typeof form.values) => http.call('auth.password', { body }),
    onSuccess: (account) => {
      enter(account)
      form.reset()
      notify('Your password was changed. Your other sessions have ended.')
    },
  })
  const refusal = useFieldErrors(form, change.error)
  return (
    <form onSubmit={form.onSubmit((values) => change.mutate(values))} noValidate>
      <Stack gap="sm">
        <PasswordInput label="Current password" autoComplete="current-password" {...form.getInputProps('password')} />
        <PasswordInput
          label="New password"
          description="At least 8 characters. Every other session of yours ends."
          autoComplete="new-password"
          {...form.getInputProps('new_password')}
        />
        <ErrorAlert error={refusal} />
        <Button type="submit" variant="default" loading={change.isPending} disabled={!form.isDirty()}>
          Change password
        </Button>
      </Stack>
    </form>
  )
}
