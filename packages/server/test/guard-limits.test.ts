/** The bounds of the guard: bytes, structs, memory and work, each with an update within it that is accepted. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { limits } from '@sallyport/protocol'
import { createEncoder, toUint8Array, writeUint8, writeVarString, writeVarUint } from 'lib0/encoding'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { checkUpdate } from '../src/documents/guard.ts'
import { Editor, openStore, refusalOf, writeParagraph } from './document-harness.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const author = { user: 'ana', ownerOf: () => undefined, newClientsLeft: 200 }

function documentWith(text: string): { doc: Y.Doc; content: Y.XmlText } {
  const doc = new Y.Doc()
  const content = writeParagraph(doc.getXmlFragment('prosemirror'), text)
  return { doc, content }
}

/** An update of `count` structs that remove content of a new client. */
function removals(count: number): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, 1)
  writeVarUint(encoder, count)
  writeVarUint(encoder, 5)
  writeVarUint(encoder, 0)
  for (let index = 0; index < count; index += 1) {
    writeUint8(encoder, 0)
    writeVarUint(encoder, 1)
  }
  writeVarUint(encoder, 0)
  return toUint8Array(encoder)
}

test('[NO4] lies about counts cost neither memory nor time (YJ-05)', () => {
  const { doc } = documentWith('text')
  const lie = Uint8Array.of(1, 0x80, 0x87, 0xa7, 0x0e, 3, 0)
  const refuse = (): void => expect(() => checkUpdate(doc, lie, author)).toThrow()
  refuse()
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  const start = performance.now()
  for (let round = 0; round < 20; round += 1) refuse()
  expect((performance.now() - start) / 20).toBeLessThan(5)
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(5_000_000)
})

test('[NO4] an update may hold so many structs and no more', async () => {
  const { doc } = documentWith('text')
  expect(checkUpdate(doc, removals(limits.structsPerUpdate), author).changed).toBe(true)
  expect(await refusalOf(() => checkUpdate(doc, removals(limits.structsPerUpdate + 1), author))).toEqual({
    code: 'too-large',
    rule: 'structs-per-update',
  })
})

test('[NO4] an update may have so many bytes and no more', async () => {
  const { doc, content } = documentWith('')
  const before = Y.encodeStateVector(doc)
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  content.insert(0, 'x'.repeat(limits.updateBytes - 100))
  const known = { ...author, ownerOf: () => 'ana' }
  expect(checkUpdate(copy, Y.encodeStateAsUpdate(doc, before), known).changed).toBe(true)
  content.insert(0, 'y'.repeat(200))
  expect(await refusalOf(() => checkUpdate(copy, Y.encodeStateAsUpdate(doc, before), known))).toEqual({
    code: 'too-large',
    rule: 'update-bytes',
  })
})

test('[NO4] a crowd of clients that fight for one place is refused before it costs Yjs seconds', async () => {
  const { doc, content } = documentWith('ab')
  const base = content._start?.id
  if (base === undefined) throw new Error('there is text')
  const crowd = (clients: number, texts: number): Uint8Array => {
    const encoder = createEncoder()
    writeVarUint(encoder, clients)
    for (let client = 0; client < clients; client += 1) {
      writeVarUint(encoder, texts)
      writeVarUint(encoder, 1_000 + client)
      writeVarUint(encoder, 0)
      for (let index = 0; index < texts; index += 1) {
        writeUint8(encoder, 0xc4)
        writeVarUint(encoder, index === 0 ? base.client : 1_000 + client)
        writeVarUint(encoder, index === 0 ? base.clock : index - 1)
        writeVarUint(encoder, base.client)
        writeVarUint(encoder, base.clock + 1)
        writeVarString(encoder, 'x')
      }
    }
    writeVarUint(encoder, 0)
    return toUint8Array(encoder)
  }
  expect(checkUpdate(doc, crowd(20, 100), author).claims).toHaveLength(20)
  const start = performance.now()
  expect(await refusalOf(() => checkUpdate(doc, crowd(200, 200), author))).toEqual({
    code: 'too-large',
    rule: 'conflict-work',
  })
  expect(performance.now() - start).toBeLessThan(2_000)
})

test('[NO27] a full document takes no more, but still deletions, and is still read (YJ-19)', async () => {
  await using server = await openStore()
  const document = await server.documents.open(await server.newNote())
  const ana = new Editor('ana')
  const part = 'x'.repeat(1_000_000)
  for (let index = 0; index < 10; index += 1) writeParagraph(ana.root, part)
  await ana.sendAll(document)
  writeParagraph(ana.root, part)
  expect(await refusalOf(() => ana.sendAll(document))).toEqual({ code: 'too-large', rule: 'document-bytes' })
  const { state, offset } = await document.state()
  expect(offset).toBe(10)
  const bo = new Editor('bo')
  bo.receive(state)
  bo.root.delete(0, 2)
  expect((await bo.sendAll(document)).map(({ offset: at }) => at)).toEqual([11])
  // Deleting gave space back: after a while it is measured again, and there is room.
  for (let round = 0; round < 16; round += 1) bo.root.delete(0, bo.root.length > 3 ? 1 : 0)
  await bo.sendAll(document)
  await server.documents.close()
})

test('[NO27] deleting every second character of a text is done within its bound, or refused (YJ-20)', async () => {
  const { doc, content } = documentWith('ab'.repeat(limits.structsPerUpdate))
  const first = content._start?.id
  if (first === undefined) throw new Error('there is text')
  const deletions = (count: number): Uint8Array => {
    const encoder = createEncoder()
    for (const number of [0, 1, first.client, count]) writeVarUint(encoder, number)
    for (let index = 0; index < count; index += 1) {
      writeVarUint(encoder, first.clock + index * 2)
      writeVarUint(encoder, 1)
    }
    return toUint8Array(encoder)
  }
  const over = deletions(limits.structsPerUpdate + 1)
  expect(await refusalOf(() => checkUpdate(doc, over, author))).toEqual({
    code: 'too-large',
    rule: 'deletions-per-update',
  })
  const within = checkUpdate(doc, deletions(limits.structsPerUpdate), author)
  expect(within.changed).toBe(true)
  const start = performance.now()
  Y.applyUpdate(doc, within.bytes)
  expect(performance.now() - start).toBeLessThan(2_000)
})

/** Items of client 9 behind one another that Yjs cannot join: letters and marks by turns. */
function crumbs(clock: number, count: number): Uint8Array {
  const encoder = createEncoder()
  for (const number of [1, count, 9, clock]) writeVarUint(encoder, number)
  for (let index = 0; index < count; index += 1) {
    const isMark = index % 2 === 1
    writeUint8(encoder, isMark ? 0x86 : 0x84)
    for (const number of [9, clock + index - 1]) writeVarUint(encoder, number)
    writeVarString(encoder, isMark ? 'bold' : 'x')
    if (isMark) writeVarString(encoder, index % 4 === 1 ? '{}' : 'null')
  }
  writeVarUint(encoder, 0)
  return toUint8Array(encoder)
}

test('[NO27] a document of crumbs takes so many and no more, and what would cut it up for a minute is refused', async () => {
  const { doc, content } = documentWith('')
  doc.on('afterTransaction', (transaction) => {
    transaction._needFormattingCleanup = false
  })
  doc.clientID = 9
  content.insert(0, 'y'.repeat(50_000))
  doc.clientID = 8
  const known = { ...author, ownerOf: () => author.user }
  for (let part = 0; part < 4; part += 1)
    Y.applyUpdate(doc, checkUpdate(doc, crumbs(50_000 + part * 50_000, 50_000), known).bytes)
  const cuts = (count: number): Uint8Array => {
    const encoder = createEncoder()
    for (const number of [0, 1, 9, count]) writeVarUint(encoder, number)
    for (let index = 0; index < count; index += 1)
      for (const number of [index * 2 + 1, 1]) writeVarUint(encoder, number)
    return toUint8Array(encoder)
  }
  expect(await refusalOf(() => checkUpdate(doc, cuts(20_000), known))).toEqual({ code: 'too-large', rule: 'edit-work' })
  expect(await refusalOf(() => checkUpdate(doc, crumbs(250_000, 50_000), known))).toEqual({
    code: 'too-large',
    rule: 'document-structs',
  })
  const few = checkUpdate(doc, cuts(500), known)
  const start = performance.now()
  Y.applyUpdate(doc, few.bytes)
  expect(performance.now() - start).toBeLessThan(2_000)
})

test('[NO12] a client id belongs to the person who wrote with it first, and a reserved one to its session (YJ-11)', async () => {
  await using server = await openStore()
  const document = await server.documents.open(await server.newNote())
  const ana = new Editor('ana', { clientId: 77 })
  const mallory = new Editor('mallory', { clientId: 77 })
  const quiet = { session: 's', user: { id: 'ana', name: 'Ana' }, binary: false }
  document.awareness.update(new TextEncoder().encode('{"77":{}}'), quiet)
  writeParagraph(mallory.root, 'HIJACKED')
  expect(await refusalOf(() => mallory.sendAll(document))).toEqual({ code: 'invalid-update', rule: 'client-owner' })
  writeParagraph(ana.root, 'mine')
  await ana.sendAll(document)
  document.awareness.leave('s')
  const thief = new Editor('mallory')
  thief.receive((await document.state()).state)
  // Yjs itself changes a client id that it sees in use; a thief does not.
  thief.doc.clientID = 77
  writeParagraph(thief.root, 'HIJACKED')
  expect(await refusalOf(() => thief.sendAll(document))).toEqual({ code: 'invalid-update', rule: 'client-owner' })
  const second = new Editor('ana', { clientId: 78 })
  second.receive((await document.state()).state)
  writeParagraph(second.root, 'also mine')
  expect(await second.sendAll(document)).toMatchObject([{ claimed: 1, offset: 2 }])
})
