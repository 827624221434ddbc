/** Makes the selected text a link, changes a link, or takes it away. */
import { Button, Group, Popover, Stack, TextInput } from '@mantine/core'
import { RichTextEditor, useRichTextEditorContext } from '@mantine/tiptap'
import { IconLink } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { safeHref } from '../channels/links.ts'

/** The button of the toolbar with the form that it opens. */
export function LinkControl() {
  const { editor } = useRichTextEditorContext()
  const [opened, setOpened] = useState(false)
  const [address, setAddress] = useState('')
  const [refused, setRefused] = useState(false)

  function toggle(): void {
    const href: unknown = editor?.getAttributes('link')['href']
    setAddress(typeof href === 'string' ? href : '')
    setRefused(false)
    setOpened(!opened)
  }

  function save(event: FormEvent): void {
    event.preventDefault()
    const typed = address.trim()
    const href = safeHref(/^[a-z][a-z\d+.-]*:/i.test(typed) ? typed : `https://${typed}`)
    if (href === undefined) {
      setRefused(true)
      return
    }
    setOpened(false)
    editor?.chain().focus().extendMarkRange('link').setLink({ href }).run()
  }

  function remove(): void {
    setOpened(false)
    editor?.chain().focus().extendMarkRange('link').unsetLink().run()
  }

  return (
    <Popover opened={opened} onChange={setOpened} trapFocus returnFocus shadow="md" width={300}>
      <Popover.Target>
        <RichTextEditor.Control aria-label="Link" title="Link" aria-expanded={opened} onClick={toggle}>
          <IconLink size={16} stroke={1.6} />
        </RichTextEditor.Control>
      </Popover.Target>
      <Popover.Dropdown aria-label="Link">
        <form onSubmit={save} noValidate>
          <Stack gap="sm">
            <TextInput
              label="Web address"
              placeholder="https://"
              type="url"
              data-autofocus
              value={address}
              error={refused ? 'Enter an address that begins with https:// or http://' : undefined}
              onChange={(event) => setAddress(event.currentTarget.value)}
            />
            <Group justify="flex-end" gap="xs">
              <Button size="xs" variant="default" onClick={remove}>
                Remove link
              </Button>
              <Button size="xs" type="submit" disabled={address.trim() === ''}>
                Save link
              </Button>
            </Group>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
