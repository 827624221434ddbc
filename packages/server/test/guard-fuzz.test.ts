/** Random and mutated updates: the guard never fails, never lets half of something in, and reads what Yjs reads. */
import { ProtocolError } from '@sallyport/protocol'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { checkUpdate } from '../src/documents/guard.ts'
import { type DecodedUpdate, readUpdate, type Struct } from '../src/documents/update-reader.ts'
import { generator, writeParagraph } from './document-harness.ts'

const rounds = 100_000

/** Updates of honest editing, each of which builds on those before it. */
function honestUpdates(): Uint8Array[] {
  const updates: Uint8Array[] = []
  const docs = [11, 12].map((clientId) => {
    const doc = new Y.Doc()
    doc.clientID = clientId
    return doc
  })
  for (const doc of docs) {
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'server') updates.push(update)
    })
  }
  for (let round = 0; round < 6; round += 1) {
    for (const doc of docs) {
      for (const update of updates) Y.applyUpdate(doc, update, 'server')
      const content = writeParagraph(doc.getXmlFragment('prosemirror'), `text ${round} 🙂`)
      content.insert(2, 'inside')
      content.format(1, 4, { bold: {}, link: { href: 'https://example.org' } })
      content.delete(3, 2)
      if (content.parent instanceof Y.XmlElement) {
        content.parent.setAttribute('level', '2')
        content.parent.setAttribute('colwidth', [100, 200] as unknown as string)
      }
      const root = doc.getXmlFragment('prosemirror')
      if (round % 3 === 2) root.delete(0, 1)
    }
  }
  return updates
}

function mutate(update: Uint8Array, random: (max: number) => number): Uint8Array {
  const bytes = [...update]
  for (let count = 1 + random(3); count > 0; count -= 1) {
    const at = random(bytes.length + 1)
    const kind = random(5)
    if (kind === 0) bytes[Math.min(at, bytes.length - 1)] = random(256)
    else if (kind === 1) bytes.splice(at, 0, random(256))
    else if (kind === 2) bytes.splice(at, 1 + random(4))
    else if (kind === 3) bytes[Math.min(at, bytes.length - 1)] = ((bytes[at] ?? 0) + (random(2) === 0 ? 1 : 255)) % 256
    else bytes.splice(at, 0, ...bytes.slice(at, at + random(8)))
  }
  return Uint8Array.from(bytes)
}

/** What the strict reader found, in the words of `Y.decodeUpdate`. */
function flat(struct: Struct): object {
  const { client, clock, length } = struct
  if (struct.kind !== 'item') return { kind: struct.kind, client, clock, length }
  const { origin, rightOrigin, parent, sub } = struct
  return { kind: 'item', client, clock, length, origin, rightOrigin, parent, sub, content: struct.content.type }
}

const contentTypes = new Map<unknown, string>([
  [Y.ContentDeleted, 'deleted'],
  [Y.ContentString, 'string'],
  [Y.ContentFormat, 'format'],
  [Y.ContentAny, 'any'],
])

function flatYjs(struct: Y.Item | Y.GC | Y.Skip): object {
  const { client, clock } = struct.id
  const idOf = (id: Y.ID | null) => (id === null ? null : { client: id.client, clock: id.clock })
  if (!(struct instanceof Y.Item))
    return { kind: struct instanceof Y.GC ? 'gc' : 'skip', client, clock, length: struct.length }
  const { content, parent } = struct
  const type =
    content instanceof Y.ContentType
      ? content.type instanceof Y.XmlElement
        ? 'element'
        : 'text'
      : contentTypes.get(content.constructor)
  return {
    kind: 'item',
    client,
    clock,
    length: struct.length,
    origin: idOf(struct.origin),
    rightOrigin: idOf(struct.rightOrigin),
    parent: parent instanceof Y.ID ? idOf(parent) : parent,
    sub: struct.parentSub,
    content: type,
  }
}

function read(update: Uint8Array): DecodedUpdate | undefined {
  try {
    return readUpdate(update)
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}

function check(doc: Y.Doc, update: Uint8Array): Uint8Array | undefined {
  try {
    const checked = checkUpdate(doc, update, {
      user: 'ana',
      ownerOf: (client) => (client === 11 ? 'bo' : client === 12 ? 'ana' : undefined),
      newClientsLeft: 3,
    })
    return checked.bytes
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}

test(`[NO4] ${rounds.toLocaleString('en')} random and mutated updates: refused whole, or taken whole and read as Yjs reads them (YJ-02)`, () => {
  const random = generator(20_261_123)
  const honest = honestUpdates()
  const fresh = (): { doc: Y.Doc; peer: Y.Doc; taken: number } => {
    const doc = new Y.Doc()
    const peer = new Y.Doc()
    const known = honest.slice(0, 1 + random(honest.length))
    for (const target of [doc, peer]) {
      target.getXmlFragment('prosemirror')
      for (const update of known) Y.applyUpdate(target, update)
    }
    return { doc, peer, taken: 0 }
  }
  let world = fresh()
  let state = Y.encodeStateAsUpdate(world.doc)
  const counts = { readable: 0, taken: 0 }
  for (let round = 0; round < rounds; round += 1) {
    const source = honest[random(honest.length)]
    if (source === undefined) throw new Error('there are honest updates')
    const update =
      random(10) === 0 ? Uint8Array.from({ length: random(60) }, () => random(256)) : mutate(source, random)
    const decoded = read(update)
    if (decoded !== undefined) {
      counts.readable += 1
      const yjs = Y.decodeUpdate(update)
      const ours = [...decoded.blocks.values()].flat().map(flat)
      const theirs = yjs.structs.map(flatYjs)
      // Comparing texts first: the slow comparison is for the message.
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) expect(ours).toEqual(theirs)
    }
    const bytes = check(world.doc, update)
    if (Buffer.compare(state, Y.encodeStateAsUpdate(world.doc)) !== 0) throw new Error(`changed in round ${round}`)
    if (bytes === undefined) continue
    counts.taken += 1
    for (const target of [world.doc, world.peer]) {
      Y.applyUpdate(target, bytes)
      if (target.store.pendingStructs !== null || target.store.pendingDs !== null)
        throw new Error(`pending in round ${round}`)
    }
    world.taken += 1
    state = Y.encodeStateAsUpdate(world.doc)
    if (world.taken < 20) continue
    const copy = new Y.Doc()
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(world.doc))
    for (const target of [copy, world.peer]) {
      expect(target.getXmlFragment('prosemirror').toString()).toBe(world.doc.getXmlFragment('prosemirror').toString())
    }
    world = fresh()
    state = Y.encodeStateAsUpdate(world.doc)
  }
  // The test would say nothing if everything were refused, or nothing.
  expect(counts.readable).toBeGreaterThan(rounds / 20)
  expect(counts.taken).toBeGreaterThan(rounds / 100)
})
