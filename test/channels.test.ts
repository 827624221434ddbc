/** Channels: who hears what, and what is there when one comes back. */
import { expect, test } from 'vitest'
import type { Connected } from './harness/connection.ts'
import { startServer } from './harness/start-server.ts'

const typesOf = (connection: Connected, channel: string) =>
  connection
    .all('events:channel')
    .filter((payload) => payload.channel_id === channel)
    .map((payload) => payload.data.type)

test('[CH1] only those who may read a channel get anything of it', async () => {
  await using server = await startServer()
  const [ana, bo, cy] = [await server.person('Ana'), await server.person('Bo'), await server.person('Cy')]
  const secret = await ana.channel({ name: 'secret', access_control: { read: { user_ids: [bo.id] } } })
  const open = await ana.channel({ name: 'open' })
  await using a = await ana.join()
  await using b = await bo.join()
  await using c = await cy.join()
  await using admin = await server.admin.join()
  const { message } = await a.ok('channel:post', { channel_id: secret, content: 'between us' })
  await ana.post(`/api/v1/channels/${secret}/messages/${message.id}/update`, { content: 'between the two of us' })
  await ana.post(`/api/v1/channels/${secret}/messages/${message.id}/reactions/add`, { name: 'thumbs up' })
  await a.ok('channel:post', { channel_id: secret, content: 'a reply', parent_id: message.id })
  await ana.delete(`/api/v1/channels/${secret}/messages/${message.id}/delete`)
  await a.ok('events:channel', { channel_id: secret, data: { type: 'typing' } })
  await a.ok('channel:post', { channel_id: open, content: 'sentinel' })
  for (const other of [b, c, admin]) await other.next('events:channel', ({ channel_id }) => channel_id === open)
  expect(typesOf(b, secret)).toEqual([
    'message',
    'message:update',
    'message:reaction:add',
    'message',
    'message:reply',
    'message:delete',
    'typing',
  ])
  for (const outsider of [c, admin]) expect(JSON.stringify(outsider.received)).not.toContain(secret)
  for (const outsider of [cy, server.admin]) {
    expect((await outsider.get('/api/v1/channels/')).map((entry: { id: string }) => entry.id)).toEqual([open])
    expect((await outsider.request('GET', `/api/v1/channels/${secret}/messages`)).body.code).toBe('not-found')
    expect((await outsider.request('GET', `/api/v1/channels/${secret}`)).body.code).toBe('not-found')
  }
})

test('[CH2] who is let in hears from then on; who is taken out hears nothing more and is told', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const channel = await ana.channel({ name: 'team', access_control: {} })
  const open = await ana.channel({ name: 'open' })
  await using a = await ana.join()
  await using b = await bo.join()
  await a.ok('channel:post', { channel_id: channel, content: 'before' })
  await ana.post(`/api/v1/channels/${channel}/update/members/add`, { user_ids: [bo.id] })
  await b.next('events:channel', ({ data }) => data.type === 'channel:created')
  await a.ok('channel:post', { channel_id: channel, content: 'during' })
  await b.next('events:channel', ({ data }) => data.data?.content === 'during')
  await ana.post(`/api/v1/channels/${channel}/update/members/remove`, { user_ids: [bo.id] })
  expect(await b.next('room:left')).toEqual({ channel_id: channel, reason: 'access-removed' })
  await a.ok('channel:post', { channel_id: channel, content: 'after' })
  await a.ok('channel:post', { channel_id: open, content: 'sentinel' })
  await b.next('events:channel', ({ channel_id }) => channel_id === open)
  expect(b.all('events:channel').map(({ data }) => data.data?.content)).not.toContain('after')
  expect((await b.send('channel:post', { channel_id: channel, content: 'x' })).error?.code).toBe('not-found')
  expect((await b.send('channel:resume', { channel_id: channel, since: 0 })).error?.code).toBe('not-found')
})

test('[CH2] from write to read the room stays and posting ends', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const channel = await ana.channel({ name: 'team', access_control: { write: { user_ids: [bo.id] } } })
  await using a = await ana.join()
  await using b = await bo.join()
  expect((await b.send('channel:post', { channel_id: channel, content: 'x' })).ok).toBe(true)
  await ana.post(`/api/v1/channels/${channel}/update`, { access_control: { read: { user_ids: [bo.id] } } })
  await b.next('events:channel', ({ data }) => data.type === 'channel:updated')
  expect((await b.send('channel:post', { channel_id: channel, content: 'y' })).error?.code).toBe('forbidden')
  await a.ok('channel:post', { channel_id: channel, content: 'still heard' })
  await b.next('events:channel', ({ data }) => data.data?.content === 'still heard')
})

test('[CH3] a deleted channel is gone for everybody', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const channel = await ana.channel()
  await using b = await bo.join()
  expect((await bo.request('DELETE', `/api/v1/channels/${channel}/delete`)).body.code).toBe('forbidden')
  await ana.delete(`/api/v1/channels/${channel}/delete`)
  expect(await b.next('room:left')).toEqual({ channel_id: channel, reason: 'deleted' })
  expect((await b.send('channel:post', { channel_id: channel, content: 'x' })).error?.code).toBe('not-found')
})

test('[CH4] the same client key of the same person posts once, also at the same time and over both doors', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const channel = await ana.channel()
  await using one = await ana.join()
  await using two = await ana.join()
  await using b = await bo.join()
  const post = { channel_id: channel, content: 'once', client_key: 'k1' }
  const acks = await Promise.all([
    one.ok('channel:post', post),
    two.ok('channel:post', post),
    one.ok('channel:post', post),
  ])
  const http = await ana.post(`/api/v1/channels/${channel}/messages/post`, { content: 'once', temp_id: 'k1' })
  expect(new Set([...acks.map(({ message }) => message.id), http['id']]).size).toBe(1)
  await b.ok('channel:post', post)
  expect(await ana.get(`/api/v1/channels/${channel}/messages`)).toHaveLength(2)
  expect(typesOf(b, channel)).toEqual(['message', 'message'])
})

test('[CH5] offsets count without a hole, and resume gives exactly what was missed, as it is now', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const channel = await ana.channel()
  await using a = await ana.join()
  const b = await bo.join()
  const post = (content: string) => a.ok('channel:post', { channel_id: channel, content })
  const first = await post('one')
  const second = await post('two')
  await b.next('events:channel', ({ offset }) => offset === 2)
  await b.close()
  const third = await post('three')
  await ana.post(`/api/v1/channels/${channel}/messages/${first.message.id}/update`, { content: 'one, corrected' })
  await ana.delete(`/api/v1/channels/${channel}/messages/${third.message.id}/delete`)
  await ana.post(`/api/v1/channels/${channel}/messages/${second.message.id}/reactions/add`, { name: '👍' })
  await using back = await bo.join()
  const resumed = await back.ok('channel:resume', { channel_id: channel, since: 2 })
  expect(resumed).toMatchObject({ gap: false, offset: 6 })
  expect(
    resumed.messages.map((message: { id: string; content: string; offset: number }) => [
      message.id,
      message.content,
      message.offset,
    ]),
  ).toEqual([
    [first.message.id, 'one, corrected', 4],
    [third.message.id, '', 5],
    [second.message.id, 'two', 6],
  ])
  expect(resumed.messages[1].deleted_at).not.toBeNull()
  expect(JSON.stringify(resumed)).not.toContain('three')
  expect(await back.ok('channel:resume', { channel_id: channel, since: 6, epoch: resumed.epoch })).toMatchObject({
    gap: false,
    messages: [],
  })
  expect(await back.ok('channel:resume', { channel_id: channel, since: 7 })).toMatchObject({ gap: true, messages: [] })
  expect(await back.ok('channel:resume', { channel_id: channel, since: 2, epoch: 'another' })).toMatchObject({
    gap: true,
  })
})

test('[CH5] more missed than is sent at once is a gap, not a silent hole', async () => {
  await using server = await startServer()
  const channel = await server.admin.channel()
  await using a = await server.admin.join()
  await Promise.all(
    Array.from({ length: 150 }, (_, i) => a.ok('channel:post', { channel_id: channel, content: `${i}` })),
  )
  for (let round = 1; round < 4; round += 1) {
    await using more = await server.admin.join()
    await Promise.all(
      Array.from({ length: 150 }, (_, i) => more.ok('channel:post', { channel_id: channel, content: `${i}` })),
    )
  }
  expect(await a.ok('channel:resume', { channel_id: channel, since: 0 })).toMatchObject({
    gap: true,
    offset: 600,
    messages: [],
  })
  expect((await a.ok('channel:resume', { channel_id: channel, since: 100 })).messages).toHaveLength(500)
}, 60_000)

test('[CH6] unread counts the messages of others since one last read, and reading is told to one’s other windows', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const channel = await ana.channel()
  await using a = await ana.join()
  await using b = await bo.join()
  await using other = await bo.join()
  const unread = async () => (await bo.get('/api/v1/channels/'))[0]?.['unread_count']
  await a.ok('channel:post', { channel_id: channel, content: 'one' })
  await a.ok('channel:post', { channel_id: channel, content: 'two' })
  await b.ok('channel:post', { channel_id: channel, content: 'mine' })
  expect(await unread()).toBe(2)
  await b.ok('events:channel', { channel_id: channel, data: { type: 'last_read_at' } })
  expect(await unread()).toBe(0)
  expect(await other.next('events:channel', ({ data }) => data.type === 'channel:read')).toEqual({
    data: { type: 'channel:read', channel_id: channel },
  })
})

test('[CH7] history pages by cursor, replies live in their thread, and the parent counts them', async () => {
  await using server = await startServer()
  const { admin } = server
  const channel = await admin.channel()
  await using a = await admin.join()
  const posted: string[] = []
  for (let i = 0; i < 25; i += 1)
    posted.push((await a.ok('channel:post', { channel_id: channel, content: `m${i}` })).message.content)
  const seen: string[] = []
  let before: unknown
  for (let page = 0; page < 3; page += 1) {
    const messages = await admin.get(
      `/api/v1/channels/${channel}/messages?limit=10${before === undefined ? '' : `&before=${before}`}`,
    )
    seen.push(...messages.map((message: { content: string }) => message.content))
    before = messages.at(-1)?.['cursor']
  }
  expect(seen).toEqual(posted.toReversed())
  const [newest] = await admin.get(`/api/v1/channels/${channel}/messages?limit=1`)
  const parent = newest?.['id'] as string
  await a.ok('channel:post', { channel_id: channel, content: 'reply', parent_id: parent })
  const thread = await admin.get(`/api/v1/channels/${channel}/messages/${parent}/thread`)
  expect(thread.map((message: { content: string }) => message.content)).toEqual(['reply', 'm24'])
  expect((await admin.get(`/api/v1/channels/${channel}/messages?limit=1`))[0]).toMatchObject({
    id: parent,
    reply_count: 1,
  })
})

test('[CH8] a message belongs to its channel and its author', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const mine = await ana.channel({ name: 'mine', access_control: {} })
  const open = await ana.channel({ name: 'open' })
  await using a = await ana.join()
  await using b = await bo.join()
  const hidden = (await a.ok('channel:post', { channel_id: mine, content: 'hidden' })).message.id
  const shown = (await a.ok('channel:post', { channel_id: open, content: 'shown' })).message.id
  const act = (method: string, path: string, body?: object) =>
    bo.request(method, `/api/v1/channels/${open}/messages/${path}`, body)
  expect((await act('POST', `${shown}/update`, { content: 'x' })).body.code).toBe('forbidden')
  expect((await act('DELETE', `${shown}/delete`)).body.code).toBe('forbidden')
  for (const [method, path, body] of [
    ['POST', `${hidden}/update`, { content: 'x' }],
    ['DELETE', `${hidden}/delete`, undefined],
    ['POST', `${hidden}/reactions/add`, { name: 'x' }],
    ['GET', `${hidden}/thread`, undefined],
  ] as const) {
    const { status, body: answer } = await act(method, path, body)
    expect(JSON.stringify(answer), path).not.toContain('"hidden"')
    if (method !== 'GET') expect(status, path).toBe(404)
  }
  expect((await b.send('channel:post', { channel_id: open, content: 'x', parent_id: hidden })).error?.code).toBe(
    'not-found',
  )
  expect((await b.send('channel:post', { channel_id: open, content: 'x', reply_to_id: hidden })).error?.code).toBe(
    'not-found',
  )
})

test('[CH9] a direct channel is the same one for the same people, and nobody else’s', async () => {
  await using server = await startServer()
  const [ana, bo, cy] = [await server.person('Ana'), await server.person('Bo'), await server.person('Cy')]
  await using b = await bo.join()
  const direct = { type: 'dm', user_ids: [bo.id] }
  const [one, two] = await Promise.all([ana.channel(direct), ana.channel(direct)])
  const three = await bo.channel({ type: 'dm', user_ids: [ana.id] })
  expect([two, three]).toEqual([one, one])
  await b.next('events:channel', ({ data }) => data.type === 'channel:created')
  expect((await bo.get('/api/v1/channels/'))[0]).toMatchObject({ id: one, type: 'dm', write_access: true })
  expect(await cy.get('/api/v1/channels/')).toEqual([])
  expect((await ana.request('POST', `/api/v1/channels/${one}/update`, { access_control: null })).body.code).toBe(
    'forbidden',
  )
})
