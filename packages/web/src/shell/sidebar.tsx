/** The way around the app: channels, direct messages, notes, and the account. */
import { Divider, ScrollArea, Text, UnstyledButton } from '@mantine/core'
import { IconHash, IconLock, IconNote, IconNotes, IconSearch } from '@tabler/icons-react'
import { Link } from 'wouter'
import { channelName, isRestricted, othersOf, useChannels } from '../channels/use-channels.ts'
import { useCreateNote, useNotes } from '../notes/use-notes.ts'
import { PersonAvatar } from '../people/person-avatar.tsx'
import { useAccount, useConfig } from '../session/session-context.tsx'
import { AccountMenu } from './account-menu.tsx'
import { Logo } from './logo.tsx'
import { useShell } from './shell-context.tsx'
import { shortcutLabel } from './shortcut-label.ts'
import classes from './sidebar.module.css'
import { SidebarLink } from './sidebar-link.tsx'
import { SidebarSection } from './sidebar-section.tsx'

const notesShown = 12

/** The content of the sidebar; the same in the drawer of phones. */
export function Sidebar() {
  const me = useAccount().id
  const name = useConfig()?.name ?? 'Sallyport'
  const { open } = useShell()
  const channels = useChannels()
  const notes = useNotes()
  const createNote = useCreateNote()
  const rooms = channels.data?.filter(({ type }) => type !== 'dm')
  const directs = channels.data
    ?.filter(({ type }) => type === 'dm')
    .toSorted((a, b) => (b.last_message_at ?? b.created_at) - (a.last_message_at ?? a.created_at))

  return (
    <div className={classes.sidebar}>
      <Link href="/" className={classes.brand}>
        <Logo size={26} />
        <span>{name}</span>
      </Link>
      <UnstyledButton className={classes.search} onClick={() => open('switcher')} aria-keyshortcuts="Control+K Meta+K">
        <IconSearch size={16} aria-hidden />
        <span>Go to…</span>
        <kbd aria-hidden>{shortcutLabel('K')}</kbd>
      </UnstyledButton>
      <ScrollArea className={classes.scroll} type="hover" scrollbarSize={8} viewportProps={{ tabIndex: -1 }}>
        <nav aria-label="Channels, direct messages and notes">
          <SidebarSection title="Channels" add="Create a channel" onAdd={() => open('create-channel')} query={channels}>
            {rooms?.map((channel) => (
              <SidebarLink
                key={channel.id}
                testId="channel-link"
                href={`/channels/${channel.id}`}
                icon={isRestricted(channel) ? <IconLock size={16} /> : <IconHash size={16} />}
                label={channelName(channel, me)}
                unread={channel.unread_count}
              />
            ))}
            {rooms?.length === 0 && <Empty>No channels yet</Empty>}
          </SidebarSection>
          <SidebarSection
            title="Direct messages"
            add="Write to somebody"
            onAdd={() => open('direct-message')}
            query={channels}
          >
            {directs?.map((channel) => {
              const other = othersOf(channel, me)[0]
              return (
                <SidebarLink
                  key={channel.id}
                  testId="channel-link"
                  href={`/channels/${channel.id}`}
                  icon={<PersonAvatar id={other?.id ?? me} name={channelName(channel, me)} size={20} />}
                  label={channelName(channel, me)}
                  unread={channel.unread_count}
                />
              )
            })}
            {directs?.length === 0 && <Empty>Nobody yet</Empty>}
          </SidebarSection>
          <SidebarSection
            title="Notes"
            add="Create a note"
            onAdd={() => createNote.mutate()}
            busy={createNote.isPending}
            query={notes}
          >
            {notes.data?.slice(0, notesShown).map((note) => (
              <SidebarLink
                key={note.id}
                testId="note-link"
                href={`/notes/${note.id}`}
                icon={<IconNote size={16} />}
                label={note.title}
              />
            ))}
            <SidebarLink href="/notes" icon={<IconNotes size={16} />} label="All notes" />
          </SidebarSection>
        </nav>
      </ScrollArea>
      <Divider color="var(--sallyport-line)" />
      <AccountMenu />
    </div>
  )
}

function Empty({ children }: { readonly children: string }) {
  return (
    <Text component="li" c="dimmed" size="sm" px={10} py={4}>
      {children}
    </Text>
  )
}
