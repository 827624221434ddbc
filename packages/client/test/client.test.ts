/** The client through the real server: requests, refusals, channels and HTTP. */
import { expect, onTestFinished, test } from 'vitest'
import type { Person } from '../../../test/harness/person.ts'
import { startServer } from '../../../test/harness/start-server.ts'
import type { Channel } from '../src/channel.ts'
import { type Client, connect } from '../src/client.ts'
import { createHttp } from '../src/http.ts'
import { startProxy } from './support/proxy.ts'
import { reaches, waitFor } from './support/wait-for.ts'

async function open(person: Person, url = person.url): Promise<Client> {
  const client = connect({ url, token: person.token, reconnectDelayMs: 10, reconnectDelayMaxMs: 100 })
  onTestFinished(() => client.close())
  await reaches(client, 'connected')
  return client
}

/** The contents of the messages that a channel tells, and a wait for the last of them. */
function hear(channel: Channel): { readonly heard: string[]; until(content: string): Promise<void> } {
  const heard: string[] = []
  const told = new Set<() => void>()
  channel.on('event', ({ data }) => {
    if (data.type === 'message') heard.push(data.data.content)
    for (const listener of told) listener()
  })
  const until = async (content: string) => {
    if (heard.includes(content)) return
    const subscribe = (listener: () => void) => {
      told.add(listener)
      return () => told.delete(listener)
    }
    await waitFor(subscribe, () => heard.includes(content))
  }
  return { heard, until }
}

test('[CL1] a person connects, is known, posts, and is refused what they may not do', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const [a, b] = [await open(ana), await open(bo)]
  expect(a.identity).toEqual({ id: ana.id, name: 'Ana' })
  const id = await ana.channel({ access_control: {} })
  expect((await a.send('channel:post', { channel_id: id, content: 'hello' })).offset).toBe(1)
  await expect(b.send('channel:post', { channel_id: id, content: 'hello' })).rejects.toMatchObject({
    code: 'not-found',
    retry: false,
    uncertain: false,
  })
  await expect(a.send('channel:post', { channel_id: id, content: ' ' })).rejects.toMatchObject({
    code: 'invalid-input',
    issues: [{ path: 'content' }],
  })
})

test('[CL5] a token that is no good ends the client with the reason', async () => {
  await using server = await startServer()
  const client = connect({ url: server.url, token: 'no.good.token' })
  onTestFinished(() => client.close())
  await reaches(client, 'ended')
  expect(client.error?.code).toBe('unauthenticated')
})

test('[CL7] messages posted while the transport is cut come once, in order, after it is back', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const id = await ana.channel()
  await using proxy = await startProxy(server.url)
  const [a, b] = [await open(ana), await open(bo, proxy.url)]
  const { heard, until } = hear(b.channel(id))
  const posts = a.channel(id)
  const expected: string[] = []
  for (let round = 0; round < 5; round += 1) {
    const texts = ['before', 'without', 'back'].map((when) => `${when} ${round}`)
    expected.push(...texts)
    const [before, without, back] = texts as [string, string, string]
    await posts.post(before)
    await until(before)
    proxy.shut()
    await reaches(b, 'disconnected')
    await posts.post(without)
    proxy.open()
    await reaches(b, 'connected')
    await posts.post(back)
    await until(back)
  }
  expect(heard).toEqual(expected)
})

test('[CL8] posts that are cut off are posted once', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const id = await ana.channel()
  await using proxy = await startProxy(server.url)
  const channel = (await open(ana, proxy.url)).channel(id)
  const contents: string[] = []
  for (let round = 0; round < 10; round += 1) {
    const posts = [channel.post(`first ${round}`), channel.post(`second ${round}`)]
    // After its bytes have left, before the answer is here.
    setImmediate(() => proxy.cut())
    for (const message of await Promise.all(posts)) contents.push(message.content)
  }
  const stored = await createHttp({ url: server.url, token: ana.token }).call('messages.list', {
    params: { id },
    query: { limit: 100 },
  })
  expect(stored.map(({ content }) => content).toSorted()).toEqual(contents.toSorted())
  expect(stored).toHaveLength(20)
})

test('[CL9] who is taken out of a channel is told by the channel', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const id = await ana.channel({ type: 'group', user_ids: [bo.id] })
  const b = await open(bo)
  const channel = b.channel(id)
  const left = waitFor((listener: (reason: string) => void) => channel.on('left', listener))
  await ana.post(`/api/v1/channels/${id}/update/members/remove`, { user_ids: [bo.id] })
  expect(await left).toEqual(['access-removed'])
})

test('[CL8] typing reaches the others, and reading the own other windows', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const id = await ana.channel()
  const [a, b, other] = [await open(ana), await open(bo), await open(ana)]
  const typed = waitFor(
    (listener: (type: string) => void) => b.channel(id).on('event', ({ data }) => listener(data.type)),
    (type) => type === 'typing',
  )
  const read = waitFor(
    (listener: (type: string) => void) => other.on('events:channel', ({ data }) => listener(data.type)),
    (type) => type === 'channel:read',
  )
  const channel = a.channel(id)
  channel.typing()
  channel.markRead()
  await Promise.all([typed, read])
})

test('[CL19] a route is called by name, with typed parts, and answers its reply', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const http = createHttp({ url: server.url, token: () => ana.token })
  expect(await http.call('health')).toEqual({ status: true })
  const made = await http.call('channels.create', { body: { name: 'plans' } })
  expect((await http.call('channels.get', { params: { id: made.id } })).name).toBe('plans')
  const found = await http.call('users.search', { query: { query: 'an', limit: 5 } })
  expect(found.users.map(({ name }) => name)).toEqual(['Ana'])
})

test('[CL19] a refused call rejects with the code, the words and the issues of the server', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const http = createHttp({ url: server.url, token: ana.token })
  const nobody = createHttp({ url: server.url })
  await expect(nobody.call('channels.list')).rejects.toMatchObject({ code: 'unauthenticated', retry: false })
  await expect(http.call('users.list')).rejects.toMatchObject({ code: 'forbidden' })
  await expect(http.call('channels.get', { params: { id: crypto.randomUUID() } })).rejects.toMatchObject({
    name: 'SallyportError',
    code: 'not-found',
    message: expect.stringContaining('may not see it'),
  })
  await expect(http.call('notes.create', { body: { title: '' } })).rejects.toMatchObject({
    code: 'invalid-input',
    issues: [{ path: 'title' }],
  })
})

test('[CL19] a call that cannot be made rejects with unavailable, one that was called off with its reason', async () => {
  await using server = await startServer()
  await using proxy = await startProxy(server.url)
  proxy.shut()
  const http = createHttp({ url: proxy.url })
  await expect(http.call('config')).rejects.toMatchObject({ code: 'unavailable', retry: true, uncertain: false })
  await expect(http.call('auth.signout')).rejects.toMatchObject({ code: 'unavailable', uncertain: true })
  const controller = new AbortController()
  controller.abort(new Error('not needed any more'))
  await expect(http.call('config', { signal: controller.signal })).rejects.toThrow('not needed any more')
})
