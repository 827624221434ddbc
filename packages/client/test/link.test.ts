/** Connecting, asking, and coming back, against a server that does what the test says. */
import type { ErrorReport } from '@sallyport/protocol'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type Client, type ClientOptions, connect } from '../src/client.ts'
import { SallyportError } from '../src/error.ts'
import type { Status } from '../src/link.ts'
import { startProxy } from './support/proxy.ts'
import { me, never, report, startScripted } from './support/scripted-server.ts'
import { reaches, waitFor } from './support/wait-for.ts'

/** A client that tries again fast and is closed after the test. */
function open(url: string, options: ClientOptions = {}): Client {
  const client = connect({ url, reconnectDelayMs: 10, reconnectDelayMaxMs: 40, ...options })
  onTestFinished(() => client.close())
  return client
}

async function refusal(promise: Promise<unknown>): Promise<SallyportError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof SallyportError) return error
  throw new Error(`expected a refusal, not ${String(error)}`)
}

function joined(client: Client): Promise<unknown> {
  return waitFor((listener: () => void) => client.on('joined', listener))
}

test('[CL1] a client connects, joins, and resolves requests with the value of the acknowledgement', async () => {
  await using server = await startScripted({ 'join-channels': () => ({ channels: ['c'] }) })
  const client = open(server.url, { token: 'secret' })
  const seen: Status[] = []
  client.on('status', (status) => seen.push(status))
  expect(client.status).toBe('connecting')
  // Asked before there is a connection: it waits.
  expect(await client.send('join-channels')).toEqual({ channels: ['c'] })
  expect(seen).toEqual(['connected'])
  expect(client.identity).toEqual(me)
  expect(server.auths).toEqual([{ token: 'secret', binary: true }])
  expect(server.sent.map(({ event }) => event)).toEqual(['user-join', 'join-channels'])
})

test('[CL1] a refused request rejects with the code, retry and issues of the server', async () => {
  const issues = [{ path: 'content', message: 'must not be empty' }]
  await using server = await startScripted({
    'channel:post': () => {
      throw { ...report('rate-limited', 3), issues }
    },
  })
  const client = open(server.url)
  const error = await refusal(client.send('channel:post', { channel_id: me.id, content: '' }))
  expect(error).toMatchObject({ code: 'rate-limited', retry: true, retryAfter: 3, issues, uncertain: false })
})

test('[CL4] a request whose acknowledgement does not come rejects with unavailable, and is uncertain', async () => {
  await using server = await startScripted({ 'channel:post': () => never })
  const client = open(server.url, { ackTimeoutMs: 500 })
  await reaches(client, 'connected')
  const error = await refusal(client.send('channel:post', { channel_id: me.id, content: 'x' }))
  expect(error).toMatchObject({ code: 'unavailable', retry: true, uncertain: true })
  expect(server.all('channel:post')).toHaveLength(1)
})

test('[CL4] a request that waits when the connection is lost rejects, and is not sent again', async () => {
  await using server = await startScripted({ 'channel:post': () => never })
  await using proxy = await startProxy(server.url)
  const client = open(proxy.url)
  const arrived = server.arrival('channel:post')
  const request = refusal(client.send('channel:post', { channel_id: me.id, content: 'x' }))
  await arrived
  proxy.cut()
  expect(await request).toMatchObject({ code: 'unavailable', uncertain: true })
  await joined(client)
  await client.send('heartbeat')
  expect(server.all('channel:post')).toHaveLength(1)
})

test('[CL4] a request for which no connection comes in time rejects, and is certain not to be done', async () => {
  await using server = await startScripted()
  await using proxy = await startProxy(server.url)
  proxy.shut()
  const client = open(proxy.url, { ackTimeoutMs: 100 })
  expect(await refusal(client.send('heartbeat'))).toMatchObject({ code: 'unavailable', uncertain: false })
  expect(server.sent).toEqual([])
})

test('[CL3] a lost connection comes back by itself, joins again, and says so', async () => {
  await using server = await startScripted()
  await using proxy = await startProxy(server.url)
  const client = open(proxy.url)
  await reaches(client, 'connected')
  const seen: Status[] = []
  client.on('status', (status) => seen.push(status))
  proxy.cut()
  await joined(client)
  expect(seen).toEqual(['disconnected', 'connecting', 'connected'])
  expect(server.all('user-join')).toHaveLength(2)
  expect(client.error).toBeUndefined()
})

test('[CL3] a server that cannot be reached is tried until it can', async () => {
  await using server = await startScripted()
  await using proxy = await startProxy(server.url)
  proxy.shut()
  const client = open(proxy.url)
  for (let tries = 0; tries < 3; tries += 1)
    await waitFor(
      (listener: (status: Status) => void) => client.on('status', listener),
      (status) => status === 'disconnected',
    )
  expect(client.error).toMatchObject({ code: 'unavailable', retry: true })
  proxy.open()
  await reaches(client, 'connected')
})

test('[CL3] a handshake refused for now is tried again, no earlier than the server asks', async () => {
  await using server = await startScripted()
  let refused: ErrorReport | undefined = report('server-full', 0.3)
  server.refuse = () => refused
  const client = open(server.url)
  await reaches(client, 'disconnected')
  expect(client.error?.code).toBe('server-full')
  const since = performance.now()
  refused = undefined
  await reaches(client, 'connected')
  expect(performance.now() - since).toBeGreaterThan(280)
})

test('[CL3] a connection that the server ends for now comes back', async () => {
  await using server = await startScripted()
  const client = open(server.url)
  await reaches(client, 'connected')
  server.end(report('draining'))
  await reaches(client, 'disconnected')
  expect(client.error?.code).toBe('draining')
  await reaches(client, 'connected')
})

test.each(['unauthenticated', 'unknown-event', 'too-large'] as const)(
  '[CL5] a connection that the server ends with %s stays ended until it is asked for',
  async (code) => {
    await using server = await startScripted()
    const client = open(server.url, { token: 'secret' })
    await reaches(client, 'connected')
    server.end(report(code))
    await reaches(client, 'ended')
    expect(client.error?.code).toBe(code)
    expect(await refusal(client.send('heartbeat'))).toMatchObject({ code })
    client.connect()
    await reaches(client, 'connected')
    expect(server.auths).toHaveLength(2)
  },
)

test.each(['unauthenticated', 'account-pending', 'origin-refused'] as const)(
  '[CL5] a handshake refused with %s ends the client, and rejects what waits',
  async (code) => {
    await using server = await startScripted()
    server.refuse = () => report(code)
    const client = open(server.url, { ackTimeoutMs: 60_000 })
    expect(await refusal(client.send('heartbeat'))).toMatchObject({ code })
    expect(client.status).toBe('ended')
    expect(server.auths).toHaveLength(1)
  },
)

test('[CL5] a refused join ends the client like a refused handshake', async () => {
  await using server = await startScripted({
    'user-join': () => {
      throw report('unauthenticated')
    },
  })
  const client = open(server.url)
  await reaches(client, 'ended')
  expect(client.error?.code).toBe('unauthenticated')
})

test('[CL6] the token function is asked for each connection', async () => {
  await using server = await startScripted()
  await using proxy = await startProxy(server.url)
  let asked = 0
  const client = open(proxy.url, {
    token: async () => {
      asked += 1
      return `token-${asked}`
    },
  })
  await reaches(client, 'connected')
  proxy.cut()
  await joined(client)
  expect(server.auths.map(({ token }) => token)).toEqual(['token-1', 'token-2'])
})

test('[CL6] a refused token is replaced once by a newer one of its function', async () => {
  await using server = await startScripted()
  let current = 'old'
  const client = open(server.url, { token: () => current })
  await reaches(client, 'connected')
  server.end(report('unauthenticated'))
  current = 'new'
  await reaches(client, 'disconnected')
  await reaches(client, 'connected')
  expect(server.auths.map(({ token }) => token)).toEqual(['old', 'new'])
})

test('[CL6] a refused token whose function has no newer one, or one that is refused too, ends the client', async () => {
  await using server = await startScripted()
  server.refuse = () => report('unauthenticated')
  const same = open(server.url, { token: () => 'same' })
  await reaches(same, 'ended')
  expect(server.auths).toHaveLength(1)
  let asked = 0
  const fresh = open(server.url, {
    token: () => {
      asked += 1
      return `token-${asked}`
    },
  })
  await reaches(fresh, 'ended')
  expect(fresh.error?.code).toBe('unauthenticated')
  expect(server.auths).toHaveLength(3)
})

test('[CL6] a token function that fails is asked again', async () => {
  await using server = await startScripted()
  let asked = 0
  const client = open(server.url, {
    token: () => {
      asked += 1
      if (asked === 1) throw new Error('no network')
      return 'secret'
    },
  })
  await reaches(client, 'disconnected')
  expect(client.error?.code).toBe('unavailable')
  await reaches(client, 'connected')
})

test('[CL3] a server that takes the connection and says nothing is given up and tried again', async () => {
  await using server = await startScripted({ 'user-join': () => never })
  const client = open(server.url, { ackTimeoutMs: 100 })
  await reaches(client, 'disconnected')
  expect(client.error?.code).toBe('unavailable')
  server.answers['user-join'] = () => me
  await reaches(client, 'connected')
})

test('[CL5] disconnect() lasts until connect(), close() for good', async () => {
  await using server = await startScripted()
  const client = open(server.url)
  await reaches(client, 'connected')
  client.disconnect()
  expect(client.status).toBe('disconnected')
  const waiting = client.send('heartbeat')
  client.connect()
  await waiting
  client.close()
  expect(client.status).toBe('ended')
  expect(await refusal(client.send('heartbeat'))).toMatchObject({ code: 'unavailable' })
  expect(() => client.connect()).toThrow(TypeError)
})

test('[CL3] a connected client says every thirty seconds that the person is there', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  await using server = await startScripted()
  const client = open(server.url)
  await reaches(client, 'connected')
  const told = server.arrival('heartbeat')
  vi.advanceTimersByTime(30_000)
  await told
  client.disconnect()
  vi.advanceTimersByTime(90_000)
  client.connect()
  await client.send('join-channels')
  expect(server.all('heartbeat')).toHaveLength(1)
})
