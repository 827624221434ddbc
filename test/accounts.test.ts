/** Accounts: set-up, sign-up, sign-in, sign-out, roles and groups. */
import { statSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startServer } from './harness/start-server.ts'

const json = { 'content-type': 'application/json' }
const post = (url: string, body: object, headers: object = {}) =>
  fetch(url, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) })
const form = { name: 'Ana', email: 'ana@example.test', password: 'correct horse battery' }

test('[AU1] the set-up link makes the first administrator once; until then nobody else gets in', async () => {
  await using server = await startServer({ ADMIN_EMAIL: '', ADMIN_PASSWORD: '' })
  const api = `${server.url}/api/v1/auths`
  expect((await (await fetch(`${server.url}/api/config`)).json()).onboarding).toBe(true)
  expect((await post(`${api}/signup`, form)).status).toBe(403)
  expect((await post(`${api}/setup`, { ...form, code: 'guess' })).status).toBe(403)
  const code = server.running.setupCode()
  const both = await Promise.all(
    [1, 2].map((n) => post(`${api}/setup`, { ...form, email: `a${n}@example.test`, code })),
  )
  expect(both.map(({ status }) => status).sort()).toEqual([200, 403])
  expect(await both.find(({ status }) => status === 200)?.json()).toMatchObject({ role: 'admin', token_type: 'Bearer' })
  expect(server.running.setupCode()).toBeUndefined()
  expect((await post(`${api}/setup`, { ...form, code })).status).toBe(403)
  expect((await (await fetch(`${server.url}/api/config`)).json()).onboarding).toBe(false)
})

test('[AU2] who signs up waits for an administrator, then gets in', async () => {
  await using server = await startServer()
  const answer = await post(`${server.url}/api/v1/auths/signup`, form)
  const { role, token, id } = await answer.json()
  expect(role).toBe('pending')
  const session = () => fetch(`${server.url}/api/v1/auths/`, { headers: { authorization: `Bearer ${token}` } })
  expect(await (await session()).json()).toMatchObject({ code: 'account-pending', status: 403 })
  await server.admin.post(`/api/v1/users/${id}/update`, { role: 'user' })
  expect(await (await session()).json()).toMatchObject({ id, role: 'user', token: '' })
})

test('[AU2] where sign-up is closed nobody makes an account themselves', async () => {
  await using server = await startServer({ ENABLE_SIGNUP: 'false' })
  expect(await (await post(`${server.url}/api/v1/auths/signup`, form)).json()).toMatchObject({ code: 'sign-up-closed' })
  expect((await (await fetch(`${server.url}/api/config`)).json()).features.enable_signup).toBe(false)
})

test('[AU3] a wrong password and an unknown address get the same answer; e-mail is one spelling', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const attempt = async (email: string, password: string) => {
    const answer = await post(`${server.url}/api/v1/auths/signin`, { email, password })
    return { status: answer.status, body: await answer.json() }
  }
  const wrong = await attempt(ana.email, 'not the password')
  expect(wrong).toEqual(await attempt('nobody@example.test', 'not the password'))
  expect(wrong).toMatchObject({ status: 400, body: { code: 'invalid-credentials' } })
  expect((await attempt(` ${ana.email.toUpperCase()} `, 'correct horse battery')).status).toBe(200)
})

test('[AU3] guessing is throttled for the address that guesses', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const statuses: number[] = []
  for (let i = 0; i < 12; i += 1) {
    statuses.push(
      (await post(`${server.url}/api/v1/auths/signin`, { email: ana.email, password: `guess ${i}` })).status,
    )
  }
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0)
})

/** The status of a sign-in that comes from another address of this machine. */
function signInFrom(localAddress: string, url: string, body: object): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(`${url}/api/v1/auths/signin`, { method: 'POST', headers: json, localAddress }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    call.on('error', reject)
    call.end(JSON.stringify(body))
  })
}

test('[AU14] guesses from many addresses pause an account for strangers, not for whom it knows', async () => {
  await using server = await startServer()
  const { email } = await server.person('Ana')
  const statuses: (number | undefined)[] = []
  for (let n = 0; n < 24; n += 1) {
    statuses.push(await signInFrom(`127.0.0.${2 + (n % 4)}`, server.url, { email, password: `guess ${n}` }))
  }
  expect(statuses).toEqual([...Array.from({ length: 21 }, () => 400), 429, 429, 429])
  const password = 'correct horse battery'
  expect(await signInFrom('127.0.0.9', server.url, { email, password })).toBe(429)
  expect(await signInFrom('127.0.0.1', server.url, { email, password })).toBe(200)
})

test('[AU3] signing in is not guessing: it can be done often', async () => {
  await using server = await startServer()
  const { email } = await server.person('Ana')
  for (let n = 0; n < 15; n += 1) {
    expect(await signInFrom('127.0.0.1', server.url, { email, password: 'correct horse battery' })).toBe(200)
  }
})

test('[AU15] a server that people reach by https takes no cookie but the one bound to its host', async () => {
  const cases = [
    ['https://notes.example.test', '__Host-sallyport', 'sallyport'],
    ['http://notes.example.test', 'sallyport', '__Host-sallyport'],
  ] as const
  for (const [PUBLIC_URL, own, foreign] of cases) {
    await using server = await startServer({ PUBLIC_URL })
    const { token, email } = await server.person('Ana')
    const answer = await post(`${server.url}/api/v1/auths/signin`, { email, password: 'correct horse battery' })
    expect(answer.headers.get('set-cookie')?.split('=')[0]).toBe(own)
    const status = async (cookie: string) =>
      (await fetch(`${server.url}/api/v1/notes/`, { headers: { cookie } })).status
    expect(await status(`${own}=${token}`)).toBe(200)
    expect(await status(`${foreign}=${token}`)).toBe(401)
    expect(await status(`${foreign}=planted; ${own}=${token}`)).toBe(200)
  }
})

test('[AU4] the cookie is HttpOnly and same-site, works from our own pages only, and goes at sign-out', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const answer = await post(`${server.url}/api/v1/auths/signin`, {
    email: ana.email,
    password: 'correct horse battery',
  })
  const cookie = answer.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^sallyport=[\w.-]+; .*HttpOnly/)
  expect(cookie).toMatch(/SameSite=Strict/)
  const headers = { cookie: cookie.split(';')[0] ?? '' }
  const notes = `${server.url}/api/v1/notes`
  expect((await fetch(`${notes}/`, { headers })).status).toBe(200)
  expect((await post(`${notes}/create`, { title: 'x' }, { ...headers, 'sec-fetch-site': 'cross-site' })).status).toBe(
    403,
  )
  expect((await post(`${notes}/create`, { title: 'x' }, { ...headers, origin: 'https://evil.test' })).status).toBe(403)
  expect((await post(`${notes}/create`, { title: 'x' }, { ...headers, origin: server.url })).status).toBe(200)
  const out = await post(`${server.url}/api/v1/auths/signout`, {}, headers)
  expect(out.headers.get('set-cookie')).toMatch(/^sallyport=; .*1970/)
  expect((await fetch(`${notes}/`, { headers })).status).toBe(401)
})

test('[AU5] a new password ends every session of before, and the one that changed it goes on with a new token', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  await using open = await ana.join()
  const change = (password: string) =>
    ana.request('POST', '/api/v1/auths/update/password', { password, new_password: 'another long one' })
  expect((await change('wrong')).body.code).toBe('invalid-credentials')
  const { body } = await change('correct horse battery')
  expect(await open.ended).toBe('transport close')
  expect((await ana.request('GET', '/api/v1/notes/')).status).toBe(401)
  const fresh = await fetch(`${server.url}/api/v1/notes/`, { headers: { authorization: `Bearer ${body.token}` } })
  expect(fresh.status).toBe(200)
})

test('[AU6] who is demoted to pending or deleted is out at once, over every door', async () => {
  await using server = await startServer()
  for (const act of ['demote', 'delete'] as const) {
    const ana = await server.person('Ana')
    await using open = await ana.join()
    if (act === 'demote') await server.admin.post(`/api/v1/users/${ana.id}/update`, { role: 'pending' })
    else await server.admin.delete(`/api/v1/users/${ana.id}`)
    expect(await open.ended).toBe('transport close')
    expect((await ana.request('GET', '/api/v1/notes/')).status).toBeGreaterThanOrEqual(401)
    await expect(ana.connect()).rejects.toThrow()
  }
})

test('[AU7] what is for administrators is refused to everybody else; the last administrator stays', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const attempts: [string, string, object?][] = [
    ['GET', '/api/v1/users/'],
    ['POST', `/api/v1/users/${ana.id}/update`, { role: 'admin' }],
    ['DELETE', `/api/v1/users/${server.admin.id}`],
    ['POST', '/api/v1/auths/add', { ...form, role: 'admin' }],
    ['POST', '/api/v1/groups/create', { name: 'g' }],
  ]
  for (const [method, path, body] of attempts) {
    expect((await ana.request(method, path, body)).body, path).toMatchObject({ code: 'forbidden', status: 403 })
  }
  expect(
    (await server.admin.request('POST', `/api/v1/users/${server.admin.id}/update`, { role: 'user' })).body.code,
  ).toBe('conflict')
})

test('[AU8] people find each other by name, and learn nothing but the name', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  await server.person('Bo')
  await server.person('Pia', 'pending')
  const { users } = await ana.get('/api/v1/users/search?query=')
  expect(users.map((user: { name: string }) => user.name)).toEqual(['Ada', 'Ana', 'Bo'])
  expect(Object.keys(users[0] ?? {}).sort()).toEqual(['id', 'name', 'role'])
})

test('[AU9] a member of a group has what the group has, from the moment of joining to that of leaving', async () => {
  await using server = await startServer()
  const { admin } = server
  const ana = await server.person('Ana')
  const group = (await admin.post('/api/v1/groups/create', { name: 'editors' }))['id'] as string
  const channel = await admin.channel({ name: 'editors', access_control: { write: { group_ids: [group] } } })
  await using open = await ana.join()
  expect((await open.send('channel:post', { channel_id: channel, content: 'x' })).error?.code).toBe('not-found')
  await admin.post(`/api/v1/groups/id/${group}/users/add`, { user_ids: [ana.id] })
  await expect.poll(async () => (await open.send('channel:post', { channel_id: channel, content: 'x' })).ok).toBe(true)
  await admin.post(`/api/v1/groups/id/${group}/users/remove`, { user_ids: [ana.id] })
  expect(await open.next('room:left')).toEqual({ channel_id: channel, reason: 'access-removed' })
  expect((await open.send('channel:post', { channel_id: channel, content: 'x' })).error?.code).toBe('not-found')
})

test('[AU10] nobody shares with a group of others, and extra fields change nothing', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const group = (await server.admin.post('/api/v1/groups/create', { name: 'board' }))['id'] as string
  const list = { access_control: { write: { group_ids: [group] } } }
  expect((await ana.request('POST', '/api/v1/notes/create', { title: 'x', ...list })).body.code).toBe('invalid-input')
  const note = await ana.post('/api/v1/notes/create', {
    title: 'x',
    id: group,
    user_id: server.admin.id,
    created_at: 1,
    level: 'none',
  })
  expect(note).toMatchObject({ user_id: ana.id, level: 'manage' })
  expect(note['id']).not.toBe(group)
})

test('[AU11] data folder and key file are for their owner alone', async () => {
  await using server = await startServer()
  expect(statSync(server.folder).mode & 0o777).toBe(0o700)
  for (const file of ['secret.key', 'sallyport.db'])
    expect(statSync(join(server.folder, file)).mode & 0o777, file).toBe(0o600)
})
