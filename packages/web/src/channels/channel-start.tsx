/** What stands before the first message of a channel. */

import { Stack, Text, ThemeIcon, Title } from '@mantine/core'
import type { ChannelOverview } from '@sallyport/protocol'
import { IconHash, IconLock, IconMessage } from '@tabler/icons-react'
import { isRestricted } from './use-channels.ts'

interface ChannelStartProps {
  readonly overview: ChannelOverview
  readonly name: string
}

/** Says what the channel is and who reads it. */
export function ChannelStart({ overview, name }: ChannelStartProps) {
  const direct = overview.type === 'dm'
  const Icon = direct ? IconMessage : isRestricted(overview) ? IconLock : IconHash
  return (
    <Stack gap={6} px={20} py="lg">
      <ThemeIcon size={44} radius="lg" variant="light">
        <Icon size={24} aria-hidden />
      </ThemeIcon>
      <Title order={2} size="h4">
        {name}
      </Title>
      <Text size="sm" c="dimmed">
        {direct
          ? `This is the beginning of your conversation with ${name}. Only the two of you can read it.`
          : overview.description || `This is the beginning of ${name}. Say hello.`}
      </Text>
    </Stack>
  )
}
