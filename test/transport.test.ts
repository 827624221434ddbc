/** What a transport may hold and take: large notes pass, those who do not read do not pile up, one transport is one person. */
import { connect as connectTcp, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { startServer } from './harness/start-server.ts'

const generous = { RATE_LIMIT_BURST: '1000000', RATE_LIMIT_PER_SECOND: '1000000' }

/** A WebSocket handshake by hand; answers the socket and the first line of the answer. */
function upgrade(url: string): Promise<{ socket: Socket; line: string }> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connectTcp(Number(port), hostname)
    socket.on('error', reject)
    socket.once('data', (data) => resolve({ socket, line: data.toString().split('\r\n')[0] ?? '' }))
    const lines = [
      'GET /ws/socket.io/?EIO=4&transport=websocket HTTP/1.1',
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ]
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  })
}

test('[GW12] a note of several megabytes opens, as binary and as numbers, and the connection stays', async () => {
  await using server = await startServer(generous)
  const { admin } = server
  const note = await admin.note()
  await using a = await admin.connect({ binary: true })
  await a.ok('ydoc:document:join', { document_id: `note:${note}` })
  const doc = new Y.Doc()
  for (let i = 0; i < 7; i += 1) {
    const before = Y.encodeStateVector(doc)
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.insert(0, [new Y.XmlText('x'.repeat(900_000))])
    doc.getXmlFragment('prosemirror').insert(i, [paragraph])
    await a.ok('ydoc:document:update', { document_id: `note:${note}`, update: Y.encodeStateAsUpdate(doc, before) })
  }
  for (const binary of [true, false]) {
    await using b = await admin.join({ binary })
    await b.ok('ydoc:document:join', { document_id: `note:${note}` })
    expect((await b.next('ydoc:document:state')).state.length).toBeGreaterThan(6_000_000)
    expect(await b.ok('heartbeat', {})).toEqual({})
  }
}, 60_000)

test('[GW13] who asks and does not read is not answered without end, and the others go on', async () => {
  await using server = await startServer(generous)
  const { admin } = server
  const channel = await admin.channel()
  await using a = await admin.join()
  await Promise.all(
    Array.from({ length: 90 }, () => a.ok('channel:post', { channel_id: channel, content: 'x'.repeat(10_000) })),
  )
  await using deaf = await admin.join()
  const transport = deaf.socket.io.engine.transport as unknown as { ws: { pause(): void } }
  transport.ws.pause()
  for (let i = 0; i < 500; i += 1)
    deaf.socket.emit('channel:resume', { channel_id: channel, since: 0 }, () => undefined)
  const handled = () => server.running.metrics.snapshot().get('event channel:resume ok') ?? 0
  // Another asks the same and reads. Answers are made in turn, so without a limit the deaf one would get as many.
  const asked = 80
  for (let i = 0; i < asked; i += 1) await a.ok('channel:resume', { channel_id: channel, since: 0 })
  expect(handled() - asked, 'some, until the buffers of the system and the limit are full').toBeGreaterThan(1)
  expect(handled() - asked, 'and no more').toBeLessThan(30)
}, 60_000)

test('[GW14] a second person cannot come in over the transport of the first', async () => {
  await using server = await startServer()
  const bo = await server.person('Bo')
  const transport = new WebSocket(`${server.url.replace('http', 'ws')}/ws/socket.io/?EIO=4&transport=websocket`)
  const closed = new Promise<void>((resolve) => transport.addEventListener('close', () => resolve()))
  transport.addEventListener('message', ({ data }) => {
    if (!String(data).startsWith('0')) return
    for (const { token } of [server.admin, bo]) transport.send(`40${JSON.stringify({ token })}`)
  })
  await closed
  expect(server.running.metrics.snapshot().get('connection opened') ?? 0).toBeLessThan(2)
})

test('[GW14] transports count against their address before anybody says who they are', async () => {
  await using server = await startServer({ MAX_CONNECTIONS_PER_ADDRESS: '3' })
  const opened = [await upgrade(server.url), await upgrade(server.url), await upgrade(server.url)]
  expect(opened.map(({ line }) => line)).toEqual(Array.from({ length: 3 }, () => 'HTTP/1.1 101 Switching Protocols'))
  const fourth = await upgrade(server.url)
  expect(fourth.line).toMatch(/ 429 /)
  fourth.socket.destroy()
  opened[0]?.socket.destroy()
  await expect
    .poll(async () => {
      const { socket, line } = await upgrade(server.url)
      socket.destroy()
      return line
    })
    .toMatch(/ 101 /)
  for (const { socket } of opened) socket.destroy()
})

test('[GW15] a larger event costs more', async () => {
  await using server = await startServer({ RATE_LIMIT_BURST: '100', RATE_LIMIT_PER_SECOND: '1' })
  await using a = await server.admin.connect()
  const document_id = `note:${await server.admin.note()}`
  const send = () =>
    a.send('ydoc:document:update', { document_id, update: [0, 0], data: { content: 'x'.repeat(3_000_000) } })
  const codes = [await send(), await send(), await send()].map(({ error }) => error?.code)
  expect(codes).toEqual(['not-joined', 'not-joined', 'rate-limited'])
})

test('[GW16] many events in one segment are each weighed alone', async () => {
  await using server = await startServer(generous)
  const channel = await server.admin.channel()
  await using a = await server.admin.join()
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => a.send('channel:post', { channel_id: channel, content: 'x'.repeat(9_000) })),
  )
  expect(answers.filter(({ ok }) => !ok)).toEqual([])
})

test('[GW17] whatever odd packets come before, each acknowledgement belongs to its event, and nothing weighs nothing', async () => {
  await using server = await startServer(generous)
  const odd = [
    '62["x"]',
    '32["x"]',
    '4277["nope"]',
    '42 ["heartbeat",{}]',
    '42\n["heartbeat",{}]',
    '421 ["heartbeat",{}]',
    '452-["nope",{}]',
    '450-["heartbeat",{}]',
    '42',
    '4277',
    `42${'9'.repeat(30)}["heartbeat",{}]`,
  ]
  for (const packet of odd) {
    const transport = new WebSocket(`${server.url.replace('http', 'ws')}/ws/socket.io/?EIO=4&transport=websocket`)
    const answers: string[] = []
    const done = new Promise<void>((resolve) => {
      transport.addEventListener('close', () => resolve())
      transport.addEventListener('message', ({ data }) => {
        const text = String(data)
        if (text.startsWith('0{')) transport.send(`40${JSON.stringify({ token: server.admin.token })}`)
        if (text.startsWith('40{')) {
          transport.send(packet)
          for (const id of [101, 102, 103]) transport.send(`42${id}["heartbeat",{}]`)
        }
        if (text.startsWith('43')) answers.push(text.slice(2, 5))
        if (text.startsWith('43103')) resolve()
      })
    })
    await done
    transport.close()
    expect(answers.filter((id) => id.startsWith('10')).join(), packet).toMatch(/^(101,102,103)?$/)
  }
  await using a = await server.admin.connect()
  const refused = new Promise<string>((resolve) => {
    a.socket.io.engine.on('message', (data: unknown) => {
      if (String(data).includes('too-large')) resolve('refused')
    })
  })
  a.socket.io.engine.write(`2 ["heartbeat",{"x":"${'x'.repeat(100_000)}"}]`)
  expect(await Promise.race([refused, a.ended])).toBe('refused')
})
