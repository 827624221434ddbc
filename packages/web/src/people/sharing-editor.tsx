/** Lets a person choose who may use a channel or note. */
import { ActionIcon, Group, Loader, NativeSelect, Radio, Stack, Text } from '@mantine/core'
import { IconUsersGroup, IconX } from '@tabler/icons-react'
import { PersonAvatar } from './person-avatar.tsx'
import { PrincipalSelect } from './principal-select.tsx'
import type { Sharing, SharingEntry } from './sharing.ts'
import classes from './sharing-editor.module.css'
import { useDirectory } from './use-directory.ts'

interface SharingEditorProps {
  readonly value: Sharing
  readonly onChange: (value: Sharing) => void
  /** The owner, who needs no entry. */
  readonly owner: string
  /** What everybody may do when all may use it. */
  readonly everybody: string
  /** The level that a new entry gets. */
  readonly newLevel: SharingEntry['level']
}

/** Radio buttons for the three modes, and the list of entries for the named one. */
export function SharingEditor({ value, onChange, owner, everybody, newLevel }: SharingEditorProps) {
  const directory = useDirectory()
  const { entries } = value

  function change(entry: SharingEntry, level: SharingEntry['level'] | undefined): void {
    const next = entries.flatMap((other) =>
      other === entry ? (level === undefined ? [] : [{ ...entry, level }]) : [other],
    )
    onChange({ ...value, entries: next })
  }

  function nameOf({ kind, id }: SharingEntry): string {
    if (kind === 'group') return directory.groups.get(id)?.name ?? 'A group you are not in'
    return directory.people.get(id)?.name ?? 'Somebody not in the list'
  }

  return (
    <Stack gap="md">
      <Radio.Group
        label="Who may use it"
        value={value.mode}
        onChange={(mode) => onChange({ ...value, mode: mode === 'everybody' || mode === 'owner' ? mode : 'named' })}
      >
        <Stack gap="xs" mt={6}>
          <Radio value="everybody" label="Everybody" description={everybody} />
          <Radio value="owner" label="Only me" />
          <Radio value="named" label="Only these people and groups" />
        </Stack>
      </Radio.Group>
      {value.mode === 'named' && (
        <Stack gap="xs">
          <PrincipalSelect
            label="Add people or groups"
            except={[owner, ...entries.map(({ id }) => id)]}
            onPick={(kind, id) => onChange({ ...value, entries: [...entries, { kind, id, level: newLevel }] })}
          />
          <ul className={classes.list} aria-label="People and groups with access">
            {entries.map((entry) => (
              <Group component="li" key={entry.kind + entry.id} gap="sm" wrap="nowrap" className={classes.entry}>
                {entry.kind === 'group' ? (
                  <IconUsersGroup size={24} aria-hidden />
                ) : (
                  <PersonAvatar id={entry.id} name={nameOf(entry)} size={28} />
                )}
                <Text size="sm" flex={1} truncate>
                  {directory.loading ? <Loader size={12} aria-label="Loading the name" /> : nameOf(entry)}
                </Text>
                <NativeSelect
                  size="xs"
                  aria-label={`What ${nameOf(entry)} may do`}
                  value={entry.level}
                  data={[
                    { value: 'read', label: 'may read' },
                    { value: 'write', label: 'may write' },
                  ]}
                  onChange={(event) => change(entry, event.currentTarget.value === 'write' ? 'write' : 'read')}
                />
                <ActionIcon aria-label={`Remove ${nameOf(entry)}`} onClick={() => change(entry, undefined)}>
                  <IconX size={16} />
                </ActionIcon>
              </Group>
            ))}
          </ul>
          {entries.length === 0 && (
            <Text size="sm" c="dimmed">
              Nobody yet: add the first above.
            </Text>
          )}
        </Stack>
      )}
    </Stack>
  )
}
