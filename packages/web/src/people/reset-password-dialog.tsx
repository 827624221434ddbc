/** Gives an account a new password. */

import { Button, Modal, PasswordInput, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Account } from '@sallyport/protocol'
import { useMutation } from '@tanstack/react-query'
import { useHttp } from '../session/session-context.tsx'
import { useFieldErrors } from '../session/use-field-errors.ts'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { notify } from '../shell/notify.ts'

interface ResetPasswordDialogProps {
  readonly account: Account
  readonly opened: boolean
  readonly onClose: () => void
}

/** The dialog. */
export function ResetPasswordDialog({ account, opened, onClose }: ResetPasswordDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`New password for ${account.name}`}>
      <ResetForm account={account} onClose={onClose} />
    </Modal>
  )
}

function ResetForm({ account, onClose }: Omit<ResetPasswordDialogProps, 'opened'>) {
  const http = useHttp()
  const form = useForm({ initialValues: { password: '' } })
  const reset = useMutation({
    mutationFn: (body: typeof form.values) => http.call('users.update', { params: { id: account.id }, body }),
    onSuccess: () => {
      notify(`${account.name} has a new password. Tell them over a safe way.`)
      onClose()
    },
  })
  const refusal = useFieldErrors(form, reset.error)
  return (
    <form onSubmit={form.onSubmit((values) => reset.mutate(values))} noValidate>
      <Stack gap="md">
        <PasswordInput
          label="New password"
          description="At least 8 characters. Their sessions end."
          autoComplete="new-password"
          data-autofocus
          {...form.getInputProps('password')}
        />
        <ErrorAlert error={refusal} />
        <Button type="submit" loading={reset.isPending}>
          Set password
        </Button>
      </Stack>
    </form>
  )
}
