/** The first page after sign-in: what is new, and where to begin. */
import { Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconHash, IconMessage, IconNote } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { channelName, useChannels } from '../channels/use-channels.ts'
import { useCreateNote, useNotes } from '../notes/use-notes.ts'
import { useAccount } from '../session/session-context.tsx'
import classes from './home-page.module.css'
import { PageHeader } from './page-header.tsx'
import { useShell } from './shell-context.tsx'
import { timeAgo } from './time.ts'

const shown = 6

/** The home page. */
export function HomePage() {
  const account = useAccount()
  const { open } = useShell()
  const channels = useChannels().data ?? []
  const notes = useNotes().data ?? []
  const createNote = useCreateNote()
  const recent = channels
    .toSorted((a, b) => b.unread_count - a.unread_count || (b.last_message_at ?? 0) - (a.last_message_at ?? 0))
    .slice(0, shown)
  return (
    <>
      <PageHeader name="Home" />
      <div className={classes.scroll}>
        <Stack gap="xl" className={classes.column}>
          <Stack gap={4}>
            <Title order={2}>Hello, {account.name.split(' ')[0]}</Title>
            <Text c="dimmed">Pick up where the others are, or start something new.</Text>
          </Stack>
          <Group gap="sm">
            <Button
              leftSection={<IconNote size={18} />}
              loading={createNote.isPending}
              onClick={() => createNote.mutate()}
            >
              New note
            </Button>
            <Button variant="default" leftSection={<IconHash size={18} />} onClick={() => open('create-channel')}>
              New channel
            </Button>
            <Button variant="default" leftSection={<IconMessage size={18} />} onClick={() => open('direct-message')}>
              New message
            </Button>
          </Group>
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
            <Card title="Recent conversations" empty="No channels yet. Create the first one.">
              {recent.map((channel) => (
                <Entry
                  key={channel.id}
                  href={`/channels/${channel.id}`}
                  label={channelName(channel, account.id)}
                  hint={channel.unread_count > 0 ? `${channel.unread_count} unread` : timeAgo(channel.last_message_at)}
                  strong={channel.unread_count > 0}
                />
              ))}
            </Card>
            <Card title="Recent notes" empty="No notes yet. Write the first one.">
              {notes.slice(0, shown).map((note) => (
                <Entry key={note.id} href={`/notes/${note.id}`} label={note.title} hint={timeAgo(note.updated_at)} />
              ))}
            </Card>
          </SimpleGrid>
        </Stack>
      </div>
    </>
  )
}

function Card({
  title,
  empty,
  children,
}: {
  readonly title: string
  readonly empty: string
  readonly children: readonly ReactNode[]
}) {
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-label={title}>
      <Title order={3} size="h6" mb="xs" px={8}>
        {title}
      </Title>
      {children.length === 0 ? (
        <Text size="sm" c="dimmed" px={8}>
          {empty}
        </Text>
      ) : (
        <ul className={classes.list}>{children}</ul>
      )}
    </Paper>
  )
}

interface EntryProps {
  readonly href: string
  readonly label: string
  readonly hint: string
  readonly strong?: boolean
}

function Entry({ href, label, hint, strong = false }: EntryProps) {
  return (
    <li>
      <Link href={href} className={classes.entry}>
        <Text component="span" size="sm" truncate fw={strong ? 650 : 450}>
          {label}
        </Text>
        <Text component="span" size="xs" c={strong ? 'var(--sallyport-accent-text)' : 'dimmed'} flex="none">
          {hint}
        </Text>
      </Link>
    </li>
  )
}
