/** Random editing through a bad network and restarts ends in one document, in memory and in the database. */
import { ProtocolError } from '@sallyport/protocol'
import { createEncoder, toUint8Array, writeUint8, writeVarString, writeVarUint } from 'lib0/encoding'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Document } from '../src/documents/document.ts'
import { createDocuments } from '../src/documents/documents.ts'
import { checkUpdate } from '../src/documents/guard.ts'
import { clock, Editor, editRandomly, generator, log, openStore, pick, writeParagraph } from './document-harness.ts'

const steps = 10_000
const nothing = Uint8Array.of(0)

/** An editor behind a network that loses, repeats and reorders. */
interface Peer {
  readonly editor: Editor
  inbox: Uint8Array[]
}

async function deliver(
  peer: Peer,
  document: Document,
  peers: readonly Peer[],
  random: (max: number) => number,
): Promise<void> {
  const { editor } = peer
  if (editor.unsent.length === 0) return
  const fate = random(20)
  const index = fate === 0 ? random(editor.unsent.length) : 0
  const update = editor.unsent[index]
  if (update === undefined) return
  // Lost on the way, sent twice, or sent once.
  if (fate !== 1) editor.unsent.splice(index, 1)
  if (fate === 2) return
  try {
    const applied = await editor.send(document, update)
    if (applied.changed) for (const other of peers) if (other !== peer) other.inbox.push(applied.update)
  } catch (error) {
    if (!(error instanceof ProtocolError && error.code === 'missing-updates')) throw error
    await editor.synchronise(document)
    peer.inbox = []
  }
}

function hear({ editor, inbox }: Peer, random: (max: number) => number): void {
  if (inbox.length === 0) return
  const fate = random(20)
  const [update] = inbox.splice(fate === 0 ? random(inbox.length) : 0, 1)
  if (update !== undefined && fate !== 1) editor.receive(update)
  if (update !== undefined && fate === 2) inbox.push(update)
}

test(`[NO28] five editors, ${steps.toLocaleString('en')} random steps with losses, repeats, reorders, reconnects and restarts: one document (YJ-26)`, {
  timeout: 120_000,
}, async () => {
  await using server = await openStore()
  const note = await server.newNote()
  const random = generator(26)
  const peers = ['ana', 'ana', 'bo', 'cleo', 'dan'].map(
    (user, index): Peer => ({ editor: new Editor(user, { clientId: 1_000 + index * 7 }), inbox: [] }),
  )
  let documents = createDocuments({ store: server.store, clock, log })
  let document = await documents.open(note)
  const reconnect = async (peer: Peer): Promise<void> => {
    peer.inbox = []
    await peer.editor.synchronise(document)
  }
  for (let step = 0; step < steps; step += 1) {
    const peer = pick(peers, random)
    const kind = random(100)
    if (kind < 35) editRandomly(peer.editor.root, random)
    else if (kind < 60) await deliver(peer, document, peers, random)
    else if (kind < 98) hear(peer, random)
    else if (kind < 99) await reconnect(peer)
    else if (random(5) === 0) {
      await documents.close()
      documents = createDocuments({ store: server.store, clock, log })
      document = await documents.open(note)
      for (const other of peers) await reconnect(other)
    }
  }
  for (const peer of [...peers, ...peers]) await reconnect(peer)
  const expected = peers[0]?.editor.root.toString()
  // Compared as a whole: the difference of two documents fills the terminal.
  for (const { editor } of peers) expect(editor.root.toString() === expected).toBe(true)
  const live = await document.state(nothing)
  await documents.close()
  const again = createDocuments({ store: server.store, clock, log })
  const stored = await (await again.open(note)).state(nothing)
  // The bytes may differ: what is merged into one struct depends on the way there. What exists and what is deleted may not.
  expect(Y.equalSnapshots(snapshotOf(stored.state), snapshotOf(live.state))).toBe(true)
  expect(stored.offset).toBe(live.offset)
  const reader = new Editor('reader')
  reader.receive(stored.state)
  expect(reader.root.toString() === expected).toBe(true)
  await again.close()
})

function snapshotOf(state: Uint8Array): Y.Snapshot {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, state)
  return Y.snapshot(doc)
}

/** An update with one letter between two units. */
function letterBetween(
  client: number,
  clock: number,
  neighbours: readonly (readonly [number, number] | null)[],
  parent: readonly [number, number],
): Uint8Array {
  const encoder = createEncoder()
  for (const number of [1, 1, client, clock]) writeVarUint(encoder, number)
  const [left = null, right = null] = neighbours
  writeUint8(encoder, 4 | (left === null ? 0 : 0x80) | (right === null ? 0 : 0x40))
  for (const unit of [left, right]) for (const number of unit ?? []) writeVarUint(encoder, number)
  if (left === null && right === null) for (const number of [0, ...parent]) writeVarUint(encoder, number)
  writeVarString(encoder, String.fromCharCode(63 + client))
  writeVarUint(encoder, 0)
  return toUint8Array(encoder)
}

test('[NO29] whatever neighbours a writer claims: what is accepted gives one text in every order of arrival (YJ-11)', {
  timeout: 60_000,
}, () => {
  const random = generator(11)
  let accepted = 0
  for (let world = 0; world < 1_000; world += 1) {
    const doc = new Y.Doc()
    doc.clientID = 1
    const text = new Y.XmlText('abc')
    doc.getXmlFragment('prosemirror').insert(0, [text])
    const base = Y.encodeStateAsUpdate(doc)
    const units: (readonly [number, number])[] = [
      [1, 1],
      [1, 2],
      [1, 3],
    ]
    const updates: {
      readonly id: readonly [number, number]
      readonly bytes: Uint8Array
      readonly needs: readonly (readonly [number, number])[]
    }[] = []
    for (let step = 0; step < 12; step += 1) {
      const client = 2 + random(3)
      const id = [client, Y.getState(doc.store, client)] as const
      const neighbours = [0, 1].map(() => (random(5) === 0 ? null : pick(units, random)))
      const bytes = letterBetween(...id, neighbours, [1, 0])
      try {
        checkUpdate(doc, bytes, { user: 'x', ownerOf: (owned) => (owned === 1 ? 'v' : 'x'), newClientsLeft: 9 })
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
        continue
      }
      accepted += 1
      Y.applyUpdate(doc, bytes)
      updates.push({ id, bytes, needs: neighbours.filter((unit) => unit !== null) })
      units.push(id)
    }
    const reload = new Y.Doc()
    Y.applyUpdate(reload, Y.encodeStateAsUpdate(doc))
    expect(reload.getXmlFragment('prosemirror').toString()).toBe(doc.getXmlFragment('prosemirror').toString())
    for (let order = 0; order < 4; order += 1) {
      const copy = new Y.Doc()
      Y.applyUpdate(copy, base)
      const left = [...updates]
      while (left.length > 0) {
        const has = ([client, at]: readonly [number, number]): boolean => at < Y.getState(copy.store, client)
        const next = pick(
          left.filter(({ id: [client, at], needs }) => at === Y.getState(copy.store, client) && needs.every(has)),
          random,
        )
        left.splice(left.indexOf(next), 1)
        Y.applyUpdate(copy, next.bytes)
      }
      expect(copy.getXmlFragment('prosemirror').toString()).toBe(doc.getXmlFragment('prosemirror').toString())
    }
  }
  expect(accepted).toBeGreaterThan(1_000)
})

test('[NO11] random undo and redo among concurrent edits: all but what Yjs itself cannot place alike everywhere is accepted', {
  timeout: 60_000,
}, () => {
  const random = generator(3)
  const counts = { sent: 0, refused: 0 }
  for (let world = 0; world < 60; world += 1) {
    const server = new Y.Doc()
    const peers = ['a', 'b', 'c'].map((user) => {
      const editor = new Editor(user)
      return {
        editor,
        undo: new Y.UndoManager(editor.root, { captureTimeout: 0 }),
        inbox: [] as Uint8Array[],
        ended: false,
      }
    })
    writeParagraph(server.getXmlFragment('prosemirror'), 'start')
    for (const { editor } of peers) editor.receive(Y.encodeStateAsUpdate(server))
    for (let step = 0; step < 120; step += 1) {
      const peer = pick(peers, random)
      if (peer.ended) continue
      const kind = random(10)
      if (kind < 6) editRandomly(peer.editor.root, random)
      else if (kind < 8) peer.undo.undo()
      else if (kind < 9) peer.undo.redo()
      else {
        for (const update of peer.editor.unsent.splice(0)) {
          counts.sent += 1
          try {
            const { bytes } = checkUpdate(server, update, { user: 'x', ownerOf: () => 'x', newClientsLeft: 9 })
            Y.applyUpdate(server, bytes)
            for (const other of peers) if (other !== peer) other.inbox.push(bytes)
          } catch (error) {
            if (!(error instanceof ProtocolError && error.rule?.startsWith('neighbours-') === true)) throw error
            counts.refused += 1
            peer.ended = true
            break
          }
        }
        for (const update of peer.inbox.splice(0)) peer.editor.receive(update)
      }
    }
  }
  expect(counts.sent).toBeGreaterThan(2_000)
  expect(counts.refused).toBeLessThan(counts.sent / 500)
})
