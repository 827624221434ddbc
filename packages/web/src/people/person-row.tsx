/** One account in the list of administrators. */

import { ActionIcon, Button, Group, Menu, NativeSelect, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { modals } from '@mantine/modals'
import type { Account, Role } from '@sallyport/protocol'
import { IconDots, IconKey, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useAccount, useHttp } from '../session/session-context.tsx'
import { notify, notifyError } from '../shell/notify.ts'
import { timeAgo } from '../shell/time.ts'
import { accountsKey } from './accounts-key.ts'
import classes from './admin-page.module.css'
import { PersonAvatar } from './person-avatar.tsx'
import { ResetPasswordDialog } from './reset-password-dialog.tsx'

const nanosecondsPerSecond = 1_000_000_000

/** The row: who, their role, and the rest in a menu. */
export function PersonRow({ account }: { readonly account: Account }) {
  const http = useHttp()
  const me = useAccount().id
  const queries = useQueryClient()
  const [resetting, showReset] = useDisclosure(false)
  const { id, name, email, role } = account
  const reload = () => queries.invalidateQueries({ queryKey: accountsKey })
  const setRole = useMutation({
    mutationFn: (next: Role) => http.call('users.update', { params: { id }, body: { role: next } }),
    onSuccess: reload,
    onError: notifyError,
  })
  const remove = useMutation({
    mutationFn: () => http.call('users.delete', { params: { id } }),
    onSuccess: () => {
      notify(`The account of ${name} was deleted.`)
      return reload()
    },
    onError: notifyError,
  })
  const askDelete = () =>
    modals.openConfirmModal({
      title: `Delete the account of ${name}?`,
      children: <Text size="sm">Their sessions end at once. What they wrote stays for those who may read it.</Text>,
      labels: { confirm: 'Delete account', cancel: 'Keep it' },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(),
    })
  const active = account.last_active_at === null ? 'never here' : timeAgo(account.last_active_at * nanosecondsPerSecond)
  return (
    <li className={classes.person}>
      <PersonAvatar id={id} name={name} />
      <div className={classes.who}>
        <Text size="sm" fw={550} truncate>
          {name}{' '}
          {id === me && (
            <Text component="span" c="dimmed" size="sm">
              (you)
            </Text>
          )}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {email} · {active}
        </Text>
      </div>
      <Group gap="xs" wrap="nowrap">
        {role === 'pending' && (
          <Button size="xs" loading={setRole.isPending} onClick={() => setRole.mutate('user')}>
            Activate
          </Button>
        )}
        <NativeSelect
          size="xs"
          aria-label={`Role of ${name}`}
          value={role}
          disabled={setRole.isPending}
          data={[
            { value: 'pending', label: 'Pending' },
            { value: 'user', label: 'User' },
            { value: 'admin', label: 'Administrator' },
          ]}
          onChange={(event) => setRole.mutate(event.currentTarget.value as Role)}
        />
        <Menu position="bottom-end" shadow="md">
          <Menu.Target>
            <ActionIcon size={30} aria-label={`More for ${name}`}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconKey size={16} />} onClick={showReset.open}>
              Set a new password
            </Menu.Item>
            <Menu.Item color="var(--mantine-color-error)" leftSection={<IconTrash size={16} />} onClick={askDelete}>
              Delete account
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <ResetPasswordDialog account={account} opened={resetting} onClose={showReset.close} />
    </li>
  )
}
