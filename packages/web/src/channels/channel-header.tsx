/** The name of a channel and what can be done with it. */

import { ActionIcon, Button, Group, Menu, Text, Title, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type ChannelOverview, reaches } from '@sallyport/protocol'
import { IconDots, IconHash, IconLock, IconSettings, IconTrash, IconUsers } from '@tabler/icons-react'
import { PersonAvatar } from '../people/person-avatar.tsx'
import { useAccount } from '../session/session-context.tsx'
import { ChannelSettingsDialog } from './channel-settings-dialog.tsx'
import { MembersDialog } from './members-dialog.tsx'
import { isRestricted, othersOf } from './use-channels.ts'
import { useDeleteChannel } from './use-delete-channel.tsx'

interface ChannelHeaderProps {
  readonly overview: ChannelOverview
  readonly name: string
}

/** The name with a sign of the kind of channel, and its description where there is room. */
export function ChannelTitle({ overview, name }: ChannelHeaderProps) {
  const me = useAccount().id
  const other = othersOf(overview, me)[0]
  return (
    <Group gap="xs" wrap="nowrap">
      {overview.type === 'dm' ? (
        <PersonAvatar id={other?.id ?? me} name={name} size={26} />
      ) : isRestricted(overview) ? (
        <IconLock size={20} aria-hidden style={{ flex: 'none' }} />
      ) : (
        <IconHash size={20} aria-hidden style={{ flex: 'none' }} />
      )}
      <Title order={1} size="h4" lineClamp={1} flex="none" maw="70%">
        {name}
      </Title>
      {overview.description !== '' && (
        <Text size="sm" c="dimmed" truncate visibleFrom="sm">
          {overview.description}
        </Text>
      )}
    </Group>
  )
}

/** Members for all; settings and deletion for those who manage the channel. */
export function ChannelActions({ overview, name }: ChannelHeaderProps) {
  const [members, showMembers] = useDisclosure(false)
  const [settings, showSettings] = useDisclosure(false)
  const askDelete = useDeleteChannel(overview, name)
  if (overview.type === 'dm') return null
  const manages = reaches(overview.level, 'manage')
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconUsers size={16} />}
        onClick={showMembers.open}
        visibleFrom="sm"
      >
        Members
      </Button>
      <Tooltip label="Members">
        <ActionIcon size={34} aria-label="Members" onClick={showMembers.open} hiddenFrom="sm">
          <IconUsers size={18} />
        </ActionIcon>
      </Tooltip>
      {manages && (
        <Menu position="bottom-end" shadow="md" width={220}>
          <Menu.Target>
            <ActionIcon size={34} aria-label="Manage the channel">
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconSettings size={16} />} onClick={showSettings.open}>
              Name and sharing
            </Menu.Item>
            <Menu.Item color="var(--mantine-color-error)" leftSection={<IconTrash size={16} />} onClick={askDelete}>
              Delete channel
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <MembersDialog
        overview={overview}
        opened={members}
        onClose={showMembers.close}
        onManage={() => {
          showMembers.close()
          showSettings.open()
        }}
      />
      <ChannelSettingsDialog overview={overview} opened={settings} onClose={showSettings.close} />
    </>
  )
}
