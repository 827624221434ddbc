/** Honest editors: everything that Tiptap and Yjs do with a note is accepted and converges. */
import { getSchema } from '@tiptap/core'
import { Image } from '@tiptap/extension-image'
import { TaskItem, TaskList } from '@tiptap/extension-list'
import { Node } from '@tiptap/pm/model'
import { StarterKit } from '@tiptap/starter-kit'
import { updateYFragment } from '@tiptap/y-tiptap'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { Editor, openStore, writeParagraph } from './document-harness.ts'

const schema = getSchema([StarterKit, Image, TaskList, TaskItem.configure({ nested: true })])

const text = (value: string, ...marks: object[]) => ({
  type: 'text',
  text: value,
  ...(marks.length > 0 ? { marks } : {}),
})
const paragraph = (...content: object[]) => ({ type: 'paragraph', content })
const item = (...content: object[]) => ({ type: 'listItem', content })

const everything = {
  type: 'doc',
  content: [
    { type: 'heading', attrs: { level: 1 }, content: [text('Minutes')] },
    paragraph(
      text('plain '),
      text('bold', { type: 'bold' }),
      text(' and '),
      text('both', { type: 'bold' }, { type: 'italic' }),
    ),
    paragraph(
      text('a link', {
        type: 'link',
        attrs: { href: 'https://example.org/a?b=c#d', target: '_blank', rel: 'noopener' },
      }),
    ),
    {
      type: 'bulletList',
      content: [
        item(paragraph(text('one'))),
        item(paragraph(text('two')), { type: 'bulletList', content: [item(paragraph(text('deep')))] }),
      ],
    },
    { type: 'orderedList', attrs: { start: 3 }, content: [item(paragraph(text('three')))] },
    { type: 'taskList', content: [{ type: 'taskItem', attrs: { checked: true }, content: [paragraph(text('done'))] }] },
    { type: 'blockquote', content: [paragraph(text('said'))] },
    { type: 'codeBlock', attrs: { language: 'js' }, content: [text('let a = "<script>"')] },
    { type: 'image', attrs: { src: 'https://example.org/i.png', alt: 'javascript: in words is no address' } },
    { type: 'horizontalRule' },
    paragraph(text('line'), { type: 'hardBreak' }, text('break 🙂 עברית')),
  ],
}

/** Lets the editor's document become what ProseMirror shows, as its binding does. */
function show(editor: Editor, content: object): void {
  const node = Node.fromJSON(schema, content)
  node.check()
  editor.doc.transact(() => updateYFragment(editor.doc, editor.root, node, { mapping: new Map(), isOMark: new Map() }))
}

test('[NO11] headings, lists, tasks, quotes, code, images, links and marks of a Tiptap document are accepted', async () => {
  await using server = await openStore()
  const document = await server.documents.open(await server.newNote())
  const ana = new Editor('ana')
  show(ana, everything)
  await ana.sendAll(document)
  const changed = structuredClone(everything)
  changed.content.reverse()
  show(ana, changed)
  changed.content.splice(2, 3)
  show(ana, changed)
  await ana.sendAll(document)

  const bo = new Editor('bo')
  bo.receive((await document.state()).state)
  expect(bo.root.toString()).toBe(ana.root.toString())
  expect(bo.root.toString()).toContain('Minutes')
})

test('[NO11] tables with columns, merged cells and headers are accepted', async () => {
  await using server = await openStore()
  const document = await server.documents.open(await server.newNote())
  const ana = new Editor('ana')
  const element = (
    name: string,
    attributes: Record<string, unknown>,
    ...children: (Y.XmlElement | Y.XmlText)[]
  ): Y.XmlElement => {
    const result = new Y.XmlElement(name)
    for (const [key, value] of Object.entries(attributes)) result.setAttribute(key, value as string)
    result.insert(0, children)
    return result
  }
  const cell = (name: string, value: string) =>
    element(
      name,
      { colspan: 1, rowspan: 2, colwidth: [120] },
      element('paragraph', { textAlign: 'right' }, new Y.XmlText(value)),
    )
  const row = (name: string) => element('tableRow', {}, cell(name, 'a'), cell(name, 'b'))
  ana.root.insert(0, [element('table', {}, row('tableHeader'), row('tableCell'))])
  const table = ana.root.get(0)
  if (!(table instanceof Y.XmlElement)) throw new Error('there is a table')
  table.insert(1, [row('tableCell')])
  table.delete(2, 1)
  expect(await ana.sendAll(document)).toHaveLength(3)
  const bo = new Editor('bo')
  bo.receive((await document.state()).state)
  expect(bo.root.toString()).toBe(ana.root.toString())
})

test('[NO11] undo and redo of text, nodes, attributes and marks are accepted', async () => {
  await using server = await openStore()
  const document = await server.documents.open(await server.newNote())
  const ana = new Editor('ana')
  const bo = new Editor('bo')
  const content = writeParagraph(ana.root, 'first')
  const undo = new Y.UndoManager(ana.root, { captureTimeout: 0 })
  content.insert(5, ' second')
  content.format(0, 5, { bold: {}, link: { href: 'https://example.org' } })
  const element = content.parent
  if (!(element instanceof Y.XmlElement)) throw new Error('the text stands in a paragraph')
  element.setAttribute('textAlign', 'center')
  element.setAttribute('textAlign', 'right')
  writeParagraph(ana.root, 'third')
  ana.root.delete(0, 1)
  for (let step = 0; step < 6; step += 1) undo.undo()
  for (const applied of await ana.sendAll(document)) bo.receive(applied.update)
  for (let step = 0; step < 6; step += 1) undo.redo()
  for (let step = 0; step < 3; step += 1) undo.undo()
  for (const applied of await ana.sendAll(document)) bo.receive(applied.update)
  expect(bo.root.toString()).toBe(ana.root.toString())
  await bo.synchronise(document)
  expect((await document.state()).state).toEqual(Y.encodeStateAsUpdate(bo.doc))
})

test('[NO12] three sessions of one person that were offline with 2,000 edits are merged (YJ-25)', async () => {
  await using server = await openStore()
  const document = await server.documents.open(await server.newNote())
  const other = new Editor('bo')
  writeParagraph(other.root, 'shared')
  await other.sendAll(document)
  const sessions = [1, 2, 3].map(() => new Editor('ana'))
  for (const [index, session] of sessions.entries()) {
    session.receive((await document.state()).state)
    const content = writeParagraph(session.root, '')
    for (let edit = 0; edit < 667; edit += 1) content.insert(edit, String(index))
  }
  // The tabs of one browser also exchange their edits without the server.
  const [first, second] = sessions
  if (first === undefined || second === undefined) throw new Error('there are three sessions')
  second.receive(Y.encodeStateAsUpdate(first.doc))
  writeParagraph(other.root, 'meanwhile')
  await other.sendAll(document)
  for (const session of sessions) await session.synchronise(document)
  for (const session of sessions) await session.synchronise(document)
  await other.synchronise(document)
  for (const session of sessions) expect(session.root.toString()).toBe(other.root.toString())
  expect(other.root.toString()).toContain('2'.repeat(667))
})

test('[NO13] a client that sends its full state, with the edits of others in it, adds only what is new', async () => {
  await using server = await openStore()
  const document = await server.documents.open(await server.newNote())
  const ana = new Editor('ana')
  const bo = new Editor('bo')
  const shared = writeParagraph(ana.root, 'shared text')
  await ana.sendAll(document)
  bo.receive((await document.state()).state)
  const text = bo.root.get(0)
  writeParagraph(bo.root, 'from Bo')
  expect(text).toBeDefined()
  const full = await bo.send(document, Y.encodeStateAsUpdate(bo.doc))
  expect(full.changed).toBe(true)
  expect(full.update.length).toBeLessThan(80)
  const echo = await bo.send(document, Y.encodeStateAsUpdate(bo.doc))
  expect(echo).toMatchObject({ changed: false, offset: full.offset, claimed: 0 })

  // What the server has collected as garbage may be whole in a client that goes on with it.
  shared.insert(11, ', longer')
  await bo.send(
    document,
    deletionOf(bo, () => bo.root.delete(0, 1)),
  )
  const merged = await ana.send(document, Y.encodeStateAsUpdate(ana.doc))
  expect(merged.changed).toBe(true)
  await ana.synchronise(document)
  await bo.synchronise(document)
  expect(ana.root.toString()).toBe(bo.root.toString())
})

test('[NO11] two people write at the same place at the same time and see the same', async () => {
  await using server = await openStore()
  const document = await server.documents.open(await server.newNote())
  const ana = new Editor('ana')
  const bo = new Editor('bo')
  writeParagraph(ana.root, 'ab')
  for (const applied of await ana.sendAll(document)) bo.receive(applied.update)
  for (let round = 0; round < 50; round += 1) {
    for (const editor of [ana, bo]) {
      const element = editor.root.get(0)
      const content = element instanceof Y.XmlElement ? element.get(0) : undefined
      if (!(content instanceof Y.XmlText)) throw new Error('the paragraph holds a text')
      content.insert(1, `${editor.user}${round}`)
      if (round % 5 === 0) content.format(0, 3, { bold: round % 2 === 0 ? {} : null })
      if (round % 7 === 0) content.delete(0, 2)
    }
    const sent = await Promise.all([ana.sendAll(document), bo.sendAll(document)])
    for (const applied of sent[0]) bo.receive(applied.update)
    for (const applied of sent[1]) ana.receive(applied.update)
  }
  await ana.sendAll(document)
  await bo.synchronise(document)
  await ana.synchronise(document)
  await bo.synchronise(document)
  expect(ana.root.toString()).toBe(bo.root.toString())
})

function deletionOf(editor: Editor, edit: () => void): Uint8Array {
  editor.unsent = []
  edit()
  const [update] = editor.unsent.splice(0)
  if (update === undefined) throw new Error('nothing was deleted')
  return update
}
