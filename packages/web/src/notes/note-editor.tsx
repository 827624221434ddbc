/** The editor of a note's text. */

import '@mantine/tiptap/styles.css'
import { RichTextEditor } from '@mantine/tiptap'
import type { NoteProvider } from '@sallyport/client'
import { Collaboration } from '@tiptap/extension-collaboration'
import { CollaborationCaret } from '@tiptap/extension-collaboration-caret'
import { Link } from '@tiptap/extension-link'
import { Placeholder } from '@tiptap/extension-placeholder'
import { TaskItem } from '@tiptap/extension-task-item'
import { TaskList } from '@tiptap/extension-task-list'
import { useEditor } from '@tiptap/react'
import { StarterKit } from '@tiptap/starter-kit'
import { useEffect } from 'react'
import { safeHref } from '../channels/links.ts'
import { personColor } from '../people/person-color.ts'
import { useAccount } from '../session/session-context.tsx'
import classes from './note-editor.module.css'
import { NoteToolbar } from './note-toolbar.tsx'

interface NoteEditorProps {
  /** Must have been synced. It stays the same as long as the editor lives. */
  readonly provider: NoteProvider
  readonly readOnly: boolean
}

/** The root of the document's text, as Open WebUI names it. */
const field = 'prosemirror'

/** The toolbar and the text. */
export function NoteEditor({ provider, readOnly }: NoteEditorProps) {
  const { id, name } = useAccount()
  const editor = useEditor(
    {
      editable: !readOnly,
      autofocus: false,
      shouldRerenderOnTransaction: false,
      extensions: [
        // The history of Yjs takes back one's own changes only; StarterKit's would take back everybody's.
        StarterKit.configure({ undoRedo: false, link: false, heading: { levels: [1, 2, 3] } }),
        Link.configure({
          openOnClick: 'whenNotEditable',
          defaultProtocol: 'https',
          // CWE-79: a note may hold any address, whoever wrote it; only plain web addresses become links.
          isAllowedUri: (url) => safeHref(url) !== undefined,
          HTMLAttributes: { target: '_blank', rel: 'noopener noreferrer nofollow' },
        }),
        TaskList,
        TaskItem.configure({ nested: true }),
        Placeholder.configure({ placeholder: 'Write something…' }),
        Collaboration.configure({ document: provider.document, field }),
        CollaborationCaret.configure({ provider, user: { id, name, color: personColor(id) } }),
      ],
      editorProps: {
        attributes: {
          role: 'textbox',
          'aria-multiline': 'true',
          'aria-label': 'Text of the note',
          class: classes.text ?? '',
        },
      },
    },
    [provider],
  )

  useEffect(() => {
    editor?.setEditable(!readOnly, false)
    editor?.view.dom.setAttribute('aria-readonly', String(readOnly))
  }, [editor, readOnly])

  return (
    <RichTextEditor editor={editor} className={classes.editor ?? ''} data-testid="editor" variant="subtle">
      {!readOnly && <NoteToolbar />}
      <div className={classes.scroll}>
        <RichTextEditor.Content className={classes.content ?? ''} />
      </div>
    </RichTextEditor>
  )
}
