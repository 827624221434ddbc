/** Picks the person to write to. */
import { Loader, Modal, ScrollArea, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { PersonAvatar } from '../people/person-avatar.tsx'
import { usePeopleSearch } from '../people/use-directory.ts'
import { useAccount } from '../session/session-context.tsx'
import { ErrorAlert } from '../shell/error-alert.tsx'
import classes from './direct-message-dialog.module.css'
import { useOpenDirect } from './use-open-direct.ts'

interface DialogProps {
  readonly opened: boolean
  readonly onClose: () => void
}

/** The dialog. */
export function DirectMessageDialog({ opened, onClose }: DialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Write to somebody">
      <PersonList onClose={onClose} />
    </Modal>
  )
}

function PersonList({ onClose }: { readonly onClose: () => void }) {
  const me = useAccount().id
  const [text, setText] = useState('')
  const [settled] = useDebouncedValue(text.trim(), 150)
  const search = usePeopleSearch(settled)
  const direct = useOpenDirect()
  const people = search.data?.users.filter(({ id }) => id !== me)
  return (
    <Stack gap="sm">
      <TextInput
        data-autofocus
        label="Name"
        placeholder="Search by name"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <ErrorAlert error={search.error} onRetry={() => void search.refetch()} />
      {search.isPending && <Loader size="sm" aria-label="Loading people" />}
      <ScrollArea.Autosize mah={320} type="auto">
        <ul className={classes.list} aria-label="People">
          {people?.map((person) => (
            <li key={person.id}>
              <UnstyledButton
                className={classes.person}
                disabled={direct.isPending}
                onClick={() => direct.mutate(person.id, { onSuccess: onClose })}
              >
                <PersonAvatar id={person.id} name={person.name} size={32} />
                <Text size="sm">{person.name}</Text>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      </ScrollArea.Autosize>
      {people?.length === 0 && (
        <Text size="sm" c="dimmed">
          {settled === '' ? 'Nobody else has an active account yet.' : `Nobody has “${settled}” in their name.`}
        </Text>
      )}
    </Stack>
  )
}
