/** Makes a channel: its name, what it is for, and who is in it. */
import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { type Sharing, toAccessControl } from '../people/sharing.ts'
import { SharingEditor } from '../people/sharing-editor.tsx'
import { useAccount, useHttp } from '../session/session-context.tsx'
import { useFieldErrors } from '../session/use-field-errors.ts'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { channelsKey } from './use-channels.ts'

interface DialogProps {
  readonly opened: boolean
  readonly onClose: () => void
}

/** The dialog. */
export function CreateChannelDialog({ opened, onClose }: DialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Create a channel">
      <CreateChannelForm onClose={onClose} />
    </Modal>
  )
}

function CreateChannelForm({ onClose }: { readonly onClose: () => void }) {
  const http = useHttp()
  const me = useAccount().id
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const [sharing, setSharing] = useState<Sharing>({ mode: 'everybody', entries: [] })
  const form = useForm({
    initialValues: { name: '', description: '' },
    validate: { name: (name) => (name.trim() === '' ? 'Give the channel a name' : null) },
  })
  const create = useMutation({
    mutationFn: (values: typeof form.values) =>
      http.call('channels.create', { body: { ...values, ...membersOf(sharing) } }),
    onSuccess: async (channel) => {
      await queries.invalidateQueries({ queryKey: channelsKey })
      onClose()
      navigate(`/channels/${channel.id}`)
    },
  })
  const refusal = useFieldErrors(form, create.error)
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate(values))} noValidate>
      <Stack gap="md">
        <TextInput label="Name" placeholder="For example: design" data-autofocus {...form.getInputProps('name')} />
        <Textarea
          label="Description"
          description="Optional"
          autosize
          minRows={2}
          {...form.getInputProps('description')}
        />
        <SharingEditor
          value={sharing}
          onChange={setSharing}
          owner={me}
          everybody="Everybody with an account may read and write."
          newLevel="write"
        />
        <ErrorAlert error={refusal} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create channel
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** A channel whose named people may all write is of type `group`, which everybody in it can tell from an open one. */
function membersOf(sharing: Sharing) {
  const list = toAccessControl(sharing)
  if (sharing.mode === 'named' && list !== null && sharing.entries.every(({ level }) => level === 'write')) {
    return { type: 'group' as const, ...list.write }
  }
  return { type: 'standard' as const, access_control: list }
}
