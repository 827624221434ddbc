/** Following a channel, against a server that does what the test says. */
import { expect, onTestFinished, test } from 'vitest'
import type { Channel, ChannelOptions } from '../src/channel.ts'
import type { ChannelEvent } from '../src/channel-order.ts'
import { type Client, connect } from '../src/client.ts'
import { channelId, eventAt, messageAt, repliedAt, typing } from './support/events.ts'
import { startProxy } from './support/proxy.ts'
import { never, report, type ScriptedServer, startScripted } from './support/scripted-server.ts'
import { reaches, waitFor } from './support/wait-for.ts'

async function open(url: string, ackTimeoutMs = 5_000): Promise<Client> {
  const client = connect({ url, reconnectDelayMs: 10, reconnectDelayMaxMs: 40, ackTimeoutMs })
  onTestFinished(() => client.close())
  await reaches(client, 'connected')
  return client
}

interface Followed {
  readonly channel: Channel
  /** What was told so far: the offset of each event (negative when resumed), and the other events by name. */
  readonly told: (number | string)[]
  /** Resolves when the last thing told is this. */
  until(last: number | string): Promise<void>
}

function follow(client: Client, options: ChannelOptions = {}): Followed {
  const channel = client.channel(channelId, options)
  const told: (number | string)[] = []
  const listeners = new Set<() => void>()
  const tell = (what: number | string) => {
    told.push(what)
    for (const listener of listeners) listener()
  }
  channel.on('event', (event: ChannelEvent, resumed) => {
    if (event.data.type !== 'message') tell(event.data.type)
    else tell(resumed ? -(event.offset ?? 0) : (event.offset ?? 0))
  })
  channel.on('gap', () => tell('gap'))
  channel.on('left', (reason) => tell(reason))
  const until = async (last: number | string) => {
    if (told.at(-1) === last) return
    const subscribe = (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
    await waitFor(subscribe, () => told.at(-1) === last)
  }
  return { channel, told, until }
}

/** Answers `channel:resume` from a log whose newest offset is `head`. */
function logUntil(head: () => number) {
  return ({ since }: Record<string, unknown>) => ({
    gap: false,
    epoch: 'e',
    offset: head(),
    messages: Array.from({ length: head() - Number(since) }, (_, index) => messageAt(Number(since) + index + 1)),
  })
}

function emitAll(server: ScriptedServer, ...events: ChannelEvent[]): void {
  for (const event of events) server.emit('events:channel', event)
}

test('[CL7] a channel followed from an offset gives first what was missed, then what happens', async () => {
  await using server = await startScripted({ 'channel:resume': logUntil(() => 5) })
  const client = await open(server.url)
  const { told, until } = follow(client, { since: 3, epoch: 'e' })
  await until(-5)
  emitAll(server, eventAt(6), typing, repliedAt(6), eventAt(7))
  await until(7)
  expect(told).toEqual([-4, -5, 6, 'typing', 'message:reply', 7])
  expect(server.all('channel:resume')).toEqual([{ channel_id: channelId, since: 3, epoch: 'e' }])
})

test('[CL7] an offset that was left out is resumed before what came after it is told', async () => {
  await using server = await startScripted({ 'channel:resume': logUntil(() => 8) })
  const client = await open(server.url)
  const { told, until } = follow(client)
  emitAll(server, eventAt(5), eventAt(8))
  await until(-8)
  emitAll(server, eventAt(9))
  await until(9)
  expect(told).toEqual([5, -6, -7, -8, 9])
})

test('[CL7] events that come while it resumes are held back, and none is told twice', async () => {
  await using server = await startScripted({
    'channel:resume': (payload, socket) => {
      for (const event of [eventAt(4), eventAt(5), eventAt(6)]) socket.emit('events:channel', event)
      return logUntil(() => 5)(payload)
    },
  })
  const client = await open(server.url)
  const { told, until } = follow(client, { since: 3, epoch: 'e' })
  await until(6)
  expect(told).toEqual([-4, -5, 6])
})

test('[CL7] a server that cannot give what was missed leads to a gap, and the channel goes on from there', async () => {
  await using server = await startScripted({
    'channel:resume': () => ({ gap: true, epoch: 'f', offset: 40, messages: [] }),
  })
  const client = await open(server.url)
  const { told, until } = follow(client, { since: 3, epoch: 'e' })
  await until('gap')
  emitAll(server, eventAt(41, 'f'))
  await until(41)
  expect(told).toEqual(['gap', 41])
})

test('[CL7] offsets that stay out after resuming are a gap, not another try', async () => {
  await using server = await startScripted({ 'channel:resume': logUntil(() => 4) })
  const client = await open(server.url)
  const { told, until } = follow(client, { since: 4, epoch: 'e' })
  emitAll(server, eventAt(9))
  await until(9)
  expect(told).toEqual(['gap', 9])
  expect(server.all('channel:resume').length).toBeLessThanOrEqual(2)
})

test('[CL7] a reconnect resumes from the last offset that was told', async () => {
  let head = 4
  await using server = await startScripted({ 'channel:resume': logUntil(() => head) })
  await using proxy = await startProxy(server.url)
  const client = await open(proxy.url)
  const { told, until } = follow(client, { since: 4, epoch: 'e' })
  await server.arrival('channel:resume')
  emitAll(server, eventAt(5))
  await until(5)
  head = 7
  proxy.cut()
  await until(-7)
  expect(told).toEqual([5, -6, -7])
})

test('[CL7] a reconnect of a channel that does not know its place is a gap', async () => {
  await using server = await startScripted()
  await using proxy = await startProxy(server.url)
  const client = await open(proxy.url)
  const { told, until } = follow(client)
  proxy.cut()
  await until('gap')
  expect(told).toEqual(['gap'])
})

test('[CL7] resuming is tried again when the server says that it may work later', async () => {
  let tries = 0
  await using server = await startScripted({
    'channel:resume': (payload) => {
      tries += 1
      if (tries === 1) throw report('rate-limited')
      return logUntil(() => 4)(payload)
    },
  })
  const client = await open(server.url)
  const { until } = follow(client, { since: 3, epoch: 'e' })
  await until(-4)
  expect(tries).toBe(2)
})

test('[CL9] a channel whose right is lost says so, and is there again when its events come again', async () => {
  await using server = await startScripted({ 'channel:resume': logUntil(() => 6) })
  const client = await open(server.url)
  const { told, until } = follow(client, { since: 6, epoch: 'e' })
  await server.arrival('channel:resume')
  server.emit('room:left', { channel_id: channelId, reason: 'deleted' })
  await until('deleted')
  server.answers['channel:resume'] = logUntil(() => 8)
  emitAll(server, eventAt(8))
  await until(-8)
  expect(told).toEqual(['deleted', -7, -8])
})

test('[CL9] a channel that may not be resumed any more was left', async () => {
  await using server = await startScripted({
    'channel:resume': () => {
      throw report('not-found')
    },
  })
  const client = await open(server.url)
  const { until } = follow(client, { since: 6, epoch: 'e' })
  await until('access-removed')
})

test('[CL8] a post that was lost with its connection is sent again with the same key', async () => {
  let posted = 0
  await using server = await startScripted({
    'channel:post': () => {
      posted += 1
      return posted === 1 ? never : { message: messageAt(1), offset: 1 }
    },
  })
  await using proxy = await startProxy(server.url)
  const client = await open(proxy.url)
  const { channel } = follow(client)
  const arrived = server.arrival('channel:post')
  const message = channel.post('hello', { parentId: 'p', replyToId: 'r' })
  await arrived
  proxy.cut()
  expect((await message).offset).toBe(1)
  const [first, second] = server.all('channel:post')
  expect(first).toEqual(second)
  expect(first).toMatchObject({ channel_id: channelId, content: 'hello', parent_id: 'p', reply_to_id: 'r' })
  expect(String(first?.['client_key'])).toMatch(/^[\w:.-]{16,64}$/)
})

test('[CL8] a post that was refused is not sent again', async () => {
  await using server = await startScripted({
    'channel:post': () => {
      throw report('unavailable')
    },
  })
  const client = await open(server.url)
  const { channel } = follow(client)
  await expect(channel.post('hello')).rejects.toMatchObject({ code: 'unavailable', uncertain: false })
  expect(server.all('channel:post')).toHaveLength(1)
})

test('[CL8] a post that may have been stored is reported as uncertain when there is no connection any more', async () => {
  await using server = await startScripted({ 'channel:post': () => never })
  await using proxy = await startProxy(server.url)
  const client = await open(proxy.url, 300)
  const { channel } = follow(client)
  const arrived = server.arrival('channel:post')
  const message = channel.post('hello')
  const rejected = expect(message).rejects.toMatchObject({ code: 'unavailable', uncertain: true })
  await arrived
  proxy.shut()
  await rejected
})

test('[CL8] typing is told every two seconds at most, for each thread', async () => {
  await using server = await startScripted()
  const client = await open(server.url)
  const { channel } = follow(client)
  for (let count = 0; count < 5; count += 1) {
    channel.typing()
    channel.typing('p')
  }
  await client.send('heartbeat')
  expect(server.all('events:channel').map(({ message_id }) => message_id)).toEqual([null, 'p'])
})

test('[CL8] reading without a connection is told when there is one', async () => {
  await using server = await startScripted()
  await using proxy = await startProxy(server.url)
  const client = await open(proxy.url)
  const { channel } = follow(client)
  proxy.cut()
  await reaches(client, 'disconnected')
  channel.markRead()
  const told = await server.arrival('events:channel')
  expect(told).toEqual({ channel_id: channelId, data: { type: 'last_read_at' } })
})

test('[CL7] a closed channel tells nothing', async () => {
  await using server = await startScripted({ 'channel:resume': logUntil(() => 5) })
  const client = await open(server.url)
  const { channel, told } = follow(client, { since: 3, epoch: 'e' })
  channel.close()
  emitAll(server, eventAt(6))
  await client.send('heartbeat')
  expect(told).toEqual([])
})
