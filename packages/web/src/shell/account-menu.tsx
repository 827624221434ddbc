/** The menu of the signed-in person: account, appearance, administration, sign-out. */
import { Menu, Text, UnstyledButton, useMantineColorScheme, VisuallyHidden } from '@mantine/core'
import {
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconSelector,
  IconSun,
  IconUser,
  IconUsersGroup,
} from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { PersonAvatar } from '../people/person-avatar.tsx'
import { useAccount, useSession } from '../session/session-context.tsx'
import { notifyError } from './notify.ts'
import { useShell } from './shell-context.tsx'
import classes from './sidebar.module.css'

const schemes = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'As the system', icon: IconDeviceDesktop },
] as const

/** The button at the foot of the sidebar with its menu. */
export function AccountMenu() {
  const account = useAccount()
  const { leave } = useSession()
  const { open } = useShell()
  const [, navigate] = useLocation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const signOut = useMutation({ mutationFn: leave, onSuccess: () => navigate('/sign-in'), onError: notifyError })
  return (
    <Menu position="top-start" width={240} shadow="md">
      <Menu.Target>
        <UnstyledButton className={classes.account}>
          <VisuallyHidden>Account:</VisuallyHidden>
          <PersonAvatar id={account.id} name={account.name} size={32} />
          <span className={classes.label}>
            <Text size="sm" fw={550} truncate>
              {account.name}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {account.email}
            </Text>
          </span>
          <IconSelector size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconUser size={16} />} onClick={() => open('account')}>
          Name and password
        </Menu.Item>
        {account.role === 'admin' && (
          <Menu.Item leftSection={<IconUsersGroup size={16} />} onClick={() => navigate('/admin')}>
            People and groups
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Label>Appearance</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(value) => setColorScheme(value === 'light' || value === 'dark' ? value : 'auto')}
        >
          {schemes.map(({ value, label, icon: Icon }) => (
            <Menu.RadioItem key={value} value={value} closeMenuOnClick={false} rightSection={<Icon size={16} />}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
