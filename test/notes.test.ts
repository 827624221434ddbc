/** Notes and their documents, over the wire. */
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Connected } from './harness/connection.ts'
import { storedIn } from './harness/refusal.ts'
import { startServer } from './harness/start-server.ts'

const documentOf = (note: string) => ({ document_id: `note:${note}` })

/** A client's copy of a note: what it writes goes through the wire by hand. */
class Copy {
  readonly doc = new Y.Doc()
  readonly updates: Uint8Array[] = []

  constructor() {
    this.doc.on('update', (update: Uint8Array) => this.updates.push(update))
  }

  /** Adds a paragraph and answers the update that does it. */
  write(text: string): Uint8Array {
    const from = this.updates.length
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.insert(0, [new Y.XmlText(text)])
    const fragment = this.doc.getXmlFragment('prosemirror')
    this.doc.transact(() => fragment.insert(fragment.length, [paragraph]))
    return Y.mergeUpdates(this.updates.slice(from))
  }

  get text(): string {
    return this.doc.getXmlFragment('prosemirror').toString()
  }
}

const state = async (connection: Connected, note: string): Promise<{ doc: Y.Doc; text: string; offset: number }> => {
  const doc = new Y.Doc()
  await connection.ok('ydoc:document:join', documentOf(note))
  const payload = connection.all('ydoc:document:state').at(-1)
  Y.applyUpdate(doc, Uint8Array.from(payload.state))
  return { doc, text: doc.getXmlFragment('prosemirror').toString(), offset: payload.offset }
}

test('[NO1] an edit is durable when it is acknowledged, has the next offset, and reaches the others, not its author', async () => {
  await using server = await startServer()
  const bo = await server.person('Bo')
  const note = await server.admin.note({ access_control: { write: { user_ids: [bo.id] } } })
  await using a = await server.admin.connect({ binary: true })
  await using b = await bo.connect()
  await a.ok('ydoc:document:join', documentOf(note))
  await b.ok('ydoc:document:join', documentOf(note))
  const copy = new Copy()
  expect(await a.ok('ydoc:document:update', { ...documentOf(note), update: copy.write('one') })).toEqual({
    offset: 1,
    changed: true,
  })
  expect(await a.ok('ydoc:document:update', { ...documentOf(note), update: copy.write('two') })).toEqual({
    offset: 2,
    changed: true,
  })
  const second = await b.next('ydoc:document:update', ({ offset }) => offset === 2)
  expect(second.user_id).toBe(server.admin.id)
  expect(Array.isArray(second.update), 'an array of numbers for who did not announce binary').toBe(true)
  expect(a.all('ydoc:document:update')).toEqual([])
  expect((await state(b, note)).text).toBe(copy.text)
})

test('[NO2] a returning client gets only what it lacks', async () => {
  await using server = await startServer()
  const note = await server.admin.note()
  await using a = await server.admin.connect({ binary: true })
  await a.ok('ydoc:document:join', documentOf(note))
  const copy = new Copy()
  await a.ok('ydoc:document:update', { ...documentOf(note), update: copy.write('x'.repeat(5_000)) })
  const vector = Y.encodeStateVector(copy.doc)
  await a.ok('ydoc:document:update', { ...documentOf(note), update: copy.write('short') })
  await using back = await server.admin.connect({ binary: true })
  await back.ok('ydoc:document:join', { ...documentOf(note), state_vector: vector })
  const { state: lacked, state_vector, offset } = await back.next('ydoc:document:state')
  expect(lacked.length).toBeLessThan(200)
  expect(offset).toBe(2)
  expect([...Y.decodeStateVector(new Uint8Array(state_vector)).values()]).toEqual([
    ...Y.decodeStateVector(Y.encodeStateVector(copy.doc)).values(),
  ])
  for (const bad of [[0xff], Array.from({ length: 100 }, () => 0xff), [1, 5, 5, 5]]) {
    expect((await back.send('ydoc:document:join', { ...documentOf(note), state_vector: bad })).error?.code).toBe(
      'invalid-input',
    )
  }
})

test('[NO3] a reader reads, and writes in no form', async () => {
  await using server = await startServer()
  const bo = await server.person('Bo')
  const note = await server.admin.note({ access_control: { read: { user_ids: [bo.id] } } })
  await using a = await server.admin.connect()
  await using b = await bo.connect()
  await a.ok('ydoc:document:join', documentOf(note))
  const copy = new Copy()
  await a.ok('ydoc:document:update', { ...documentOf(note), update: copy.write('secret plan') })
  expect((await state(b, note)).text).toContain('secret plan')
  const before = storedIn(server)
  const edit = new Copy()
  for (const update of [edit.write('mine'), Array.from(edit.write('mine')), new Uint8Array([0, 0])]) {
    expect((await b.send('ydoc:document:update', { ...documentOf(note), update })).error?.code).toBe('forbidden')
  }
  await b.send('ydoc:awareness:update', { ...documentOf(note), update: Array.from(edit.write('hidden')) })
  expect((await bo.request('POST', `/api/v1/notes/${note}/update`, { title: 'Mine' })).body.code).toBe('forbidden')
  expect((await bo.request('DELETE', `/api/v1/notes/${note}/delete`)).body.code).toBe('forbidden')
  expect(storedIn(server)).toEqual(before)
  expect(a.all('ydoc:document:update')).toEqual([])
})

test('[NO4] a bad update is refused whole: nothing is stored, nobody gets it, the note goes on', async () => {
  await using server = await startServer()
  const bo = await server.person('Bo')
  const note = await server.admin.note({ access_control: { write: { user_ids: [bo.id] } } })
  await using a = await server.admin.connect({ binary: true })
  await using b = await bo.connect({ binary: true })
  await a.ok('ydoc:document:join', documentOf(note))
  await b.ok('ydoc:document:join', documentOf(note))
  const copy = new Copy()
  const good = copy.write('good')
  await a.ok('ydoc:document:update', { ...documentOf(note), update: good })
  const next = copy.write('next')
  const before = storedIn(server)
  const foreign = new Y.Doc()
  foreign.clientID = copy.doc.clientID
  const many = Array.from({ length: 50 }, () => new Y.XmlElement('paragraph'))
  foreign.getXmlFragment('prosemirror').insert(0, many)
  const script = new Y.Doc()
  script.getXmlFragment('prosemirror').insert(0, [new Y.XmlElement('script')])
  const root = new Y.Doc()
  root.getMap('elsewhere').set('a', 1)
  const bad: [string, Uint8Array][] = [
    ['empty', new Uint8Array()],
    ['zeros', new Uint8Array(50)],
    ['0xff', new Uint8Array(50).fill(0xff)],
    ['cut', next.subarray(0, next.length - 1)],
    ['trailing', Uint8Array.from([...next, 0, 0])],
    ['V2', Y.convertUpdateFormatV1ToV2(next)],
    ['announces 30 million structs', Uint8Array.from([1, 0x80, 0x87, 0xa7, 0x0e, 1, 0])],
    ['another root', Y.encodeStateAsUpdate(root)],
    ['a script', Y.encodeStateAsUpdate(script)],
  ]
  for (const [name, update] of bad) {
    expect((await b.send('ydoc:document:update', { ...documentOf(note), update })).error?.code, name).toMatch(
      /^invalid-(update|input)$/,
    )
  }
  const taken = await b.send('ydoc:document:update', { ...documentOf(note), update: Y.encodeStateAsUpdate(foreign) })
  expect(taken.error?.code, 'nobody writes with the client id of another').toBe('invalid-update')
  expect((await b.send('ydoc:document:update', { ...documentOf(note), update: copy.write('later') })).error?.code).toBe(
    'missing-updates',
  )
  expect(storedIn(server)).toEqual(before)
  expect(await a.ok('ydoc:document:update', { ...documentOf(note), update: next })).toEqual({
    offset: 2,
    changed: true,
  })
  await b.next('ydoc:document:update', ({ offset }) => offset === 2)
  expect(b.all('ydoc:document:update').map(({ offset }) => offset)).toEqual([1, 2])
})

test('[NO5] nothing of a document comes or goes before it is joined, and after it is left', async () => {
  await using server = await startServer()
  const note = await server.admin.note()
  await using a = await server.admin.connect()
  const update = new Copy().write('x')
  const refusals = async () => {
    expect((await a.send('ydoc:document:update', { ...documentOf(note), update })).error?.code).toBe('not-joined')
    expect((await a.send('ydoc:document:state', documentOf(note))).error?.code).toBe('not-joined')
    expect((await a.send('ydoc:awareness:update', { ...documentOf(note), update: [0] })).error?.code).toBe('not-joined')
  }
  await refusals()
  await a.ok('ydoc:document:join', documentOf(note))
  await a.ok('ydoc:document:state', documentOf(note))
  await a.ok('ydoc:document:leave', documentOf(note))
  await refusals()
})

test('[NO6] a withdrawn share closes the document at once; from write to read it stays open and writing ends', async () => {
  await using server = await startServer()
  const bo = await server.person('Bo')
  const share = (access_control: object) => server.admin.post(`/api/v1/notes/${note}/update`, { access_control })
  const note = await server.admin.note({ access_control: { write: { user_ids: [bo.id] } } })
  await using a = await server.admin.connect({ binary: true })
  await using b = await bo.connect({ binary: true })
  await a.ok('ydoc:document:join', documentOf(note))
  await b.ok('ydoc:document:join', documentOf(note))
  const mine = new Copy()
  await b.ok('ydoc:document:update', { ...documentOf(note), update: mine.write('mine') })
  await share({ read: { user_ids: [bo.id] } })
  expect(await b.next('room:level')).toEqual({ ...documentOf(note), level: 'read' })
  expect((await b.send('ydoc:document:update', { ...documentOf(note), update: mine.write('more') })).error?.code).toBe(
    'forbidden',
  )
  const theirs = new Copy()
  await a.ok('ydoc:document:update', { ...documentOf(note), update: theirs.write('still heard') })
  await b.next('ydoc:document:update', ({ offset }) => offset === 2)
  await share({})
  expect(await b.next('room:left')).toEqual({ ...documentOf(note), reason: 'access-removed' })
  await a.ok('ydoc:document:update', { ...documentOf(note), update: theirs.write('not heard') })
  expect((await b.send('ydoc:document:state', documentOf(note))).error?.code).toBe('not-found')
  expect(b.all('ydoc:document:update').map(({ offset }) => offset)).toEqual([2])
})

test('[NO7] carets carry the name that the server knows, nobody moves another’s, and they go with their owner', async () => {
  await using server = await startServer()
  const bo = await server.person('Bo')
  const note = await server.admin.note({ access_control: { write: { user_ids: [bo.id] } } })
  await using a = await server.admin.connect()
  const b = await bo.connect()
  await a.ok('ydoc:document:join', documentOf(note))
  await b.ok('ydoc:document:join', {
    ...documentOf(note),
    user_id: server.admin.id,
    user_name: 'Ada',
    user_color: '#000000',
  })
  expect(await a.next('ydoc:user:joined')).toMatchObject({ user_id: bo.id, user_name: 'Bo' })
  const bytes = (value: object) => Array.from(Buffer.from(JSON.stringify(value)))
  const seen = () => a.all('ydoc:awareness:update').map(({ update }) => JSON.parse(Buffer.from(update).toString()))
  const show = (value: object) =>
    b.send('ydoc:awareness:update', { ...documentOf(note), user_id: server.admin.id, update: bytes(value) })
  await show({ 77: { user: { id: server.admin.id, name: 'Ada', color: '#aabbcc' }, cursor: { anchor: 1, head: 2 } } })
  await expect.poll(() => seen().length).toBe(1)
  expect(seen()[0]).toEqual({
    77: { user: { id: bo.id, name: 'Bo', color: '#aabbcc' }, cursor: { anchor: 1, head: 2 } },
  })
  expect(a.all('ydoc:awareness:update')[0].user_id).toBe(bo.id)
  await a.ok('ydoc:awareness:update', { ...documentOf(note), update: bytes({ 88: { cursor: null } }) })
  await show({ 88: {} })
  await show({ 77: { x: 'y'.repeat(5_000) } })
  await b.close()
  await expect.poll(() => seen().length).toBe(2)
  expect(seen()[1], 'the caret is gone').toEqual({ 77: {} })
  expect(await a.next('ydoc:user:left')).toEqual({ ...documentOf(note), user_id: bo.id })
})

test('[NO8] other participants’ connections are never shown: marks open nothing', async () => {
  await using server = await startServer()
  const bo = await server.person('Bo')
  const note = await server.admin.note({ access_control: { write: { user_ids: [bo.id] } } })
  await using a = await server.admin.join()
  await using b = await bo.join()
  await a.ok('ydoc:document:join', documentOf(note))
  await b.ok('ydoc:document:join', documentOf(note))
  await a.ok('ydoc:document:update', { ...documentOf(note), update: new Copy().write('x') })
  await b.next('ydoc:document:update')
  expect(JSON.stringify(b.received)).not.toContain(a.id)
  expect(JSON.stringify(b.received)).not.toContain(server.admin.token)
  expect(b.all('ydoc:document:state')[0].sessions).toContain(b.id)
})

test('[NO9] a note is made, renamed, listed, shared and deleted; lists and open windows follow', async () => {
  await using server = await startServer()
  const bo = await server.person('Bo')
  const note = await server.admin.note({ title: 'Draft' })
  await using b = await bo.join()
  expect(await bo.get('/api/v1/notes/')).toEqual([])
  await server.admin.post(`/api/v1/notes/${note}/update`, { access_control: { read: { user_ids: [bo.id] } } })
  expect(await b.next('events:note')).toEqual({ type: 'note:created', id: note })
  const shown = await bo.get(`/api/v1/notes/${note}`)
  expect(shown).toMatchObject({ title: 'Draft', level: 'read', write_access: false, user: { name: 'Ada' } })
  expect('access_control' in shown, 'who else may read is for the manager to know').toBe(false)
  await b.ok('join-note', { note_id: note })
  await server.admin.post(`/api/v1/notes/${note}/update`, { title: 'Final' })
  expect(await b.next('note-events')).toMatchObject({ id: note, title: 'Final' })
  await b.ok('ydoc:document:join', documentOf(note))
  await server.admin.delete(`/api/v1/notes/${note}/delete`)
  expect(await b.next('room:left')).toEqual({ ...documentOf(note), reason: 'deleted' })
  await b.next('events:note', ({ type }) => type === 'note:deleted')
  expect((await bo.request('GET', `/api/v1/notes/${note}`)).body.code).toBe('not-found')
  expect((await server.admin.request('GET', `/api/v1/notes/${note}`)).body.code).toBe('not-found')
})

test('[NO10] what was acknowledged is there after a restart, through snapshots too', async () => {
  const copy = new Copy()
  let folder = ''
  let note = ''
  {
    const server = await startServer({ RATE_LIMIT_BURST: '100000' })
    folder = server.folder
    note = await server.admin.note()
    await using a = await server.admin.connect({ binary: true })
    await a.ok('ydoc:document:join', documentOf(note))
    for (let i = 0; i < 600; i += 1)
      a.socket.emit('ydoc:document:update', { ...documentOf(note), update: copy.write(`p${i}`) })
    expect(await a.ok('ydoc:document:update', { ...documentOf(note), update: copy.write('last') })).toEqual({
      offset: 601,
      changed: true,
    })
    await server.running.close()
  }
  await using server = await startServer({ DATA_DIR: folder })
  await using a = await server.admin.connect()
  const after = await state(a, note)
  expect(after.text).toBe(copy.text)
  expect(after.offset).toBe(601)
  expect(storedIn(server)['document_updates']?.split(' ')[0], 'the log was compacted').not.toBe('601')
})
