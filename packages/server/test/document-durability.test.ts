/** What a document shows is durable, and what it says is durable is stored. */
import { limits, ProtocolError } from '@sallyport/protocol'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createDocuments } from '../src/documents/documents.ts'
import type { DocumentStore } from '../src/ports.ts'
import { clock, Editor, log, openStore, refusalOf, writeParagraph } from './document-harness.ts'

const nothing = Uint8Array.of(0)

/** A store of which appends can be held back, and made to fail. */
function controlled(store: DocumentStore) {
  const held: (() => void)[] = []
  const state = { hold: false, fail: false, appends: 0 }
  const through: DocumentStore = {
    load: (note) => store.load(note),
    compact: (note, snapshot) => store.compact(note, snapshot),
    async append(note, update) {
      state.appends += 1
      if (state.hold) await new Promise<void>((resolve) => held.push(resolve))
      if (state.fail) throw new ProtocolError('unavailable')
      return await store.append(note, update)
    },
  }
  const release = (): void => {
    for (const go of held.splice(0)) go()
  }
  return { store: through, state, release }
}

test('[NO14] an update is acknowledged and shown when it is durable, not before', async () => {
  await using server = await openStore()
  const { store, state, release } = controlled(server.store)
  const documents = createDocuments({ store, clock, log })
  const document = await documents.open(await server.newNote())
  const ana = new Editor('ana')
  writeParagraph(ana.root, 'first')
  await ana.sendAll(document)
  const before = await document.state()

  state.hold = true
  const order: string[] = []
  writeParagraph(ana.root, 'second')
  const sending = ana.sendAll(document).then((applied) => order.push(`durable at ${applied.at(-1)?.offset}`))
  const reading = document.state(nothing).then((shown) => {
    order.push(`shown at ${shown.offset}`)
    return shown
  })
  // What came while the state is waited for is not in it before it is durable either.
  const later = new Editor('bo')
  writeParagraph(later.root, 'third')
  const third = later.sendAll(document)
  expect((await server.store.load(document.note))?.updates).toHaveLength(before.offset)
  expect(order).toEqual([])
  state.hold = false
  release()
  const shown = await reading
  const doc = new Y.Doc()
  Y.applyUpdate(doc, shown.state)
  expect(doc.getXmlFragment('prosemirror').toString()).not.toContain('third')
  expect(doc.getXmlFragment('prosemirror').toString()).toContain('second')
  await Promise.all([sending, third])
  expect(order.toSorted()).toEqual(['durable at 2', 'shown at 2'])
  await documents.close()
})

test('[NO15] when storing fails, all that is not durable is refused and the document goes on from its log', async () => {
  await using server = await openStore()
  const { store, state, release } = controlled(server.store)
  const documents = createDocuments({ store, clock, log })
  const document = await documents.open(await server.newNote())
  const [ana, bo] = [new Editor('ana'), new Editor('bo')]
  writeParagraph(ana.root, 'kept')
  await ana.sendAll(document)
  bo.receive((await document.state()).state)
  const kept = await document.state(nothing)

  state.hold = true
  state.fail = true
  writeParagraph(ana.root, 'lost by Ana')
  writeParagraph(bo.root, 'lost by Bo')
  const appends = state.appends
  const lost = [ana.sendAll(document), bo.sendAll(document)].map((sending) => refusalOf(() => sending))
  const asked = document.state(nothing)
  release()
  for (const refusal of await Promise.all(lost)) expect(refusal.code).toBe('unavailable')
  // The second was never offered to the store: it could have been stored without what it builds on.
  expect(state.appends).toBe(appends + 1)
  expect(await asked).toEqual(kept)

  state.hold = false
  state.fail = false
  await ana.synchronise(document)
  await bo.synchronise(document)
  await ana.synchronise(document)
  expect(ana.root.toString()).toContain('lost by Bo')
  expect(ana.root.toString()).toBe(bo.root.toString())
  await documents.close()
})

test('[NO16] an echo of an update that is being stored is acknowledged with it, and stored once', async () => {
  await using server = await openStore()
  const { store, state, release } = controlled(server.store)
  const documents = createDocuments({ store, clock, log })
  const document = await documents.open(await server.newNote())
  const ana = new Editor('ana')
  writeParagraph(ana.root, 'once')
  const [update] = ana.unsent.splice(0)
  if (update === undefined) throw new Error('nothing was written')
  state.hold = true
  const first = ana.send(document, update)
  const echo = document.apply(update, { user: 'bo', newClientsLeft: 200 })
  state.hold = false
  release()
  expect(await first).toMatchObject({ changed: true, offset: 1, claimed: 1 })
  expect(await echo).toMatchObject({ changed: false, offset: 1, claimed: 0 })
  expect((await server.store.load(document.note))?.updates).toHaveLength(1)
  await documents.close()
})

test('[NO17] a document of many updates is compacted while people go on writing, and nothing is lost', async () => {
  await using server = await openStore()
  const note = await server.newNote()
  const document = await server.documents.open(note)
  const ana = new Editor('ana')
  const content = writeParagraph(ana.root, '')
  for (let edit = 0; edit < limits.updatesPerSnapshot + 40; edit += 1) content.insert(edit, String(edit % 10))
  await Promise.all(ana.unsent.splice(0).map((update) => ana.send(document, update)))
  await document.settled()
  const stored = await server.store.load(note)
  expect(stored?.snapshotOffset).toBeGreaterThanOrEqual(limits.updatesPerSnapshot)
  expect(stored?.updates.length).toBeLessThan(100)
  const again = createDocuments({ store: server.store, clock, log })
  const reopened = await again.open(note)
  expect(await reopened.state(nothing)).toEqual(await document.state(nothing))
  await again.close()
})

test('[NO18] many who open one document at once load it once', async () => {
  await using server = await openStore()
  let loads = 0
  const store: DocumentStore = {
    ...server.store,
    load: (note) => {
      loads += 1
      return server.store.load(note)
    },
  }
  const documents = createDocuments({ store, clock, log })
  const note = await server.newNote()
  const opened = await Promise.all(Array.from({ length: 50 }, () => documents.open(note)))
  expect(new Set(opened).size).toBe(1)
  expect(loads).toBe(1)
  await documents.close()
})

test('[NO19] documents without users are closed when too many are open; those in use and those being stored are not', async () => {
  await using server = await openStore()
  const { store, state, release } = controlled(server.store)
  const documents = createDocuments({ store, clock, log, capacity: 2 })
  const notes = await Promise.all([1, 2, 3, 4].map(() => server.newNote()))
  const [first, second, third, fourth] = await Promise.all(notes.map((note) => documents.open(note)))
  if (first === undefined || second === undefined || third === undefined || fourth === undefined)
    throw new Error('four notes')
  expect(documents.size).toBe(4)
  state.hold = true
  const ana = new Editor('ana')
  writeParagraph(ana.root, 'being stored')
  const storing = ana.sendAll(first)
  documents.release(first)
  documents.release(second)
  documents.release(third)
  expect([first, second, third, fourth].map(({ note }) => documents.get(note) !== undefined)).toEqual([
    true,
    false,
    false,
    true,
  ])
  state.hold = false
  release()
  await storing
  expect(await refusalOf(() => second.state())).toMatchObject({ code: 'unavailable' })
  const again = await documents.open(second.note)
  expect((await again.state()).offset).toBe(0)
  await documents.close()
})

test('[NO20] a damaged document is not opened and not overwritten, and the others work (YJ-28)', async () => {
  await using server = await openStore()
  const [damaged, whole] = [await server.newNote(), await server.newNote()]
  const ana = new Editor('ana')
  writeParagraph(ana.root, 'text')
  const [update] = ana.unsent
  if (update === undefined) throw new Error('nothing was written')
  // The store does not look into updates: half of one has a right checksum.
  await server.store.append(damaged, { update: update.slice(0, -4), user: 'ana', clients: [ana.doc.clientID], at: 1 })
  await server.store.append(whole, { update, user: 'ana', clients: [ana.doc.clientID], at: 1 })
  const before = await server.store.load(damaged)
  expect(await refusalOf(() => server.documents.open(damaged))).toEqual({
    code: 'unavailable',
    rule: 'document-damaged',
  })
  const document = await server.documents.open(whole)
  expect((await document.state()).offset).toBe(1)
  expect(await refusalOf(() => server.documents.open(damaged))).toMatchObject({ code: 'unavailable' })
  expect(await server.store.load(damaged)).toEqual(before)
})

test('[NO21] a deleted note answers not-found to those who still have it open, and to what is being stored', async () => {
  await using server = await openStore()
  const { store, state, release } = controlled(server.store)
  const documents = createDocuments({ store, clock, log })
  const note = await server.newNote()
  const document = await documents.open(note)
  const ana = new Editor('ana')
  writeParagraph(ana.root, 'text')
  state.hold = true
  const sending = refusalOf(() => ana.sendAll(document))
  await server.deleteNote(note)
  documents.discard(note)
  expect((await sending).code).toBe('not-found')
  release()
  expect(await refusalOf(() => document.state())).toMatchObject({ code: 'not-found' })
  expect(await refusalOf(() => documents.open(note))).toMatchObject({ code: 'not-found' })
  await documents.close()
})

test('[NO22] closing waits until everything is durable (YJ-29)', async () => {
  await using server = await openStore()
  const documents = createDocuments({ store: server.store, clock, log })
  const document = await documents.open(await server.newNote())
  const ana = new Editor('ana')
  for (let edit = 0; edit < 20; edit += 1) writeParagraph(ana.root, `line ${edit}`)
  const sending = Promise.all(ana.unsent.splice(0).map((update) => ana.send(document, update)))
  documents.release(document)
  await documents.close()
  expect((await sending).map(({ offset }) => offset)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  expect((await server.store.load(document.note))?.updates).toHaveLength(20)
  expect(await refusalOf(() => documents.open(document.note))).toMatchObject({ code: 'draining' })
})

test('[NO23] updates of another node are applied in order, known ones ignored, and a gap is healed from the log', async () => {
  await using server = await openStore()
  const note = await server.newNote()
  const here = await server.documents.open(note)
  const elsewhere = createDocuments({ store: server.store, clock, log })
  const there = await elsewhere.open(note)
  const ana = new Editor('ana')
  for (let edit = 0; edit < 4; edit += 1) writeParagraph(ana.root, `line ${edit}`)
  const [first, , third, fourth] = await ana.sendAll(there)
  if (first === undefined || third === undefined || fourth === undefined) throw new Error('four were sent')
  const from = ({ offset, update }: { offset: number; update: Uint8Array }) => ({
    offset,
    update,
    user: 'ana',
    clients: [ana.doc.clientID],
  })
  expect(here.receive(from(first))).toBe('applied')
  expect(here.receive(from(first))).toBe('known')
  expect(here.receive(from(fourth))).toBe('gap')
  expect(await here.state(nothing)).toEqual(await there.state(nothing))
  expect(here.receive(from(third))).toBe('known')
  await elsewhere.close()
})
