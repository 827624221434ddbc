/** The HTTP door as such: what requests cost, how every answer looks, what a body may be, and how it closes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect as connectTcp, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { routes } from '../packages/protocol/src/index.ts'
import { runExecutable } from './harness/executable.ts'
import { startServer } from './harness/start-server.ts'

/** Sends bytes over a bare connection; answers all that comes until the other side ends it. */
function raw(port: number, text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let got = ''
  const socket = connectTcp(port, '127.0.0.1', () => socket.write(text))
  socket.setEncoding('utf8').on('data', (more: string) => {
    got += more
  })
  socket.on('error', reject).on('close', () => resolve(got))
  return promise
}

function opened(port: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = connectTcp(port, '127.0.0.1', () => resolve(socket)).once('error', reject)
  return promise
}

const partsOf = (answer: string) => {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return { head: head.toLowerCase(), status: Number(head.split(' ')[1]), body }
}

const anyBody = (type: string, body: string | Uint8Array<ArrayBuffer>, token: string) => ({
  method: 'POST',
  headers: { 'content-type': type, authorization: `Bearer ${token}` },
  body,
})

test('[HT1] every route says what it costs; only the sign of life is free', () => {
  const free = Object.entries(routes).filter(([, { cost }]) => cost < 1)
  expect(free.map(([name]) => name)).toEqual(['health'])
  for (const [name, { cost }] of Object.entries(routes)) expect(Number.isInteger(cost), name).toBe(true)
})

test('[HT1] who has spent everything is rate-limited with the seconds to wait, before anything is done, and others go on', async () => {
  await using server = await startServer({ RATE_LIMIT_BURST: '20', RATE_LIMIT_PER_SECOND: '1' })
  const ana = await server.person('Ana')
  const bo = await server.person('Bo')
  let made = 0
  let refused = await ana.request('POST', '/api/v1/notes/create', { title: 'One' })
  for (; refused.status === 200 && made < 50; made += 1)
    refused = await ana.request('POST', '/api/v1/notes/create', { title: 'More' })
  // A person has four connections' worth: 80 units, five for each note; it gets four back each second.
  expect(made).toBeGreaterThanOrEqual(16)
  expect(made).toBeLessThan(30)
  expect(refused.status).toBe(429)
  expect(refused.body).toMatchObject({ code: 'rate-limited', retry: true })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  expect((await bo.get('/api/v1/notes/')).length).toBe(0)
  const bad = await fetch(`${server.url}/api/v1/notes/create`, anyBody('application/json', '{', ana.token))
  expect(bad.status, 'not even the body is looked at').toBe(429)
})

test('[HT1] strangers spend the budget of their address; the sign of life is answered all the same', async () => {
  await using server = await startServer({ RATE_LIMIT_BURST: '10', RATE_LIMIT_PER_SECOND: '1' })
  const signIn = () =>
    fetch(`${server.url}/api/v1/auths/signin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    }).then((answer) => answer.status)
  const statuses: number[] = []
  while (!statuses.includes(429) && statuses.length < 100) statuses.push(await signIn())
  expect(statuses.length).toBeGreaterThan(30)
  expect(statuses.at(-1)).toBe(429)
  expect(statuses[0]).toBe(400)
  expect((await fetch(`${server.url}/health`)).status).toBe(200)
})

test('[HT2] every answer, also to what is no request, is a problem with our code and the security headers, and repeats nothing', async () => {
  await using server = await startServer()
  const { port } = server.running
  const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n`
  const cases: [string, number, string][] = [
    ['GARBAGE-marker\r\n\r\n', 400, 'invalid-input'],
    [get('/api/v1/channels/%zzmarker'), 400, 'invalid-input'],
    [get(`/api/v1/channels/marker${'a'.repeat(3_000)}`), 400, 'invalid-input'],
    [get('/api/marker'), 404, 'not-found'],
    [get('/api/version', `X: marker${'a'.repeat(20_000)}\r\n`), 431, 'too-large'],
    ['GET /api/version HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'invalid-input'],
    [get('/api/version', 'Expect: marker\r\n'), 417, 'invalid-input'],
    [get('/api/version', 'Content-Length: 1\r\nContent-Length: 2\r\n'), 400, 'invalid-input'],
    [get('/api/v1/auths/', 'Authorization: Bearer marker\r\n'), 401, 'unauthenticated'],
    [get('/api/version', 'Origin: https://marker.test\r\n'), 403, 'origin-refused'],
  ]
  for (const [request, status, code] of cases) {
    const answer = partsOf(await raw(port, request))
    expect(answer.status, request.slice(0, 60)).toBe(status)
    expect(JSON.parse(answer.body)).toMatchObject({ status, code })
    expect(answer.head).toContain('content-type: application/problem+json; charset=utf-8')
    expect(answer.head).toContain("content-security-policy: default-src 'none'")
    expect(answer.head).toContain('x-content-type-options: nosniff')
    expect(answer.head).toContain('cache-control: no-store')
    expect(answer.head).toContain('connection: close')
    expect(answer.body).not.toMatch(/marker|FST_|zz/)
  }
  const fine = partsOf(await raw(port, get('/api/version')))
  expect(fine.status).toBe(200)
  expect(fine.head).toContain('x-content-type-options: nosniff')
})

test('[HT3] behind https browsers are told to stay there, else not', async () => {
  const header = 'strict-transport-security'
  await using open = await startServer()
  expect((await fetch(`${open.url}/api/version`)).headers.get(header)).toBeNull()
  await using secure = await startServer({ PUBLIC_URL: 'https://notes.example.test' })
  for (const path of ['/api/version', '/api/none']) {
    expect((await fetch(secure.url + path)).headers.get(header)).toBe('max-age=31536000; includeSubDomains')
  }
  expect((await raw(secure.running.port, 'GARBAGE\r\n\r\n')).toLowerCase()).toContain(`${header}: max-age=31536000`)
})

test('[HT4] a body is JSON in UTF-8 with each key once', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const send = async (type: string, body: string | Uint8Array<ArrayBuffer>) => {
    const answer = await fetch(`${server.url}/api/v1/notes/create`, anyBody(type, body, ana.token))
    const { code, title } = (await answer.json()) as { code?: string; title?: string }
    return code ?? title
  }
  const json = 'application/json'
  expect(await send(json, '{"title":"x"}')).toBe('x')
  expect(await send(`${json}; charset=UTF-8`, '{"title":"y"}')).toBe('y')
  expect(await send(`${json};charset="utf-8"`, '{"title":"a\\"{title:[}","x":[{"title":1},{"title":2}]}')).toBe(
    'a"{title:[}',
  )
  for (const [type, body] of [
    [`${json}; charset=utf-16`, '{"title":"x"}'],
    [`${json}; charset=iso-8859-1`, '{"title":"x"}'],
    [json, Uint8Array.of(...Buffer.from('{"title":"'), 0xff, ...Buffer.from('"}'))],
    [json, '{"title":"x","title":"y"}'],
    [json, '{"title":"x","\\u0074itle":"y"}'],
    [json, '{"title":"x","access_control":{"read":{"user_ids":[] ,"user_ids" : []}}}'],
    [json, '{"title":"x"'],
    [json, '{"title":"x'],
    [json, '{"title":"\\x"}'],
    [json, `{"title":"x","x":${'['.repeat(500_000)}${']'.repeat(500_000)}}`],
    [json, `{"title":"x","x":[${'{},'.repeat(300_000)}{}]}`],
    [json, ''],
    ['text/plain', '{"title":"x"}'],
    ['application/x-www-form-urlencoded', 'title=x'],
  ] as const) {
    expect(await send(type, body), `${type} ${String(body).slice(0, 80)}`).toBe('invalid-input')
  }
})

test('[HT5] a stop lets the request under way finish with its answer, and refuses those that come after it', async () => {
  const server = await startServer()
  const ana = await server.person('Ana')
  const kept = await opened(server.running.port)
  let answers = ''
  kept.setEncoding('utf8').on('data', (more: string) => {
    answers += more
  })
  const ended = new Promise<void>((resolve) => kept.once('close', () => resolve()))
  // Passwords are checked two at a time, so that what is asked for last is certainly under way when the stop comes.
  const before = Array.from({ length: 20 }, (_, index) =>
    fetch(`${server.url}/api/v1/auths/signin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: `nobody${index}@example.test`, password: 'guess' }),
    }),
  )
  const body = JSON.stringify({ password: 'correct horse battery', new_password: 'another long password' })
  const head = `Host: x\r\nAuthorization: Bearer ${ana.token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`
  kept.write(`POST /api/v1/auths/update/password HTTP/1.1\r\n${head}\r\n\r\n${body}`)
  const late = await opened(server.running.port)
  let refusal = ''
  late.setEncoding('utf8').on('data', (more: string) => {
    refusal += more
  })
  const lateEnded = new Promise<void>((resolve) => late.once('close', () => resolve()))
  // Its first half is there before the stop, so that the connection is not idle.
  late.write('GET /api/version HTTP/1.1\r\nHost: x\r\n')
  await fetch(`${server.url}/health`)
  const stopped = server[Symbol.asyncDispose]()
  late.write('\r\n')
  await Promise.all([stopped, ended, lateEnded])
  for (const { status } of await Promise.all(before)) expect([400, 503]).toContain(status)
  expect(partsOf(answers).status).toBe(200)
  expect(partsOf(answers).head).toContain('connection: close')
  expect(JSON.parse(partsOf(answers).body)).toMatchObject({ id: ana.id })
  expect(partsOf(refusal).status).toBe(503)
  expect(partsOf(refusal).head).toContain('connection: close')
  expect(JSON.parse(partsOf(refusal).body)).toMatchObject({ code: 'draining', retry: true })
})

test('[HT5] connections that say nothing, or never finish, do not hold up a stop', async () => {
  const data = { ADMIN_EMAIL: 'root@example.test', ADMIN_PASSWORD: 'long enough password', SHUTDOWN_SECONDS: '10' }
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-http-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  await using run = runExecutable(['serve', '--port', '0', '--data', folder], data)
  const url = new URL(/http:\S+/.exec(await run.line(/App/))?.[0] ?? '')
  const silent = await Promise.all(Array.from({ length: 5 }, () => opened(Number(url.port))))
  for (const socket of silent) socket.on('error', () => socket.destroy())
  silent[0]?.write('GET /api/version HTTP/1.1\r\nHost')
  silent[1]?.write(
    'POST /api/v1/auths/signin HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
  )
  expect((await fetch(`${url.origin}/health`)).status).toBe(200)
  const started = performance.now()
  run.child.kill('SIGTERM')
  expect(await run.exited).toBe(0)
  expect(performance.now() - started, 'milliseconds').toBeLessThan(5_000)
  expect(run.err()).toBe('')
})

test('[HT6] the replies to a message that is not in the channel are not found', async () => {
  await using server = await startServer()
  const [one, other] = [await server.admin.channel(), await server.admin.channel()]
  const { id } = await server.admin.post(`/api/v1/channels/${one}/messages/post`, { content: 'Here' })
  const thread = (channel: string, message: string) =>
    server.admin.request('GET', `/api/v1/channels/${channel}/messages/${message}/thread`)
  expect((await thread(one, id)).body).toMatchObject([{ id }])
  for (const wrong of [await thread(other, id), await thread(one, crypto.randomUUID())]) {
    expect(wrong.status).toBe(404)
    expect(wrong.body.code).toBe('not-found')
  }
})

test('[HT4] a request without a body may name the type of one, as Open WebUI’s client does', async () => {
  await using server = await startServer()
  const channel = await server.admin.channel()
  const headers = { authorization: `Bearer ${server.admin.token}`, 'content-type': 'application/json' }
  const answer = await fetch(`${server.url}/api/v1/channels/${channel}/delete`, { method: 'DELETE', headers })
  expect(answer.status).toBe(200)
})
