/** The groups, to share with many people at once. */
import { Button, Group, Paper, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useHttp } from '../session/session-context.tsx'
import { useFieldErrors } from '../session/use-field-errors.ts'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { GroupCard } from './group-card.tsx'
import { groupsKey, useGroups } from './use-directory.ts'

/** The panel. */
export function GroupsPanel() {
  const groups = useGroups()
  return (
    <Stack gap="md">
      <NewGroupForm />
      <ErrorAlert error={groups.error} onRetry={() => void groups.refetch()} />
      {groups.isPending && [1, 2].map((line) => <Skeleton key={line} height={80} radius="lg" />)}
      {groups.data?.groups.length === 0 && (
        <Text size="sm" c="dimmed">
          No groups yet. A group lets you share a channel or note with several people at once.
        </Text>
      )}
      {groups.data?.groups.map((group) => (
        <GroupCard key={group.id} group={group} />
      ))}
    </Stack>
  )
}

function NewGroupForm() {
  const http = useHttp()
  const queries = useQueryClient()
  const form = useForm({
    initialValues: { name: '' },
    validate: { name: (name) => (name.trim() === '' ? 'Give the group a name' : null) },
  })
  const create = useMutation({
    mutationFn: (body: typeof form.values) => http.call('groups.create', { body }),
    onSuccess: () => {
      form.reset()
      return queries.invalidateQueries({ queryKey: groupsKey })
    },
  })
  const refusal = useFieldErrors(form, create.error)
  return (
    <Paper
      component="form"
      withBorder
      radius="lg"
      p="md"
      noValidate
      onSubmit={form.onSubmit((values) => create.mutate(values))}
    >
      <Group align="flex-end" gap="sm">
        <TextInput label="Name of a new group" flex={1} miw={180} {...form.getInputProps('name')} />
        <Button type="submit" leftSection={<IconPlus size={18} />} loading={create.isPending}>
          Create group
        </Button>
      </Group>
      <ErrorAlert error={refusal} />
    </Paper>
  )
}
