/** Awareness: each session speaks for one client of its own, under the name that the server knows. */
import { createEncoder, toUint8Array, writeVarUint } from 'lib0/encoding'
import { expect, test } from 'vitest'
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import type { EncodedAwareness } from '../src/documents/awareness.ts'
import { AwarenessStates } from '../src/documents/awareness-states.ts'
import { checkStateVector } from '../src/documents/state-vector.ts'
import { refusalOf } from './document-harness.ts'

const ana = { id: 'a', name: 'Ana' }
const bo = { id: 'b', name: 'Bo' }
const text = new TextEncoder()

type Entry = readonly [client: number, clock: number, state: string]

/** A y-protocols message made by hand. */
const message = (...entries: readonly Entry[]): Uint8Array => messageOf(entries)

function messageOf(entries: readonly Entry[]): Uint8Array {
  const varUint = (value: number): number[] => {
    const bytes: number[] = []
    let rest = value
    while (rest > 127) {
      bytes.push(128 + (rest % 128))
      rest = Math.floor(rest / 128)
    }
    return [...bytes, rest]
  }
  const parts = entries.map(([client, clock, state]) => {
    const encoded = text.encode(state)
    return [...varUint(client), ...varUint(clock), ...varUint(encoded.length), ...encoded]
  })
  return Uint8Array.from([...varUint(entries.length), ...parts.flat()])
}

const json = (value: unknown): Uint8Array => text.encode(JSON.stringify(value))
const statesOf = (awareness: Awareness): object => Object.fromEntries(awareness.getStates())

function jsonOf(encoded: EncodedAwareness | undefined): unknown {
  return encoded === undefined ? undefined : JSON.parse(new TextDecoder().decode(encoded.json))
}

function createStates(writers: ReadonlyMap<number, string> = new Map()): AwarenessStates {
  return new AwarenessStates((client) => writers.get(client), 1_000)
}

/** An awareness instance that hears what it is told, and no more. */
function listener(): Awareness & Disposable {
  const awareness = new Awareness(new Y.Doc())
  awareness.setLocalState(null)
  return Object.assign(awareness, { [Symbol.dispose]: () => awareness.destroy() })
}

test('[NO24] a state is relayed in both encodings with the user stamped by the server', () => {
  const states = createStates()
  using own = listener()
  using other = listener()
  own.setLocalState({ user: { name: 'Mallory', id: 'b', color: '#a1B2c3', colorLight: 'red' }, cursor: { anchor: 1 } })
  const encoded = states.update(encodeAwarenessUpdate(own, [own.clientID]), { session: 's1', user: ana, binary: true })
  const expected = { user: { id: 'a', name: 'Ana', color: '#a1B2c3' }, cursor: { anchor: 1 } }
  expect(jsonOf(encoded)).toEqual({ [own.clientID]: expected })
  if (encoded === undefined) throw new Error('it is relayed')
  applyAwarenessUpdate(other, encoded.binary, 'server')
  expect(statesOf(other)).toEqual({ [own.clientID]: expected })

  const left = states.leave('s1')
  if (left === undefined) throw new Error('it is told')
  applyAwarenessUpdate(other, left.binary, 'server')
  expect(statesOf(other)).toEqual({})
  expect(jsonOf(left)).toEqual({ [own.clientID]: {} })
  expect(states.leave('s1')).toBeUndefined()
})

test('[NO24] JSON messages of Open WebUI reach clients of y-protocols, and echoes of others are left out', () => {
  const states = createStates()
  using other = listener()
  const first = states.update(json({ 7: { user: { name: 'x', color: '#000000' } } }), {
    session: 's1',
    user: ana,
    binary: false,
  })
  const second = states.update(json({ 7: { user: {} }, 8: { cursor: null } }), {
    session: 's2',
    user: bo,
    binary: false,
  })
  for (const encoded of [first, second])
    if (encoded !== undefined) applyAwarenessUpdate(other, encoded.binary, 'server')
  const expected = {
    7: { user: { id: 'a', name: 'Ana', color: '#000000' } },
    8: { user: { id: 'b', name: 'Bo' }, cursor: null },
  }
  expect(statesOf(other)).toEqual(expected)
  expect(jsonOf(states.present())).toEqual(expected)
  const echo = states.update(json({ 7: { user: { name: 'Mallory' } } }), { session: 's2', user: bo, binary: false })
  expect(echo).toBeUndefined()
  const again = states.update(json({ 7: { cursor: 5 } }), { session: 's1', user: ana, binary: false })
  if (again === undefined) throw new Error('it is relayed')
  applyAwarenessUpdate(other, again.binary, 'server')
  expect(statesOf(other)).toMatchObject({ 7: { cursor: 5 } })
})

test('[NO24] the same client on a new connection of the same person takes its place', () => {
  const states = createStates()
  states.update(message([7, 3, '{"a":1}']), { session: 'old', user: ana, binary: true })
  expect(states.update(message([7, 4, '{"a":2}']), { session: 'new', user: ana, binary: true })).toBeDefined()
  expect(states.leave('old')).toBeUndefined()
  expect(jsonOf(states.present())).toMatchObject({ 7: { a: 2 } })
  expect(states.ownerOf(7)).toBe('a')
})

test.each([
  ['two entries', message([7, 5, '{}'], [8, 5, '{}'])],
  ['no entry', message()],
  ["another session's client", message([9, 5, '{}'])],
  ['the end of another session', message([9, 2 ** 30, 'null'])],
  ['a client id that somebody else wrote with', message([11, 5, '{}'])],
  ['a second client of its own', message([12, 5, '{}'])],
  ['200,000 ids without state', messageOf(Array.from({ length: 200_000 }, (_, index) => [index, 1, 'null'] as const))],
  ['a second entry that is broken', message([7, 5, '{}'], [8, 5, '{'])],
  ['a state that is no JSON', message([7, 5, '{'])],
  ['a state that is a list', message([7, 5, '[]'])],
  ['a state of 5,000 bytes', message([7, 5, JSON.stringify({ a: 'x'.repeat(5_000) })])],
  ['a deep state', message([7, 5, `{"a":${'['.repeat(50)}${']'.repeat(50)}}`])],
  ['a clock of 2^52', message([7, 2 ** 52, '{}'])],
  ['bytes behind it', Uint8Array.of(...message([7, 5, '{}']), 0)],
  ['a prototype', message([7, 5, '{"__proto__":{}}'])],
  ['nothing', new Uint8Array(0)],
])('[NO25] awareness with %s is refused whole and changes nothing (YJ-23)', async (_, bytes) => {
  const states = createStates(new Map([[11, 'b']]))
  states.update(message([7, 4, '{"a":1}']), { session: 'own', user: ana, binary: true })
  states.update(message([9, 4, '{"b":1}']), { session: 'other', user: bo, binary: true })
  const before = jsonOf(states.present())
  const refusal = await refusalOf(() => states.update(bytes, { session: 'own', user: ana, binary: true }))
  expect(refusal.code).toBe('invalid-input')
  expect(jsonOf(states.present())).toEqual(before)
  expect(states.update(message([7, 5, '{"a":2}']), { session: 'own', user: ana, binary: true })).toBeDefined()
})

test.each([
  ['no object', json([1])],
  ['a name for an id', json({ seven: {} })],
  ['a state that is text', json({ 7: 'x' })],
  ['a large state', json({ 7: { a: 'x'.repeat(5_000) } })],
  ['two new clients', json({ 20: {}, 21: {} })],
  [
    'too many bytes',
    json({ 7: {}, ...Object.fromEntries(Array.from({ length: 900 }, (_, index) => [index + 100, {}])) }),
  ],
  ['no JSON', text.encode('{')],
  ['no UTF-8', Uint8Array.of(0xc3, 0x28)],
])('[NO25] awareness in JSON with %s is refused (YJ-23)', async (_, bytes) => {
  const states = createStates()
  expect(await refusalOf(() => states.update(bytes, { session: 'own', user: ana, binary: false }))).toMatchObject({
    code: 'invalid-input',
  })
  expect(states.present()).toBeUndefined()
})

test('[NO25] a new session speaks for no client that is in use by, or has written for, somebody else', async () => {
  const states = createStates(new Map([[11, 'b']]))
  states.update(message([9, 4, '{"b":1}']), { session: 'other', user: bo, binary: true })
  for (const client of [9, 11]) {
    for (const [binary, bytes] of [
      [true, message([client, 5, '{}'])],
      [false, json({ [client]: {} })],
    ] as const) {
      // In JSON the client of a participant is the echo of what it said: left out, not refused.
      if (!binary && client === 9) continue
      const refusal = await refusalOf(() => states.update(bytes, { session: 'new', user: ana, binary }))
      expect(refusal).toEqual({ code: 'invalid-input', rule: 'awareness-client-owner' })
    }
  }
  expect(states.update(json({ 9: {} }), { session: 'new', user: ana, binary: false })).toBeUndefined()
  expect(states.ownerOf(9)).toBe('b')
  expect(states.update(message([11, 1, '{}']), { session: 'own', user: bo, binary: true })).toBeDefined()
})

test('[NO30] a reader takes no client id from those who may write, neither before them nor after they have left', async () => {
  const states = createStates()
  const reader = { session: 'reader', user: bo, binary: true, readOnly: true }
  const writer = { session: 'writer', user: ana, binary: true, readOnly: false }
  expect(states.update(message([7, 1, '{}']), reader)).toBeDefined()
  expect(states.ownerOf(7), 'showing is not owning').toBeUndefined()
  expect(jsonOf(states.update(message([7, 2, '{}']), writer))).toEqual({ 7: { user: { id: 'a', name: 'Ana' } } })
  expect(states.ownerOf(7)).toBe('a')
  const refused = { code: 'invalid-input', rule: 'awareness-client-owner' }
  expect(await refusalOf(() => states.update(message([7, 3, '{}']), reader))).toEqual(refused)
  expect(states.leave('writer')).toBeDefined()
  expect(await refusalOf(() => states.update(message([7, 4, '{}']), reader))).toEqual(refused)
  expect(states.ownerOf(7)).toBe('a')
  expect(states.update(message([8, 1, '{}']), reader), 'an id of its own is shown').toBeDefined()
  const other = { ...reader, session: 'other reader', user: { id: 'c', name: 'Cy' } }
  expect(await refusalOf(() => states.update(message([8, 2, '{}']), other))).toEqual(refused)
})

test('[NO30] one person keeps so many client ids, and takes none from another', () => {
  const states = createStates()
  const show = (client: number, user: typeof ana) => {
    states.update(message([client, 1, '{}']), { session: 's', user, binary: true })
    states.leave('s')
  }
  show(1, ana)
  for (let client = 2; client <= 500; client += 1) show(client, bo)
  expect(states.ownerOf(1)).toBe('a')
  expect([states.ownerOf(300), states.ownerOf(301), states.ownerOf(500)]).toEqual([undefined, 'b', 'b'])
})

test('[NO31] carets of clients that speak JSON are renewed for those who forget whom they do not hear of', () => {
  const states = createStates()
  using other = listener()
  expect(states.renew()).toBeUndefined()
  states.update(message([9, 4, '{}']), { session: 'binary', user: bo, binary: true })
  expect(states.renew(), 'who speaks y-protocols renews by itself').toBeUndefined()
  const shown = states.update(json({ 7: { cursor: 1 } }), { session: 'page', user: ana, binary: false })
  if (shown === undefined) throw new Error('it is relayed')
  applyAwarenessUpdate(other, shown.binary, 'server')
  const clock = other.meta.get(7)?.clock ?? 0
  const renewed = states.renew()
  expect(jsonOf(renewed)).toEqual({ 7: { cursor: 1, user: { id: 'a', name: 'Ana' } } })
  if (renewed === undefined) throw new Error('it is renewed')
  applyAwarenessUpdate(other, renewed.binary, 'server')
  expect(other.meta.get(7)?.clock).toBeGreaterThan(clock)
  const moved = states.update(json({ 7: { cursor: 2 } }), { session: 'page', user: ana, binary: false })
  if (moved === undefined) throw new Error('it is relayed after a renewal')
  applyAwarenessUpdate(other, moved.binary, 'server')
  expect(statesOf(other)).toMatchObject({ 7: { cursor: 2 } })
  states.leave('page')
  expect(states.renew()).toBeUndefined()
})

test('[NO25] an older clock, and a state that ends twice, tell nobody anything', () => {
  const states = createStates()
  const sender = { session: 's', user: ana, binary: true }
  expect(states.update(message([7, 4, '{}']), sender)).toBeDefined()
  expect(states.update(message([7, 3, '{}']), sender)).toBeUndefined()
  expect(states.update(message([7, 4, '{}']), sender)).toBeUndefined()
  expect(states.update(message([7, 4, 'null']), sender)).toBeDefined()
  expect(states.update(message([7, 5, 'null']), sender)).toBeUndefined()
  expect(states.present()).toBeUndefined()
})

test.each([
  ['cut', Uint8Array.of(2, 1, 1, 5)],
  ['empty', new Uint8Array(0)],
  ['a client twice', Uint8Array.of(2, 1, 1, 1, 2)],
  ['bytes behind it', Uint8Array.of(1, 1, 1, 0)],
  ['100,000 entries announced', Uint8Array.of(0xa0, 0x8d, 0x06, 1, 1)],
  ['a clock of 2^53 - 1', Uint8Array.of(1, 1, 255, 255, 255, 255, 255, 255, 255, 15)],
  ['too many bytes', new Uint8Array(70_000)],
])('[NO26] a state vector with %s is refused (YJ-22)', async (_, bytes) => {
  expect(await refusalOf(() => checkStateVector(bytes))).toMatchObject({ code: 'invalid-input' })
})

test('[NO26] a state vector may have so many bytes and clients and no more (YJ-22)', async () => {
  const vector = (count: number, first: number): Uint8Array => {
    const encoder = createEncoder()
    writeVarUint(encoder, count)
    for (let index = 0; index < count; index += 1) {
      writeVarUint(encoder, first + index)
      writeVarUint(encoder, 1)
    }
    return toUint8Array(encoder)
  }
  expect(checkStateVector(vector(10_000, 0)).length).toBeGreaterThan(29_000)
  expect(await refusalOf(() => checkStateVector(vector(10_001, 0)))).toMatchObject({ rule: 'state-vector-clients' })
  expect(await refusalOf(() => checkStateVector(vector(9_999, 2 ** 42)))).toMatchObject({ rule: 'state-vector-bytes' })
})

test('[NO26] the state vectors of Yjs are accepted', () => {
  const doc = new Y.Doc()
  expect(checkStateVector(Y.encodeStateVector(doc))).toEqual(Uint8Array.of(0))
  doc.getText('x').insert(0, 'abc')
  expect(checkStateVector(Y.encodeStateVector(doc)).length).toBeGreaterThan(2)
})
