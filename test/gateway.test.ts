/** The pipeline, step by step: each refusal with its code, and a positive control beside it. */

import { connect as connectTcp } from 'node:net'
import { clientEvents } from '@sallyport/protocol'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Connected, connect } from './harness/connection.ts'
import type { Person } from './harness/person.ts'
import { expectRefused } from './harness/refusal.ts'
import { startServer, type TestServer } from './harness/start-server.ts'

const stranger = '00000000-0000-4000-8000-000000000000'
let server: TestServer
let ana: Person
let bo: Person

beforeAll(async () => {
  server = await startServer()
  ana = await server.person('Ana')
  bo = await server.person('Bo')
})
afterAll(() => server[Symbol.asyncDispose]())

/** The first line of the answer to a WebSocket handshake with these header lines. */
function handshake(headers: readonly string[], path = '/ws/socket.io/?EIO=4&transport=websocket'): Promise<string> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const socket = connectTcp(Number(port), hostname)
    socket.on('error', reject)
    socket.once('data', (data) => {
      socket.destroy()
      resolve(data.toString().split('\r\n')[0] ?? '')
    })
    const upgrade = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ]
    socket.write(`${[`GET ${path} HTTP/1.1`, 'Host: evil.test', ...upgrade, ...headers].join('\r\n')}\r\n\r\n`)
  })
}

describe('connection', () => {
  test('[GW1] a page of a foreign site is refused at the handshake, our own and a client without a site are not', async () => {
    expect(await handshake([`Origin: ${server.url}`])).toMatch(/ 101 /)
    expect(await handshake([])).toMatch(/ 101 /)
    for (const origin of [
      'https://evil.test',
      'null',
      'http://evil.test',
      `${server.url}.evil.test`,
      `${server.url}/x`,
    ]) {
      expect(await handshake([`Origin: ${origin}`]), origin).toMatch(/ 403 /)
    }
    expect(await handshake([`Origin: ${server.url}`, 'Origin: https://evil.test'])).toMatch(/ 40[03] /)
  })

  test('[GW1] long-polling, a chosen session id and an old protocol open nothing', async () => {
    for (const query of [
      'EIO=4&transport=polling',
      'EIO=3&transport=websocket',
      'transport=websocket',
      'EIO=4&EIO=4&transport=websocket',
      'EIO=abc&transport=websocket',
      'EIO=4&transport=websocket&sid=__proto__',
      'EIO=4&transport=websocket&sid=a&sid=b',
    ]) {
      expect(await handshake([], `/ws/socket.io/?${query}`), query).toMatch(/ 40[03] /)
    }
  })

  test('[GW2] no more connections than allowed are admitted, and one more when one has left', async () => {
    await using small = await startServer({ MAX_CONNECTIONS: '2' })
    const first = await small.admin.connect()
    await using _second = await small.admin.connect()
    await expect(small.admin.connect()).rejects.toThrow()
    await first.close()
    await expect
      .poll(() =>
        small.admin.connect().then(
          (connection) => connection.close(),
          () => 'refused',
        ),
      )
      .toBeUndefined()
  })

  test('[GW3] no connection without a genuine, current token of an active person', async () => {
    await using control = await ana.connect()
    expect(control.id).not.toBe('')
    const pending = await server.person('Pia', 'pending')
    const claims = { jti: crypto.randomUUID(), sub: ana.id, id: ana.id, ims: Date.now() }
    const forged = (alg: string, key: Uint8Array) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg, typ: 'JWT' })
        .setIssuer('sallyport')
        .setAudience('sallyport')
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(key)
    const unsigned = (alg: string) =>
      `${Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url')}.${ana.token.split('.')[1]}.`
    const [header, payload, signature] = ana.token.split('.') as [string, string, string]
    const cases: Record<string, string | undefined> = {
      none: undefined,
      empty: '',
      garbage: 'not.a.token',
      'another key': await forged('HS256', new Uint8Array(32).fill(7)),
      'alg none': unsigned('none'),
      'alg NONE': unsigned('NONE'),
      'changed payload': `${header}.${Buffer.from(JSON.stringify({ ...claims, sub: bo.id })).toString('base64url')}.${signature}`,
      'cut signature': `${header}.${payload}.${signature.slice(0, -2)}`,
      'very long': 'x'.repeat(5_000),
    }
    for (const [name, token] of Object.entries(cases)) {
      await expect(connect(server.url, { token }), name).rejects.toMatchObject({ code: 'unauthenticated' })
    }
    await expect(pending.connect()).rejects.toMatchObject({ code: 'account-pending' })
    const query = await handshake([], `/ws/socket.io/?EIO=4&transport=websocket&token=${ana.token}`)
    expect(query, 'a token in the URL opens the transport like any, and is no credential').toMatch(/ 101 /)
  })

  test('[GW3] a cookie counts beside an allowed Origin only, and not against another token', async () => {
    const cookie = `sallyport=${ana.token}`
    await using allowed = await connect(server.url, { headers: { cookie, origin: server.url } })
    expect((await allowed.ok('user-join')).id).toBe(ana.id)
    await expect(connect(server.url, { headers: { cookie } })).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(
      connect(server.url, { token: bo.token, headers: { cookie, origin: server.url } }),
    ).rejects.toMatchObject({
      code: 'unauthenticated',
    })
  })

  test('[GW4] a connection is one person’s for life: the token of another ends it, a newer one of the same does not', async () => {
    await using connection = await ana.join()
    const again = await server.person('Cy')
    expect(await connection.ok('user-join', { auth: { token: ana.token } })).toEqual({ id: ana.id, name: 'Ana' })
    const ack = connection.send('user-join', { auth: { token: again.token } }).catch(() => undefined)
    expect(await connection.ended).toBe('transport close')
    expect((await ack)?.ok).not.toBe(true)
  })

  test('[GW4] what ended leaves nothing behind: a signed-out token closes its connections at once', async () => {
    const cy = await server.person('Cleo')
    await using connection = await cy.join()
    await cy.post('/api/v1/auths/signout')
    expect(await connection.ended).toBe('transport close')
    expect(connection.all('error')).toMatchObject([{ code: 'unauthenticated' }])
    await expect(cy.connect()).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

describe('message', () => {
  let channel: string
  let a: Connected
  let b: Connected
  const watched = () => ({
    server,
    watcher: b,
    sentinel: async () => {
      const before = b.received.length
      await a.ok('events:channel', { channel_id: channel, data: { type: 'typing' } })
      await expect.poll(() => b.received.length).toBeGreaterThan(before)
    },
  })

  beforeAll(async () => {
    channel = await ana.channel({ name: 'pipeline' })
    a = await ana.join()
    b = await bo.join()
  })
  afterAll(async () => {
    await a.close()
    await b.close()
  })

  test('[GW5] an event that is not in the contract is refused and reaches nobody', async () => {
    const names = [
      'nope',
      'events:note',
      'ydoc:document:joined',
      'room:left',
      '__proto__',
      'constructor',
      'toString',
      'x'.repeat(500),
    ]
    for (const name of names) {
      await expectRefused(watched(), () => a.send(name, { channel_id: channel }), 'unknown-event')
    }
  })

  test('[GW5] who goes on sending what is not in the contract is disconnected', async () => {
    await using c = await ana.connect()
    for (let i = 0; i < 20; i += 1) c.socket.emit('nope', i)
    expect(await c.ended).toBe('transport close')
  })

  test('[GW6] who spends more than the budget is told how long to wait, and nothing is done', async () => {
    await using tight = await startServer({ RATE_LIMIT_BURST: '30', RATE_LIMIT_PER_SECOND: '1' })
    const id = await tight.admin.channel()
    await using c = await tight.admin.join()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => c.send('channel:post', { channel_id: id, content: `${i}` })),
    )
    const accepted = answers.filter(({ ok }) => ok).length
    expect(accepted).toBe(5)
    expect(answers.at(-1)?.error).toMatchObject({ code: 'rate-limited', retry: true })
    expect(answers.at(-1)?.error?.retry_after).toBeGreaterThan(0)
    expect(await tight.admin.get(`/api/v1/channels/${id}/messages`)).toHaveLength(accepted)
  })

  test('[GW7] every field with every wrong type is refused by name, changes nothing and reaches nobody', async () => {
    const wrong = [null, true, 7, -1, 1.5, 'x', '', [], {}, ['x'], { a: 1 }]
    const valid: Record<string, Record<string, unknown>> = {
      'channel:post': { channel_id: channel, content: 'x' },
      'channel:resume': { channel_id: channel, since: 0 },
      'events:channel': { channel_id: channel, data: { type: 'typing' } },
      'join-note': { note_id: stranger },
      usage: { model: 'm' },
      'ydoc:document:join': { document_id: `note:${stranger}` },
      'ydoc:document:state': { document_id: `note:${stranger}` },
      'ydoc:document:update': { document_id: `note:${stranger}`, update: [0, 0] },
      'ydoc:document:leave': { document_id: `note:${stranger}` },
      'ydoc:awareness:update': { document_id: `note:${stranger}`, update: [0] },
    }
    let refused = 0
    for (const [event, fields] of Object.entries(valid)) {
      const { input } = clientEvents[event as keyof typeof clientEvents]
      for (const field of Object.keys(fields)) {
        for (const value of wrong) {
          const payload = { ...fields, [field]: value }
          if (input.safeParse(payload).success) continue
          await using fresh = await ana.connect()
          const { error } = await fresh.send(event, payload)
          expect(error?.code, `${event} ${field} ${JSON.stringify(value)}`).toBe('invalid-input')
          expect(
            error?.issues?.some(({ path }) => path.startsWith(field)),
            `${event} ${field}`,
          ).toBe(true)
          refused += 1
        }
      }
    }
    expect(refused).toBeGreaterThan(100)
  }, 60_000)

  test('[GW7] missing fields, two arguments, over-deep, over-wide, prototype-named and ill-formed payloads are refused whole', async () => {
    const deep = (levels: number): unknown => (levels === 0 ? 'x' : [deep(levels - 1), 'x'])
    const attempts: Record<string, unknown[]> = {
      nothing: [],
      'no field': [{}],
      'two arguments': [{ channel_id: channel, content: 'x' }, { channel_id: channel }],
      text: ['x'],
      'too deep': [{ channel_id: channel, content: 'x', extra: deep(17) }],
      'too many keys': [
        {
          channel_id: channel,
          content: 'x',
          extra: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`k${i}`, i])),
        },
      ],
      prototype: [JSON.parse(`{"channel_id":"${channel}","content":"x","extra":{"__proto__":{"polluted":1}}}`)],
      constructor: [JSON.parse(`{"channel_id":"${channel}","content":"x","constructor":{"prototype":{"polluted":1}}}`)],
      'lone surrogate': [{ channel_id: channel, content: 'x\ud800' }],
      'only spaces': [{ channel_id: channel, content: ' \u202e\u0007 ' }],
    }
    for (const [name, args] of Object.entries(attempts)) {
      await using fresh = await ana.join()
      await expectRefused(watched(), () => fresh.send('channel:post', ...args), 'invalid-input').catch(
        (error: unknown) => {
          throw new Error(`${name}: ${String(error)}`)
        },
      )
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  test('[GW7] the limit of a text is exact and counted in code points', async () => {
    const post = (content: string) => a.send('channel:post', { channel_id: channel, content })
    expect((await post('🎈'.repeat(10_000))).ok).toBe(true)
    expect((await post('🎈'.repeat(10_001))).error?.code).toBe('invalid-input')
  })

  test('[GW7] an event larger than its limit is refused, one larger than a frame ends the connection with 1009', async () => {
    await expectRefused(
      watched(),
      () => a.send('channel:post', { channel_id: channel, content: 'x', extra: 'y'.repeat(70_000) }),
      'too-large',
    )
    await using c = await ana.connect()
    c.socket.emit('channel:post', { content: 'y'.repeat(5_000_000) })
    expect(await c.ended).toBe('transport close')
  })

  test('[GW7] fields that the contract does not name are stripped, clean text is stored and sent', async () => {
    const { message } = await a.ok('channel:post', {
      channel_id: channel,
      content: ' \u202eline\r\nnext\u0000 ',
      id: stranger,
      user_id: bo.id,
      role: 'admin',
      created_at: 1,
    })
    expect(message).toMatchObject({ user_id: ana.id, content: 'line\nnext', user: { role: 'user' } })
    expect(message.id).not.toBe(stranger)
    expect(message.created_at).toBeGreaterThan(1)
    const seen = await b.next('events:channel', ({ data }) => data.data?.id === message.id)
    expect(seen.data.data).toMatchObject({ ...message, temp_id: null })
    expect(Object.keys(seen).sort()).toEqual(['channel', 'channel_id', 'data', 'epoch', 'message_id', 'offset', 'user'])
  })

  test('[GW8] whoever may not see a thing is told that it does not exist, whoever may only read it that it is forbidden', async () => {
    const hidden = await ana.channel({ name: 'hidden', access_control: {} })
    const readable = await ana.channel({ name: 'readable', access_control: { read: { user_ids: [bo.id] } } })
    const note = await ana.note()
    const shared = await ana.note({ access_control: { read: { user_ids: [bo.id] } } })
    const refusals: [string, object, string][] = [
      ['channel:post', { channel_id: hidden, content: 'x' }, 'not-found'],
      ['channel:post', { channel_id: stranger, content: 'x' }, 'not-found'],
      ['channel:post', { channel_id: readable, content: 'x' }, 'forbidden'],
      ['channel:resume', { channel_id: hidden, since: 0 }, 'not-found'],
      ['events:channel', { channel_id: hidden, data: { type: 'typing' } }, 'not-found'],
      ['events:channel', { channel_id: hidden, data: { type: 'last_read_at' } }, 'not-found'],
      ['join-note', { note_id: note }, 'not-found'],
      ['join-note', { note_id: stranger }, 'not-found'],
      ['ydoc:document:join', { document_id: `note:${note}` }, 'not-found'],
      ['ydoc:document:join', { document_id: `note:${stranger}` }, 'not-found'],
      ['ydoc:document:state', { document_id: `note:${note}` }, 'not-found'],
      ['ydoc:document:update', { document_id: `note:${note}`, update: [0, 0] }, 'not-found'],
      ['ydoc:document:update', { document_id: `note:${shared}`, update: [0, 0] }, 'forbidden'],
      ['ydoc:awareness:update', { document_id: `note:${note}`, update: [0] }, 'not-found'],
    ]
    const twin = { ...watched(), watcher: a }
    const sentinel = async () => {
      const before = a.received.length
      await b.ok('events:channel', { channel_id: channel, data: { type: 'typing' } })
      await expect.poll(() => a.received.length).toBeGreaterThan(before)
    }
    for (const [event, payload, code] of refusals)
      await expectRefused({ ...twin, sentinel }, () => b.send(event, payload), code)
    expect((await b.send('channel:resume', { channel_id: readable, since: 0 })).ok).toBe(true)
    expect((await b.send('ydoc:document:join', { document_id: `note:${shared}` })).value).toMatchObject({
      level: 'read',
    })
    expect((await b.send('channel:post', { channel_id: channel, content: 'allowed' })).ok).toBe(true)
  })

  test('[GW8] no other spelling of an id reaches a thing', async () => {
    const note = await bo.note()
    const id = note
    const spellings = [
      `note_${id}`,
      `note:${id.toUpperCase()}`,
      `NOTE:${id}`,
      `note:${id}:x`,
      `note:${id}/../${id}`,
      `note:${id},note:${id}`,
      ` note:${id}`,
      `note:${id} `,
      `note%3A${id}`,
      `note::${id}`,
      id,
      `note:${id}\u0000`,
      `note:\u200b${id}`,
      `doc_note:${id}`,
      `document:${id}`,
      `channel:${id}`,
      `user:${bo.id}`,
      `note:${id.replace('-', '－')}`,
      `note:0${id}`,
      `note:+${id}`,
      'note:__proto__',
      '__proto__',
      'constructor',
    ]
    for (const document_id of spellings) {
      await using fresh = await bo.connect()
      expect((await fresh.send('ydoc:document:join', { document_id })).error?.code, document_id).toBe('invalid-input')
    }
    expect((await b.send('ydoc:document:join', { document_id: `note:${note}` })).ok).toBe(true)
  })

  test('[GW9] messages of one connection are handled one after the other, in the order in which they were sent', async () => {
    const acks = await Promise.all(
      Array.from({ length: 50 }, (_, i) => a.send('channel:post', { channel_id: channel, content: `n${i}` })),
    )
    const offsets = acks.map(({ value }) => value.offset)
    expect(offsets).toEqual(offsets.map((_, i) => offsets[0] + i))
  })

  test('[GW10] without an acknowledgement a refusal comes as an `error` event', async () => {
    await using c = await ana.connect()
    c.socket.emit('channel:post', { channel_id: channel })
    expect(await c.next('error')).toMatchObject({ event: 'channel:post', code: 'invalid-input', retry: false })
  })

  test('[GW11] malformed packets end their own connection only', async () => {
    const packets = [
      '5',
      '53-["x",{"_placeholder":true,"num":0}]',
      '51-',
      '5999999-["x"]',
      '5-1-["x"]',
      '51-[{"_placeholder":true,"num":9}]',
      '2[]',
      '2{}',
      '2[7]',
      '2[[]]',
      '2[""]',
      '2["connect"]',
      '2["disconnect"]',
      '9',
      '2abc["x"]',
      '2["x"',
      '7',
      'garbage',
      '3',
      '399999[]',
      '4{}',
      '0/nope,',
      '0/__proto__,',
      '1',
      '2/nope,["x"]',
    ]
    for (const packet of packets) {
      const c = await ana.connect()
      c.socket.io.engine.write(packet)
      c.socket.io.engine.write(`2${JSON.stringify(['heartbeat', {}])}`)
      await c.close()
    }
    expect((await a.send('heartbeat', {})).ok).toBe(true)
  })
})
