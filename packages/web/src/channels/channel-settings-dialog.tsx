/** Lets those who manage a channel rename it and choose who is in it. */

import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ChannelOverview } from '@sallyport/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { toAccessControl, toSharing } from '../people/sharing.ts'
import { SharingEditor } from '../people/sharing-editor.tsx'
import { useHttp } from '../session/session-context.tsx'
import { useFieldErrors } from '../session/use-field-errors.ts'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { channelsKey } from './use-channels.ts'

interface ChannelSettingsDialogProps {
  readonly overview: ChannelOverview
  readonly opened: boolean
  readonly onClose: () => void
}

/** The dialog. */
export function ChannelSettingsDialog({ overview, opened, onClose }: ChannelSettingsDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Name and sharing">
      <SettingsForm overview={overview} onClose={onClose} />
    </Modal>
  )
}

function SettingsForm({ overview, onClose }: Omit<ChannelSettingsDialogProps, 'opened'>) {
  const http = useHttp()
  const queries = useQueryClient()
  const [sharing, setSharing] = useState(() => toSharing(overview.access_control ?? null))
  const form = useForm({
    initialValues: { name: overview.name, description: overview.description },
    validate: { name: (name) => (name.trim() === '' ? 'Give the channel a name' : null) },
  })
  const save = useMutation({
    mutationFn: (values: typeof form.values) =>
      http.call('channels.update', {
        params: { id: overview.id },
        body: { ...values, access_control: toAccessControl(sharing) },
      }),
    onSuccess: async () => {
      onClose()
      await queries.invalidateQueries({ queryKey: channelsKey })
      await queries.invalidateQueries({ queryKey: ['members', overview.id] })
    },
  })
  const refusal = useFieldErrors(form, save.error)
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <Stack gap="md">
        <TextInput label="Name" {...form.getInputProps('name')} />
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
          owner={overview.user_id}
          everybody="Everybody with an account may read and write."
          newLevel="write"
        />
        <ErrorAlert error={refusal} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
