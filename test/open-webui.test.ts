/** Open WebUI's own client against the server: what it needs works, what it does wrong harms nobody. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as Awareness from 'y-protocols/awareness'
import * as Y from 'yjs'
import { limits } from '../packages/protocol/src/limits.ts'
import { connect } from './harness/connection.ts'
import { type Generation, OpenWebUiNote, OpenWebUiPage } from './harness/open-webui-client.ts'
import type { Person } from './harness/person.ts'
import { startServer, type TestServer } from './harness/start-server.ts'

const deferred = { ALLOW_DEFERRED_AUTH: 'true' } as const
const generations: readonly Generation[] = ['N', 'T']
const pairs = generations.flatMap((first) => generations.map((second) => [first, second] as const))

/** Somebody who signed in on an earlier visit opens the note; resolves when it is loaded. */
async function visit(person: Person, note: string, options: { generation?: Generation; initial?: string } = {}) {
  const page = new OpenWebUiPage(person.url, { ...options, stored: person.token })
  const editor = new OpenWebUiNote(page, note, { user: person, ...options })
  await page.until('the state', () => editor.synced)
  return { page, editor, [Symbol.asyncDispose]: () => page[Symbol.asyncDispose]() }
}

async function twoPeople(server: TestServer) {
  const ana = await server.person('Ana')
  const bo = await server.person('Bo')
  const shared = { access_control: { write: { user_ids: [bo.id] } } }
  return { ana, bo, note: await ana.note(shared), channel: await ana.channel(shared) }
}

/** Resolves when the server has handled everything that the page has sent. */
async function settled(page: OpenWebUiPage): Promise<void> {
  // A page asks for the version before it says user-join.
  await page.until('user-join', () => page.sent.some(({ event }) => event === 'user-join'))
  expect(await page.socket.timeout(10_000).emitWithAck('heartbeat', {})).toMatchObject({ ok: true })
}

/** How often a text occurs in what the server keeps of a note, and the offset of its log. */
async function kept(person: Person, note: string, text: string): Promise<{ times: number; offset: number }> {
  await using reader = await person.connect({ binary: true })
  const { offset } = await reader.ok('ydoc:document:join', { document_id: `note:${note}` })
  const doc = new Y.Doc()
  Y.applyUpdate(doc, (await reader.next('ydoc:document:state')).state)
  return { times: doc.getXmlFragment('prosemirror').toString().split(text).length - 1, offset }
}

describe('before sign-in', () => {
  test('[OW1] a page that connects before sign-in takes up its identity by user-join', async () => {
    await using server = await startServer(deferred)
    const ana = await server.person('Ana')
    await using page = new OpenWebUiPage(server.url)
    await page.until('the connection', () => page.socket.connected)
    expect(await page.signIn(ana.token)).toMatchObject({ id: ana.id, name: 'Ana' })
  })

  test('[OW20] without ALLOW_DEFERRED_AUTH a connection without a token is refused', async () => {
    await using server = await startServer()
    await expect(connect(server.url)).rejects.toMatchObject({ code: 'unauthenticated' })
    const ana = await server.person('Ana')
    await using page = new OpenWebUiPage(server.url, { stored: ana.token })
    await page.until('the connection of somebody with a token', () => page.socket.connected)
  })

  test('[OW21] an early document join is answered after user-join', async () => {
    await using server = await startServer(deferred)
    const { ana, bo, note } = await twoPeople(server)
    await using other = await visit(bo, note)
    other.editor.type('written by Bo')
    await settled(other.page)
    await using page = new OpenWebUiPage(server.url)
    const editor = new OpenWebUiNote(page, note, { user: ana })
    await page.until('the connection', () => page.socket.connected)
    expect(page.sent[0]?.event).toBe('ydoc:document:join')
    await page.signIn(ana.token)
    await editor.shows('written by Bo')
    const order = page.sent.map(({ event }) => event).filter((event) => event !== 'ydoc:awareness:update')
    expect(order.slice(0, 2)).toEqual(['ydoc:document:join', 'user-join'])
    expect(order.filter((event) => event === 'ydoc:document:join')).toHaveLength(1)
  })

  test('[OW22] who never says user-join can do nothing and hears nothing', async () => {
    await using server = await startServer(deferred)
    const { ana, note, channel } = await twoPeople(server)
    await using stranger = await connect(server.url)
    const document_id = `note:${note}`
    for (let count = 0; count < limits.deferredJoins; count += 1)
      stranger.socket.emit('ydoc:document:join', { document_id })
    const events: [string, object][] = [
      ['user-join', {}],
      ['user-join', { auth: { token: 'not.a.token' } }],
      ['heartbeat', {}],
      ['join-channels', {}],
      ['join-channels', { auth: { token: ana.token } }],
      ['join-note', { note_id: note, auth: { token: ana.token } }],
      ['events:channel', { channel_id: channel, data: { type: 'typing', data: { typing: true } } }],
      ['channel:post', { channel_id: channel, content: 'hello' }],
      ['channel:resume', { channel_id: channel, since: 0 }],
      ['usage', { action: 'chat', model: 'm' }],
      ['ydoc:document:join', { document_id }],
      ['ydoc:document:state', { document_id }],
      ['ydoc:document:update', { document_id, update: [0, 0] }],
      ['ydoc:document:leave', { document_id }],
      ['ydoc:awareness:update', { document_id, update: [123, 125] }],
    ]
    for (const [event, payload] of events) {
      expect(await stranger.send(event, payload), event).toMatchObject({
        ok: false,
        error: { code: 'unauthenticated' },
      })
    }
    await using own = await visit(ana, note)
    own.editor.type('not for strangers')
    own.editor.moveCaret()
    own.page.socket.emit('usage', { action: 'chat', model: 'm' })
    await settled(own.page)
    await ana.post(`/api/v1/channels/${channel}/messages/post`, { content: 'not for strangers' })
    await own.page.next('events:channel', ({ data }) => data.type === 'message')
    await ana.post(`/api/v1/notes/${note}/update`, { title: 'Renamed' })
    await stranger.send('heartbeat', {})
    expect(stranger.received).toEqual([])
    expect(await kept(ana, note, 'not for strangers')).toEqual({ times: 1, offset: 1 })
  })

  describe('its deadline', () => {
    afterEach(() => {
      vi.useRealTimers()
    })

    test('[OW23] who has not said user-join is cut at the deadline, however much is said meanwhile', async () => {
      await using server = await startServer({ ...deferred, WEBSOCKET_SERVER_PING_INTERVAL: '3600' })
      const ana = await server.person('Ana')
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      await using stranger = await connect(server.url)
      await using known = await connect(server.url)
      await known.ok('user-join', { auth: { token: ana.token } })
      vi.advanceTimersByTime(limits.deferredMs / 2)
      expect(await stranger.send('heartbeat', {})).toMatchObject({ ok: false })
      vi.advanceTimersByTime(limits.deferredMs / 2 - 1)
      expect(await stranger.send('heartbeat', {})).toMatchObject({ ok: false })
      vi.advanceTimersByTime(1)
      expect(await stranger.ended).toBe('transport close')
      expect(stranger.all('error')).toMatchObject([{ code: 'unauthenticated' }])
      await known.ok('heartbeat')
    })
  })
})

describe('one person for each connection', () => {
  test("[OW24] a second person's token ends the connection by its transport, and the page comes back by itself", async () => {
    await using server = await startServer(deferred)
    const { ana, bo } = await twoPeople(server)
    const secret = await ana.channel({ access_control: {} })
    await using page = new OpenWebUiPage(server.url)
    await page.until('the connection', () => page.socket.connected)
    await page.signIn(ana.token)
    await expect(page.signIn(bo.token)).rejects.toThrow('disconnected')
    expect(page.reasons).toEqual(['transport close'])
    const before = page.sent.length
    await page.until('user-join on another connection', () =>
      page.sent.slice(before).some(({ event }) => event === 'user-join'),
    )
    await settled(page)
    await using own = await ana.join()
    await own.ok('channel:post', { channel_id: secret, content: 'for Ana' })
    await own.next('events:channel')
    await settled(page)
    expect(page.received.filter(({ event }) => event === 'events:channel')).toEqual([])
  })

  test('[OW25] a page whose token was revoked is cut by its transport and comes back without an identity', async () => {
    await using server = await startServer(deferred)
    const { ana, note } = await twoPeople(server)
    await using own = await visit(ana, note)
    await ana.post('/api/v1/auths/signout')
    await own.page.until('the end', () => own.page.reasons[0])
    expect(own.page.reasons).toEqual(['transport close'])
    await own.page.until('another connection', () => own.page.socket.connected)
    const answer = await own.page.socket.timeout(10_000).emitWithAck('heartbeat', {})
    expect(answer).toMatchObject({ ok: false, error: { code: 'unauthenticated' } })
    expect(own.editor.synced).toBe(false)
  })
})

describe('notes', () => {
  test.each(pairs)('[OW2] what a page of %s types is shown by one of %s, and the other way round', async (one, two) => {
    await using server = await startServer(deferred)
    const { ana, bo, note } = await twoPeople(server)
    await using first = await visit(ana, note, { generation: one })
    await using second = await visit(bo, note, { generation: two })
    first.editor.type('from Ana')
    await second.editor.shows('from Ana')
    second.editor.type('from Bo')
    await first.editor.shows('from Bo')
    await settled(first.page)
    await settled(second.page)
    expect(first.editor.text).toBe('from Ana\nfrom Bo')
    expect(second.editor.text).toBe('from Ana\nfrom Bo')
    expect(await kept(ana, note, 'from ')).toMatchObject({ times: 2 })
  })

  test.each(pairs)('[OW3] an empty note that %s and %s open together is filled once', async (one, two) => {
    await using server = await startServer(deferred)
    const { ana, bo, note } = await twoPeople(server)
    const [first, second] = await Promise.all([
      visit(ana, note, { generation: one, initial: 'stored content' }),
      visit(bo, note, { generation: two, initial: 'stored content' }),
    ])
    await using _first = first
    await using _second = second
    await first.editor.shows('stored content')
    await second.editor.shows('stored content')
    first.editor.type('and more of Ana')
    second.editor.type('and more of Bo')
    await first.editor.shows('more of Bo')
    await second.editor.shows('more of Ana')
    expect(first.editor.text.split('stored content')).toHaveLength(2)
    expect(second.editor.text).toBe(first.editor.text)
    expect(await kept(ana, note, 'stored content')).toMatchObject({ times: 1 })
  })

  test.each(generations)(
    '[OW4] a reader of %s who comes first does not fill the note; the writer who follows does',
    async (generation) => {
      await using server = await startServer(deferred)
      const ana = await server.person('Ana')
      const bo = await server.person('Bo')
      const note = await ana.note({ access_control: { read: { user_ids: [bo.id] } } })
      await using reader = await visit(bo, note, { generation, initial: 'stored content' })
      await settled(reader.page)
      expect(reader.editor.text).toBe('')
      await using writer = await visit(ana, note, { generation, initial: 'stored content' })
      await reader.editor.shows('stored content')
      expect(writer.editor.text).toBe('stored content')
      expect(await kept(ana, note, 'stored content')).toEqual({ times: 1, offset: 1 })
    },
  )

  test('[OW5] the echo of an update is stored nowhere and sent to nobody', async () => {
    await using server = await startServer(deferred)
    const { ana, bo, note } = await twoPeople(server)
    await using watcher = await bo.join()
    await watcher.ok('ydoc:document:join', { document_id: `note:${note}` })
    await using first = await visit(ana, note)
    await using second = await visit(bo, note)
    first.editor.type('once')
    await second.editor.shows('once')
    await second.page.until('the echo', () => second.page.sent.some(({ event }) => event === 'ydoc:document:update'))
    await settled(second.page)
    await settled(first.page)
    await watcher.ok('heartbeat')
    expect(watcher.all('ydoc:document:update')).toHaveLength(1)
    expect(first.page.received.filter(({ event }) => event === 'ydoc:document:update' || event === 'error')).toEqual([])
    expect(await kept(ana, note, 'once')).toEqual({ times: 1, offset: 1 })
  })

  test("[OW6] T's renderings without an update change nothing", async () => {
    await using server = await startServer(deferred)
    const { ana, bo, note } = await twoPeople(server)
    await using first = await visit(ana, note)
    await using second = await visit(bo, note, { generation: 'T' })
    first.editor.type('once')
    await second.page.until('the renderings', () =>
      second.page.sent.find(({ payload }) => payload?.data && !payload.update),
    )
    await settled(second.page)
    expect(second.page.received.filter(({ event }) => event === 'error')).toEqual([])
    expect(await kept(ana, note, 'once')).toEqual({ times: 1, offset: 1 })
  })

  test('[OW7] renderings beside an update are never believed', async () => {
    await using server = await startServer(deferred)
    const { ana, note } = await twoPeople(server)
    await using own = await visit(ana, note)
    const content = { md: 'forged', html: '<p>forged</p>', json: { type: 'doc', content: [] } }
    own.page.socket.emit('ydoc:document:update', { document_id: `note:${note}`, update: [0, 0], data: { content } })
    await settled(own.page)
    expect(await kept(ana, note, 'forged')).toEqual({ times: 0, offset: 0 })
  })

  test('[OW19] a long note goes on taking edits, though each brings the whole note in three renderings', async () => {
    await using server = await startServer(deferred)
    const { ana, note } = await twoPeople(server)
    await using own = await visit(ana, note)
    for (let count = 0; count < 80; count += 1) own.editor.type(`line ${count};`)
    await settled(own.page)
    let list: object = { type: 'paragraph', content: [{ type: 'text', text: 'deep' }] }
    for (let level = 0; level < 10; level += 1)
      list = { type: 'bulletList', content: [{ type: 'listItem', content: [list] }] }
    const content = { md: '', html: '', json: { type: 'doc', content: [list] } }
    const update = { document_id: `note:${note}`, update: Array.from(paragraph('line 80;')), data: { content } }
    own.page.socket.emit('ydoc:document:update', update)
    await settled(own.page)
    expect(own.page.received.filter(({ event }) => event === 'error')).toEqual([])
    expect(await kept(ana, note, 'line ')).toMatchObject({ times: 81 })
  })

  test('[OW8] a page gets its bytes as arrays of numbers, also what a client of ours sent as binary', async () => {
    await using server = await startServer(deferred)
    const { ana, bo, note } = await twoPeople(server)
    await using page = await visit(ana, note)
    await using binary = await bo.join({ binary: true })
    await binary.ok('ydoc:document:join', { document_id: `note:${note}` })
    await binary.ok('ydoc:document:update', { document_id: `note:${note}`, update: paragraph('as binary') })
    const awareness = new Awareness.Awareness(new Y.Doc())
    awareness.setLocalState({ user: { name: 'Bo' }, cursor: { anchor: null, head: null } })
    const update = Awareness.encodeAwarenessUpdate(awareness, [awareness.clientID])
    await binary.ok('ydoc:awareness:update', { document_id: `note:${note}`, update })
    awareness.destroy()
    await page.editor.shows('as binary')
    await page.page.next('ydoc:awareness:update')
    const bytes = page.page.received.flatMap(({ payload }) =>
      [payload?.update, payload?.state].filter((value) => value !== undefined),
    )
    expect(bytes.length).toBeGreaterThanOrEqual(3)
    for (const value of bytes) expect(Array.isArray(value) && value.every((one) => Number.isInteger(one))).toBe(true)
  })
})

function paragraph(text: string): Uint8Array {
  const doc = new Y.Doc()
  const element = new Y.XmlElement('paragraph')
  element.insert(0, [new Y.XmlText(text)])
  doc.getXmlFragment('prosemirror').insert(0, [element])
  return Y.encodeStateAsUpdate(doc)
}

describe('carets', () => {
  test.each(pairs)(
    '[OW9] %s and %s see each other’s caret under the name of the account, and no ghost of one who went',
    async (one, two) => {
      await using server = await startServer(deferred)
      const { ana, bo, note } = await twoPeople(server)
      await using first = await visit(ana, note, { generation: one })
      await using second = await visit({ ...bo, name: 'Mallory' } as Person, note, { generation: two })
      first.editor.moveCaret()
      second.editor.moveCaret()
      await first.page.until("Bo's caret", () => [...first.editor.carets.values()].includes('Bo'))
      await second.page.until("Ana's caret", () => [...second.editor.carets.values()].includes('Ana'))
      expect([...first.editor.carets.values()]).toEqual(['Bo'])
      await using late = await visit(ana, note)
      await late.page.until("Bo's caret", () => late.editor.carets.has(second.editor.doc.clientID))
      await second.page[Symbol.asyncDispose]()
      await first.page.until('no caret', () => first.editor.carets.size === 0)
      first.editor.destroy()
      await late.page.until('no caret', () => late.editor.carets.size === 0)
    },
  )

  test('[OW10] a page cannot move the caret of another', async () => {
    await using server = await startServer(deferred)
    const { ana, bo, note } = await twoPeople(server)
    await using first = await visit(ana, note)
    await using second = await visit(bo, note)
    await using watcher = await ana.join()
    await watcher.ok('ydoc:document:join', { document_id: `note:${note}` })
    first.editor.moveCaret()
    await second.page.until("Ana's caret", () => second.editor.carets.size === 1)
    await settled(second.page)
    await watcher.ok('heartbeat')
    const seen = watcher.all('ydoc:awareness:update').length
    const forged = JSON.stringify({ [first.editor.doc.clientID]: { user: { name: 'Ana' }, cursor: null } })
    second.page.socket.emit('ydoc:awareness:update', {
      document_id: `note:${note}`,
      user_id: first.page.socket.id,
      update: Array.from(new TextEncoder().encode(forged)),
    })
    await settled(second.page)
    await watcher.ok('heartbeat')
    expect(watcher.all('ydoc:awareness:update')).toHaveLength(seen)
  })
})

describe('beside clients of ours', () => {
  test.each(generations)(
    '[OW11] a binary client and a page of %s see each other’s text and caret',
    async (generation) => {
      await using server = await startServer(deferred)
      const { ana, bo, note } = await twoPeople(server)
      const document_id = `note:${note}`
      await using ours = await ana.join({ binary: true })
      const doc = new Y.Doc()
      const awareness = new Awareness.Awareness(doc)
      /** The state of their page once it fits, with every awareness message taken in. */
      const theirState = (fits: (state: { user?: object; cursor?: object } | undefined) => boolean) =>
        ours.next('ydoc:awareness:update', ({ update }) => {
          Awareness.applyAwarenessUpdate(awareness, update, 'server')
          return fits(awareness.getStates().get(theirs.editor.doc.clientID))
        })
      await ours.ok('ydoc:document:join', { document_id })
      await using theirs = await visit(bo, note, { generation })

      await ours.ok('ydoc:document:update', { document_id, update: paragraph('from ours') })
      await theirs.editor.shows('from ours')
      theirs.editor.type('from theirs')
      await ours.next('ydoc:document:update', ({ update }) => Buffer.from(update).includes('from theirs'))

      theirs.editor.moveCaret()
      await theirState((state) => state?.cursor !== undefined)
      expect(awareness.getStates().get(theirs.editor.doc.clientID)).toMatchObject({ user: { id: bo.id, name: 'Bo' } })
      awareness.setLocalState({ user: { name: 'Nobody' }, cursor: { anchor: null, head: null } })
      const update = Awareness.encodeAwarenessUpdate(awareness, [doc.clientID])
      await ours.ok('ydoc:awareness:update', { document_id, update })
      await theirs.page.until("Ana's caret", () => theirs.editor.carets.get(doc.clientID) === 'Ana')
      await theirs.page[Symbol.asyncDispose]()
      await theirState((state) => state === undefined)
      awareness.destroy()
    },
  )
})

describe('reconnecting', () => {
  test.each(generations)(
    '[OW12] a page of %s whose transport drops comes back and has what it missed',
    async (generation) => {
      await using server = await startServer(deferred)
      const { ana, bo, note } = await twoPeople(server)
      await using first = await visit(ana, note, { generation, initial: 'stored content' })
      await using second = await visit(bo, note, { generation, initial: 'stored content' })
      await second.editor.shows('stored content')
      first.page.socket.io.engine.close()
      await first.page.until('the end', () => !first.editor.synced)
      second.editor.type('meanwhile')
      await first.editor.shows('meanwhile')
      first.editor.type('back again')
      await second.editor.shows('back again')
      expect(first.editor.text).toBe('stored content\nmeanwhile\nback again')
      expect(await kept(ana, note, 'stored content')).toMatchObject({ times: 1 })
    },
  )

  test.each(generations)(
    '[OW13] pages of %s go on after a restart of the server, and nothing doubles',
    async (generation) => {
      const folder = mkdtempSync(join(tmpdir(), 'sallyport-restart-'))
      try {
        const before = await startServer({ ...deferred, DATA_DIR: folder })
        await using _before = before
        const { ana, bo, note } = await twoPeople(before)
        await using first = await visit(ana, note, { generation, initial: 'stored content' })
        // This one connects before sign-in, so that every later join of its editor comes before its `user-join`.
        await using page = new OpenWebUiPage(before.url, { generation })
        await page.until('the connection', () => page.socket.connected)
        await page.signIn(bo.token)
        const editor = new OpenWebUiNote(page, note, { user: bo, initial: 'stored content' })
        await editor.shows('stored content')
        await before.running.close()
        await page.until('the end', () => !page.socket.connected)
        await first.page.until('the end', () => !first.page.socket.connected)
        await using _after = await startServer({ ...deferred, DATA_DIR: folder, PORT: String(before.running.port) })
        await page.until('the state', () => editor.synced)
        await first.page.until('the state', () => first.editor.synced)
        first.editor.type('after the restart')
        await editor.shows('after the restart')
        editor.type('and also Bo')
        await first.editor.shows('and also Bo')
        expect(first.editor.text).toBe('stored content\nafter the restart\nand also Bo')
        expect(editor.text).toBe(first.editor.text)
        expect([...page.reasons, ...first.page.reasons]).toEqual(['transport close', 'transport close'])
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  )

  test.each(generations)(
    '[OW14] what a page of %s typed into an empty note while it was offline arrives as its full state',
    async (generation) => {
      await using server = await startServer(deferred)
      const { ana, bo, note } = await twoPeople(server)
      await using first = await visit(ana, note, { generation })
      await using second = await visit(bo, note, { generation })
      first.page.socket.io.engine.close()
      await first.page.until('the end', () => !first.editor.synced)
      first.editor.type('typed offline')
      await second.editor.shows('typed offline')
      const upload = first.page.sent.find(({ event }) => event === 'ydoc:document:update')
      expect(upload?.payload.update).toBeInstanceOf(generation === 'N' ? Uint8Array : Array)
      first.editor.type('and then online')
      await second.editor.shows('and then online')
      expect(await kept(ana, note, 'typed offline')).toMatchObject({ times: 1 })
    },
  )

  test.each(generations)(
    '[OW26] what a page of %s typed offline into a note with text arrives with its next edit, once',
    async (generation) => {
      await using server = await startServer(deferred)
      const { ana, bo, note } = await twoPeople(server)
      await using first = await visit(ana, note, { generation })
      await using second = await visit(bo, note, { generation })
      first.editor.type('before')
      await second.editor.shows('before')
      first.page.socket.io.engine.close()
      await first.page.until('the end', () => !first.editor.synced)
      first.editor.type('typed offline')
      await first.page.until('the return', () => first.editor.synced)
      first.editor.type('typed online')
      await second.editor.shows('typed online')
      first.editor.type('and on')
      await second.editor.shows('and on')
      expect(second.editor.text).toBe('before\ntyped offline\ntyped online\nand on')
      expect(await kept(ana, note, 'typed offline')).toMatchObject({ times: 1 })
    },
  )
})

describe('channels', () => {
  test('[OW15] a message comes with its author, its channel and the temp_id, to the sender too', async () => {
    await using server = await startServer(deferred)
    const { ana, bo, note, channel } = await twoPeople(server)
    await using first = await visit(ana, note)
    await using second = await visit(bo, note)
    await settled(first.page)
    await settled(second.page)
    await ana.post(`/api/v1/channels/${channel}/messages/post`, { content: 'hello', temp_id: 'temp-1' })
    for (const { page } of [first, second]) {
      expect(await page.next('events:channel')).toMatchObject({
        channel_id: channel,
        message_id: expect.any(String),
        data: {
          type: 'message',
          data: { content: 'hello', temp_id: 'temp-1', user: { id: ana.id, name: 'Ana' }, channel_id: channel },
        },
        user: { id: ana.id, name: 'Ana', role: 'user' },
        channel: { id: channel, type: 'standard', name: 'general' },
      })
    }
  })

  test('[OW16] typing comes with its author, to the sender too', async () => {
    await using server = await startServer(deferred)
    const { ana, bo, note, channel } = await twoPeople(server)
    await using first = await visit(ana, note)
    await using second = await visit(bo, note)
    await settled(first.page)
    await settled(second.page)
    const typing = { channel_id: channel, message_id: null, data: { type: 'typing', data: { typing: true } } }
    first.page.socket.emit('events:channel', typing)
    first.page.socket.emit('events:channel', { channel_id: channel, message_id: null, data: { type: 'last_read_at' } })
    for (const { page } of [first, second]) {
      const seen = await page.next('events:channel', ({ data }) => data.type === 'typing')
      expect(seen).toEqual({ ...typing, user: { id: ana.id, name: 'Ana', role: 'user' } })
    }
    await settled(first.page)
    expect(first.page.received.filter(({ event }) => event === 'error')).toEqual([])
  })

  test('[OW17] a page learns of a new channel and is in it without loading again', async () => {
    await using server = await startServer(deferred)
    const { ana, bo, note } = await twoPeople(server)
    await using page = await visit(bo, note)
    await settled(page.page)
    const channel = await ana.channel({ type: 'group', user_ids: [bo.id] })
    await page.page.next('events:channel', ({ data }) => data.type === 'channel:created')
    await ana.post(`/api/v1/channels/${channel}/messages/post`, { content: 'welcome' })
    await page.page.next(
      'events:channel',
      ({ channel_id, data }) => channel_id === channel && data.data?.content === 'welcome',
    )
  })

  test('[OW18] a page that follows a note hears of its new title', async () => {
    await using server = await startServer(deferred)
    const { ana, bo, note } = await twoPeople(server)
    await using page = await visit(bo, note)
    page.page.socket.emit('join-note', { note_id: note, auth: { token: bo.token } })
    await settled(page.page)
    await ana.post(`/api/v1/notes/${note}/update`, { title: 'Renamed' })
    expect(await page.page.next('note-events')).toMatchObject({ id: note, title: 'Renamed' })
  })
})
