/** All notes that the person may read. */

import { Button, Center, Group, Skeleton, Stack, Table, Text, Title } from '@mantine/core'
import { limits, type NoteOverview } from '@sallyport/protocol'
import { IconNotes, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { toSharing } from '../people/sharing.ts'
import { useAccount } from '../session/session-context.tsx'
import { ErrorAlert } from '../shell/error-alert.tsx'
import { PageHeader } from '../shell/page-header.tsx'
import { fullTime, timeAgo } from '../shell/time.ts'
import classes from './notes-page.module.css'
import { useCreateNote, useNotes } from './use-notes.ts'

/** The page. */
export function NotesPage() {
  const [page, setPage] = useState(1)
  const notes = useNotes(page)
  const create = useCreateNote()
  const button = (
    <Button size="xs" leftSection={<IconPlus size={16} />} loading={create.isPending} onClick={() => create.mutate()}>
      New note
    </Button>
  )
  const full = notes.data?.length === limits.page
  return (
    <>
      <PageHeader name="Notes" actions={button} />
      <div className={classes.scroll}>
        <div className={classes.column}>
          <ErrorAlert error={notes.error} onRetry={() => void notes.refetch()} />
          {notes.isPending && <ListSkeleton />}
          {notes.data?.length === 0 && page === 1 && (
            <Center py={80}>
              <Stack align="center" gap="sm" ta="center" maw={360}>
                <IconNotes size={44} stroke={1.4} aria-hidden />
                <Title order={2} size="h4">
                  No notes yet
                </Title>
                <Text c="dimmed" size="sm">
                  A note is a page that several people can write on at the same time. Start one and share it.
                </Text>
                <Button mt="xs" loading={create.isPending} onClick={() => create.mutate()}>
                  Write the first note
                </Button>
              </Stack>
            </Center>
          )}
          {notes.data !== undefined && notes.data.length > 0 && <NoteTable notes={notes.data} />}
          {(page > 1 || full) && (
            <Group justify="center" py="md">
              <Button variant="default" size="xs" disabled={page === 1} onClick={() => setPage(page - 1)}>
                Newer
              </Button>
              <Button variant="default" size="xs" disabled={!full} onClick={() => setPage(page + 1)}>
                Older
              </Button>
            </Group>
          )}
        </div>
      </div>
    </>
  )
}

function NoteTable({ notes }: { readonly notes: readonly NoteOverview[] }) {
  const me = useAccount().id
  return (
    <Table highlightOnHover verticalSpacing="sm" aria-label="Notes">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Title</Table.Th>
          <Table.Th visibleFrom="sm">Owner</Table.Th>
          <Table.Th visibleFrom="sm">Sharing</Table.Th>
          <Table.Th>Changed</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {notes.map((note) => (
          <Table.Tr key={note.id} className={classes.row}>
            <Table.Td className={classes.title}>
              <Link href={`/notes/${note.id}`} className={classes.link}>
                {note.title}
              </Link>
            </Table.Td>
            <Table.Td visibleFrom="sm">
              <Text size="sm" c="dimmed" truncate maw={160}>
                {note.user_id === me ? 'You' : (note.user?.name ?? 'Somebody who left')}
              </Text>
            </Table.Td>
            <Table.Td visibleFrom="sm">
              <Text size="sm" c="dimmed" className={classes.time}>
                {sharedState(note, me)}
              </Text>
            </Table.Td>
            <Table.Td>
              <Text size="sm" c="dimmed" title={fullTime(note.updated_at)} className={classes.time}>
                {timeAgo(note.updated_at)}
              </Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function ListSkeleton() {
  return (
    <Stack gap="lg" pt="md" role="status" aria-label="Loading notes">
      {[54, 38, 62, 46].map((width) => (
        <Skeleton key={width} height={16} width={`${width}%`} />
      ))}
    </Stack>
  )
}

function sharedState(note: NoteOverview, me: string): string {
  if (note.access_control === undefined) return note.write_access ? 'You may write' : 'You may read'
  const { mode, entries } = toSharing(note.access_control)
  if (mode === 'everybody') return 'Everybody may read'
  if (mode === 'owner') return note.user_id === me ? 'Only you' : 'Only the owner'
  return entries.length === 1 ? 'Shared with 1' : `Shared with ${entries.length}`
}
