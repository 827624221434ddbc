import { ProtocolError } from '@sallyport/protocol'
import { test } from 'vitest'
import * as Y from 'yjs'
import { getSchema } from '@tiptap/core'
import { Node } from '@tiptap/pm/model'
import { StarterKit } from '@tiptap/starter-kit'
import { updateYFragment, yXmlFragmentToProsemirrorJSON } from '@tiptap/y-tiptap'
import { checkUpdate } from '../src/documents/guard.ts'

const schema = getSchema([StarterKit])
function generator(seed: number): (max: number) => number {
  let state = seed
  return (max) => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 4_294_967_296) * max)
  }
}
function allElements(f: Y.XmlFragment, out: Y.XmlFragment[] = []): Y.XmlFragment[] {
  out.push(f)
  for (const c of f.toArray()) if (c instanceof Y.XmlElement) allElements(c, out)
  return out
}
for (const gc of [true]) test.each([1, 2, 3])('yjs undo %s', (seed) => {
  const random = generator(seed)
  const rules = new Map<string, number>()
  let sent = 0, undos = 0
  for (let world = 0; world < 150; world += 1) {
    const server = new Y.Doc(); server.getXmlFragment('prosemirror')
    const users = [0, 1, 2].map((n) => {
      const doc = new Y.Doc({ gc }); doc.clientID = 100 + random(1000) * 3 + n
      const root = doc.getXmlFragment('prosemirror')
      const undo = new Y.UndoManager(root, { captureTimeout: random(2) * 0 })
      const unsent: Uint8Array[] = []
      doc.on('update', (u: Uint8Array, o: unknown) => { if (o !== 'server') unsent.push(u) })
      return { doc, root, undo, unsent, inbox: [] as Uint8Array[], bad: false }
    })
    for (let step = 0; step < 120; step += 1) {
      const u = users[random(3)]!
      if (u.bad) continue
      const els = allElements(u.root)
      const el = els[random(els.length)]!
      const op = random(12)
      if (op < 3) { const e = new Y.XmlElement(['paragraph', 'bulletList', 'listItem'][random(3)]!); if (random(2)) e.insert(0, [new Y.XmlText('hello')]); if (el === u.root || el instanceof Y.XmlElement) el.insert(random(el.length + 1), [e]) }
      else if (op < 5) { const texts = el.toArray().filter((x) => x instanceof Y.XmlText) as Y.XmlText[]; const t = texts[0]; if (t) { t.insert(random(t.length + 1), 'xy'); if (random(3) === 0 && t.length > 2) t.format(random(t.length - 1), 2, { bold: random(2) ? {} : null }) } }
      else if (op < 7) { if (el.length > 0) el.delete(random(el.length), 1) }
      else if (op < 8) { if (el instanceof Y.XmlElement) el.setAttribute('level', String(random(5))) }
      else if (op < 10) { u.undo.undo(); undos++ }
      else if (op < 11) { u.undo.redo() }
      else {
        // send and receive
        for (const up of u.unsent.splice(0)) {
          sent++
          try {
            const c = checkUpdate(server, up, { user: 'a', ownerOf: () => undefined, newClientsLeft: 9, ...{ ownerOf: (cl: number) => 'a' } })
            if (c.changed) { Y.applyUpdate(server, c.bytes); for (const o of users) if (o !== u) o.inbox.push(c.bytes) }
          } catch (e) { if (!(e instanceof ProtocolError)) throw e; rules.set(e.rule!, (rules.get(e.rule!) ?? 0) + 1); u.bad = true; break }
        }
        for (const up of u.inbox.splice(0)) Y.applyUpdate(u.doc, up, 'server')
      }
    }
  }
  console.log(seed, { sent, undos }, rules)
})
