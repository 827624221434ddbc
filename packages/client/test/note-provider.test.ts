/** Notes through the real server: two people, one document. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import type { Person } from '../../../test/harness/person.ts'
import { startServer } from '../../../test/harness/start-server.ts'
import { type Client, connect } from '../src/client.ts'
import { NoteProvider, type NoteProviderOptions } from '../src/note-provider.ts'
import { startProxy } from './support/proxy.ts'
import { holds, reaches, waitFor } from './support/wait-for.ts'

function clientOf(person: Person, url = person.url): Client {
  const client = connect({ url, token: person.token, reconnectDelayMs: 10, reconnectDelayMaxMs: 100 })
  onTestFinished(() => client.close())
  return client
}

/** A provider of the note that holds the server's state. */
async function openNote(
  client: Client,
  note: string,
  options: Partial<NoteProviderOptions> = {},
): Promise<NoteProvider> {
  const provider = new NoteProvider({ client, note, ...options })
  onTestFinished(() => provider.destroy())
  await holds(provider, () => provider.synced)
  return provider
}

/** Writes a paragraph. */
function write(document: Y.Doc, text: string): void {
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [new Y.XmlText(text)])
  const fragment = document.getXmlFragment('prosemirror')
  fragment.insert(fragment.length, [paragraph])
}

function read(provider: NoteProvider): string[] {
  return provider.document
    .getXmlFragment('prosemirror')
    .toArray()
    .map((paragraph) => paragraph.toString().replaceAll(/<[^>]+>/g, ''))
}

function saved(provider: NoteProvider): Promise<void> {
  return holds(provider, () => !provider.hasUnsyncedChanges)
}

/** The states of the others, as one provider has them. */
function others({ awareness }: NoteProvider): Record<string, unknown>[] {
  return [...(awareness?.states ?? [])].filter(([client]) => client !== awareness?.clientID).map(([, state]) => state)
}

function writers(...people: Person[]) {
  return { access_control: { write: { user_ids: people.map(({ id }) => id) } } }
}

test('[CL10] what one writes the other reads, and both know when it is durable', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const note = await ana.note(writers(bo))
  const [a, b] = [await openNote(clientOf(ana), note), await openNote(clientOf(bo), note)]
  expect([a.level, b.level, b.readOnly]).toEqual(['manage', 'write', false])
  write(a.document, 'hello')
  expect(a.unsyncedChanges).toBeGreaterThan(0)
  await holds(b, () => read(b).length === 1)
  write(b.document, 'hi')
  await holds(a, () => read(a).length === 2)
  await Promise.all([saved(a), saved(b)])
  expect([read(a), read(b)]).toEqual([
    ['hello', 'hi'],
    ['hello', 'hi'],
  ])
})

test('[CL10] the events have the shapes of y-websocket', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const note = await ana.note()
  await using proxy = await startProxy(server.url)
  const client = clientOf(ana, proxy.url)
  const provider = new NoteProvider({ client, note })
  const told: unknown[] = []
  provider.on('status', (event) => told.push(event))
  provider.on('sync', (synced) => told.push(synced))
  provider.on('connection-close', (event, who) => told.push([event, who === provider]))
  await holds(provider, () => provider.synced)
  proxy.cut()
  await holds(provider, () => !provider.synced)
  await holds(provider, () => provider.synced)
  provider.destroy()
  expect(told).toEqual([
    { status: 'connected' },
    true,
    false,
    [{ reason: 'unavailable' }, true],
    { status: 'disconnected' },
    { status: 'connecting' },
    { status: 'connected' },
    true,
    false,
    [null, true],
    { status: 'disconnected' },
  ])
  expect(provider.doc).toBe(provider.document)
  expect(provider.isSynced).toBe(false)
})

test('[CL11] edits made without a connection are in the note after it is back, with those of the others', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const note = await ana.note(writers(bo))
  await using proxy = await startProxy(server.url)
  const [a, b] = [await openNote(clientOf(ana, proxy.url), note), await openNote(clientOf(bo), note)]
  proxy.shut()
  await holds(a, () => a.status === 'disconnected')
  write(a.document, 'written offline')
  a.document.getXmlFragment('prosemirror').insert(0, [new Y.XmlElement('horizontalRule')])
  write(b.document, 'written meanwhile')
  await saved(b)
  expect(a.hasUnsyncedChanges).toBe(true)
  proxy.open()
  await holds(a, () => a.synced)
  await holds(b, () => read(b).includes('written offline'))
  expect(a.hasUnsyncedChanges).toBe(false)
  expect(read(a)).toEqual(read(b))
  expect(read(a)).toHaveLength(3)
})

test('[CL11] an edit in flight when the transport is cut is there once', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const note = await ana.note()
  await using proxy = await startProxy(server.url)
  const a = await openNote(clientOf(ana, proxy.url), note)
  for (let round = 0; round < 10; round += 1) {
    write(a.document, `round ${round}`)
    proxy.cut()
    write(a.document, `after ${round}`)
    await holds(a, () => a.synced && !a.hasUnsyncedChanges)
  }
  const b = await openNote(clientOf(ana), note)
  expect(read(b)).toEqual(read(a))
  expect(new Set(read(b)).size).toBe(20)
})

test.each([1, 2, 3])('[CL11] whatever is cut and when (seed %i), everybody ends with the same note', async (seed) => {
  await using server = await startServer()
  const people = [await server.person('Ana'), await server.person('Bo'), await server.person('Cy')]
  const [ana, ...others] = people as [Person, ...Person[]]
  const note = await ana.note(writers(...others))
  await using stack = new AsyncDisposableStack()
  const sides = []
  for (const person of people) {
    const proxy = stack.use(await startProxy(server.url))
    sides.push({ proxy, provider: await openNote(clientOf(person, proxy.url), note) })
  }
  let state = seed
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
  let written = 0
  for (let step = 0; step < 150; step += 1) {
    const { proxy, provider } = sides[random(3)] as (typeof sides)[number]
    const fragment = provider.document.getXmlFragment('prosemirror')
    const act = random(10)
    if (act === 0) proxy.cut()
    else if (act === 1) proxy.shut()
    else if (act === 2) proxy.open()
    else if (act === 3 && fragment.length > 0) fragment.delete(random(fragment.length), 1)
    else if (act === 4) await holds(provider, () => provider.status !== 'connected' || !provider.hasUnsyncedChanges)
    else {
      written += 1
      write(provider.document, `line ${written}`)
    }
    // Lets the network have its turn between two acts.
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (const { proxy } of sides) proxy.open()
  for (const { provider } of sides) await holds(provider, () => provider.synced && !provider.hasUnsyncedChanges)
  const fresh = await openNote(clientOf(ana), note)
  for (const { provider } of sides) {
    await holds(provider, () => JSON.stringify(read(provider)) === JSON.stringify(read(fresh)))
  }
  expect(read(fresh).length).toBeGreaterThan(10)
})

test('[CL11] a server that restarts loses nothing, neither of the note nor of what was written meanwhile', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-client-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const first = await startServer({ DATA_DIR: folder })
  const ana = await first.person('Ana')
  const note = await ana.note()
  await using proxy = await startProxy(first.url)
  const client = clientOf(ana, proxy.url)
  const a = await openNote(client, note)
  write(a.document, 'before')
  await saved(a)
  await first[Symbol.asyncDispose]()
  await holds(a, () => a.status === 'disconnected')
  write(a.document, 'meanwhile')
  await using second = await startServer({ DATA_DIR: folder })
  proxy.retarget(second.url)
  await holds(a, () => a.synced && !a.hasUnsyncedChanges)
  const b = await openNote(clientOf(ana, second.url), note)
  expect(read(b)).toEqual(['before', 'meanwhile'])
})

test('[CL11] a document that was written before it was connected is brought to the server', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const note = await ana.note()
  const document = new Y.Doc()
  write(document, 'from the disk')
  const a = await openNote(clientOf(ana), note, { document })
  expect(a.document).toBe(document)
  const b = await openNote(clientOf(ana), note)
  expect(read(b)).toEqual(['from the disk'])
})

test('[CL11] what was written last is sent when the provider is destroyed at once', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const note = await ana.note()
  const client = clientOf(ana)
  const a = await openNote(client, note)
  for (let count = 0; count < 5; count += 1) write(a.document, `line ${count}`)
  a.destroy()
  await client.send('heartbeat')
  const b = await openNote(clientOf(ana), note)
  expect(read(b)).toHaveLength(5)
})

test('[CL13] what a reader writes stays with them: it is refused once, and they go on reading', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const note = await ana.note({ access_control: { read: { user_ids: [bo.id] } } })
  const [a, b] = [await openNote(clientOf(ana), note), await openNote(clientOf(bo), note)]
  expect([b.level, b.readOnly]).toEqual(['read', true])
  const refusals: string[] = []
  b.on('refused', ({ code }) => refusals.push(code))
  write(b.document, 'not mine to write')
  write(b.document, 'still not')
  write(a.document, 'hello')
  await holds(b, () => read(b).includes('hello'))
  expect(refusals).toEqual(['forbidden'])
  const c = await openNote(clientOf(ana), note)
  expect(read(c)).toEqual(['hello'])
})

test('[CL13] a level that changes while the note is open is told, and decides over sending', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const note = await ana.note(writers(bo))
  const [a, b] = [await openNote(clientOf(ana), note), await openNote(clientOf(bo), note)]
  await ana.post(`/api/v1/notes/${note}/update`, { access_control: { read: { user_ids: [bo.id] } } })
  await holds(b, () => b.level === 'read')
  write(b.document, 'while reading')
  await ana.post(`/api/v1/notes/${note}/update`, writers(bo))
  await holds(b, () => b.level === 'write')
  await holds(a, () => read(a).includes('while reading'))
  await saved(b)
})

test('[CL9] who loses the right to a note is told, and gets nothing more of it', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const note = await ana.note(writers(bo))
  const [a, b] = [await openNote(clientOf(ana), note), await openNote(clientOf(bo), note)]
  const left = waitFor((listener: (reason: string) => void) => {
    b.on('left', listener)
    return () => b.off('left', listener)
  })
  await ana.post(`/api/v1/notes/${note}/update`, { access_control: {} })
  expect(await left).toEqual(['access-removed'])
  expect(b.status).toBe('disconnected')
  write(a.document, 'for my eyes only')
  await saved(a)
  b.connect()
  await holds(b, () => b.error !== undefined)
  expect(b.error?.code).toBe('not-found')
  expect(read(b)).toEqual([])
})

test('[CL16] the others see who is there with the name that the server gives, and the colour that the person chose', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const note = await ana.note(writers(bo))
  const a = await openNote(clientOf(ana), note, { user: { color: '#aa3355' } })
  // As Tiptap's CollaborationCaret does, here with a name that is not the person's.
  a.awareness?.setLocalStateField('user', { name: 'Admin', color: '#aa3355' })
  a.awareness?.setLocalStateField('cursor', { anchor: 1, head: 1 })
  // Bo comes later, and sees Ana at once.
  const b = await openNote(clientOf(bo), note)
  await holds(b, () => others(b)[0]?.['cursor'] !== undefined)
  expect(others(b)).toEqual([{ user: { id: ana.id, name: 'Ana', color: '#aa3355' }, cursor: { anchor: 1, head: 1 } }])
  await holds(a, () => others(a).length === 1)
  expect(others(a)).toEqual([{ user: { id: bo.id, name: 'Bo' } }])
})

test('[CL16] who leaves is gone for the others, and who comes back is there again', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const note = await ana.note(writers(bo))
  await using proxy = await startProxy(server.url)
  const [a, b] = [await openNote(clientOf(ana, proxy.url), note), await openNote(clientOf(bo), note)]
  await holds(a, () => others(a).length === 1)
  await holds(b, () => others(b).length === 1)
  // A lost transport: neither sees the other until it is back.
  proxy.shut()
  await holds(a, () => others(a).length === 0)
  await holds(b, () => others(b).length === 0)
  proxy.open()
  await holds(a, () => others(a).length === 1)
  await holds(b, () => others(b).length === 1)
  // Closed and opened again on the same connection.
  a.disconnect()
  await holds(b, () => others(b).length === 0)
  a.connect()
  await holds(b, () => others(b).length === 1)
  await holds(a, () => others(a).length === 1)
  a.destroy()
  await holds(b, () => others(b).length === 0)
})

test('[CL16] a caret that moves fast is told to the others at its last place', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const note = await ana.note(writers(bo))
  const [a, b] = [await openNote(clientOf(ana), note), await openNote(clientOf(bo), note)]
  let heard = 0
  b.awareness?.on('update', () => {
    heard += 1
  })
  for (let place = 0; place <= 100; place += 1)
    a.awareness?.setLocalStateField('cursor', { anchor: place, head: place })
  await holds(b, () => JSON.stringify(others(b)).includes('"anchor":100'))
  expect(heard).toBeLessThanOrEqual(3)
})

test('[CL18] a destroyed provider leaves no listener on document, awareness or client, and an awareness that is not its own alone', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const note = await ana.note()
  const document = new Y.Doc()
  const awareness = new Awareness(document)
  onTestFinished(() => awareness.destroy())
  const listeners = () => [...document._observers.values(), ...awareness._observers.values()].map((set) => set.size)
  const before = listeners()
  const client = clientOf(ana)
  const provider = await openNote(client, note, { document, awareness })
  provider.destroy()
  provider.destroy()
  expect(listeners().filter((size) => size > 0)).toEqual(before)
  expect(awareness.getLocalState()).toEqual({})
  await client.send('heartbeat')
  write(document, 'after the end')
  expect(provider.unsyncedChanges).toBe(0)
})

test('[CL5] a provider tells why its client ended, and goes on when the client is connected again', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const note = await ana.note()
  let token = ana.token
  const client = connect({ url: server.url, token: () => token, reconnectDelayMs: 10 })
  onTestFinished(() => client.close())
  const provider = await openNote(client, note)
  await ana.post('/api/v1/auths/signout')
  await reaches(client, 'ended')
  expect(provider.error?.code).toBe('unauthenticated')
  expect(provider.status).toBe('disconnected')
  write(provider.document, 'written signed out')
  const again = (await fetch(`${server.url}/api/v1/auths/signin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: ana.email, password: 'correct horse battery' }),
  }).then((response) => response.json())) as { token: string }
  token = again.token
  client.connect()
  await holds(provider, () => provider.synced && !provider.hasUnsyncedChanges)
})
