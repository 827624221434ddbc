/** One group with its members. */

import { ActionIcon, CloseButton, Group, Paper, Pill, Stack, Text, Title, Tooltip } from '@mantine/core'
import { modals } from '@mantine/modals'
import type { Group as PeopleGroup } from '@sallyport/protocol'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useHttp } from '../session/session-context.tsx'
import { notifyError } from '../shell/notify.ts'
import classes from './group-card.module.css'
import { PrincipalSelect } from './principal-select.tsx'
import { groupsKey, useDirectory } from './use-directory.ts'

/** The card: members can be added and removed; the group can be deleted. */
export function GroupCard({ group }: { readonly group: PeopleGroup }) {
  const http = useHttp()
  const queries = useQueryClient()
  const { people } = useDirectory()
  const { id, name } = group
  const settled = {
    onSuccess: () => queries.invalidateQueries({ queryKey: groupsKey }),
    onError: notifyError,
  }
  const add = useMutation({
    mutationFn: (user: string) => http.call('groups.add', { params: { id }, body: { user_ids: [user] } }),
    ...settled,
  })
  const take = useMutation({
    mutationFn: (user: string) => http.call('groups.remove', { params: { id }, body: { user_ids: [user] } }),
    ...settled,
  })
  const remove = useMutation({ mutationFn: () => http.call('groups.delete', { params: { id } }), ...settled })
  const nameOf = (user: string) => people.get(user)?.name ?? 'Somebody not in the list'
  const askDelete = () =>
    modals.openConfirmModal({
      title: `Delete the group “${name}”?`,
      children: <Text size="sm">What its members could see through it closes for them at once.</Text>,
      labels: { confirm: 'Delete group', cancel: 'Keep it' },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(),
    })
  return (
    <Paper component="section" withBorder radius="lg" p="md" aria-label={`Group ${name}`}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap">
          <div>
            <Title order={2} size="h5">
              {name}
            </Title>
            <Text size="xs" c="dimmed">
              {group.user_ids.length === 1 ? '1 member' : `${group.user_ids.length} members`}
            </Text>
          </div>
          <Tooltip label="Delete group">
            <ActionIcon size={32} aria-label={`Delete the group ${name}`} onClick={askDelete}>
              <IconTrash size={18} />
            </ActionIcon>
          </Tooltip>
        </Group>
        {group.user_ids.length > 0 && (
          <ul className={classes.members} aria-label={`Members of ${name}`}>
            {group.user_ids.map((user) => (
              <Pill component="li" key={user} size="lg" className={classes.member}>
                {nameOf(user)}
                <CloseButton
                  size={24}
                  iconSize={14}
                  variant="transparent"
                  aria-label={`Remove ${nameOf(user)} from ${name}`}
                  onClick={() => take.mutate(user)}
                />
              </Pill>
            ))}
          </ul>
        )}
        <PrincipalSelect
          label="Add a member"
          groups={false}
          except={group.user_ids}
          onPick={(_, user) => add.mutate(user)}
        />
      </Stack>
    </Paper>
  )
}
