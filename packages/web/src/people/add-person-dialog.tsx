/** Makes an account for somebody. */

import { Button, Modal, NativeSelect, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Role } from '@sallyport/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useHttp } from '../session/session-context.tsx'
import { useFieldErrors } from '../session/use-field-errors.ts'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { notify } from '../shell/notify.ts'
import { accountsKey } from './accounts-key.ts'

interface AddPersonDialogProps {
  readonly opened: boolean
  readonly onClose: () => void
}

/** The dialog. */
export function AddPersonDialog({ opened, onClose }: AddPersonDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add a person">
      <AddForm onClose={onClose} />
    </Modal>
  )
}

function AddForm({ onClose }: { readonly onClose: () => void }) {
  const http = useHttp()
  const queries = useQueryClient()
  const form = useForm({ initialValues: { name: '', email: '', password: '', role: 'user' as Role } })
  const add = useMutation({
    mutationFn: (body: typeof form.values) => http.call('auth.add', { body }),
    onSuccess: ({ name }) => {
      notify(`${name} has an account now. Tell them the password over a safe way.`)
      onClose()
      return queries.invalidateQueries({ queryKey: accountsKey })
    },
  })
  const refusal = useFieldErrors(form, add.error)
  return (
    <form onSubmit={form.onSubmit((values) => add.mutate(values))} noValidate>
      <Stack gap="md">
        <TextInput label="Name" autoComplete="off" data-autofocus {...form.getInputProps('name')} />
        <TextInput label="E-mail" type="email" autoComplete="off" {...form.getInputProps('email')} />
        <PasswordInput
          label="First password"
          description="At least 8 characters. They can change it after signing in."
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <NativeSelect
          label="Role"
          data={[
            { value: 'user', label: 'User' },
            { value: 'admin', label: 'Administrator' },
            { value: 'pending', label: 'Pending' },
          ]}
          {...form.getInputProps('role')}
        />
        <ErrorAlert error={refusal} />
        <Button type="submit" loading={add.isPending}>
          Add person
        </Button>
      </Stack>
    </form>
  )
}
