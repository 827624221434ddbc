/** Accounts while several things happen at once: resets, demotions, groups. */
import { expect, test } from 'vitest'
import type { Person } from './harness/person.ts'
import { startServer } from './harness/start-server.ts'

const first = 'correct horse battery'

async function signIn({ url, email }: Person, password: string): Promise<{ status: number; token: string }> {
  const answer = await fetch(`${url}/api/v1/auths/signin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  const { token = '' } = (await answer.json()) as { token?: string }
  return { status: answer.status, token }
}

const session = async ({ url }: Person, token: string): Promise<number> =>
  (await fetch(`${url}/api/v1/auths/`, { headers: { authorization: `Bearer ${token}` } })).status

test('[AU12] a sign-in that saw the old password gets nothing that outlives its reset', async () => {
  await using server = await startServer()
  for (let round = 0; round < 3; round += 1) {
    const ana = await server.person('Ana')
    expect(await session(ana, (await signIn(ana, first)).token), 'before the reset').toBe(200)
    // Hashes are computed in turn, so those that stand behind the reset in the line are answered after it.
    const reset = { password: 'a new password 123' }
    const [, ...signed] = await Promise.all([
      server.admin.post(`/api/v1/users/${ana.id}/update`, reset),
      ...Array.from({ length: 6 }, () => signIn(ana, first)),
    ])
    const alive = await Promise.all(signed.map(({ token }) => session(ana, token)))
    expect(signed.some(({ status }) => status === 200)).toBe(true)
    expect(alive.filter((status) => status === 200)).toEqual([])
    expect(await session(ana, (await signIn(ana, reset.password)).token), 'with the new password').toBe(200)
  }
})

test('[AU12] who knows the old password cannot write over a reset', async () => {
  await using server = await startServer()
  for (let round = 0; round < 3; round += 1) {
    const ana = await server.person('Ana')
    const [change] = await Promise.all([
      ana.request('POST', '/api/v1/auths/update/password', { password: first, new_password: 'chosen by the thief' }),
      server.admin.post(`/api/v1/users/${ana.id}/update`, { password: 'chosen by the admin' }),
    ])
    expect((await signIn(ana, 'chosen by the thief')).status).toBe(400)
    expect((await signIn(ana, 'chosen by the admin')).status).toBe(200)
    if (change.status === 200) expect(await session(ana, change.body['token'] as string)).toBe(401)
  }
})

test('[AU5] of two changes of a password at once one is made, and its token is good', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const change = (next: string) =>
    ana.request('POST', '/api/v1/auths/update/password', { password: first, new_password: next })
  const answers = await Promise.all([change('the first new one'), change('the other new one')])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400])
  const made = answers.find(({ status }) => status === 200)
  expect(await session(ana, made?.body['token'] as string)).toBe(200)
})

test('[AU6] tokens from before a demotion to pending stay dead when the person is let in again', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  expect(await session(ana, ana.token)).toBe(200)
  await server.admin.post(`/api/v1/users/${ana.id}/update`, { role: 'pending' })
  await server.admin.post(`/api/v1/users/${ana.id}/update`, { role: 'user' })
  expect(await session(ana, ana.token)).toBe(401)
  expect(await session(ana, (await signIn(ana, first)).token)).toBe(200)
})

test('[AU13] a pending person’s sign-out ends the token, also for the time after activation', async () => {
  await using server = await startServer()
  const [pia, pat] = [await server.person('Pia', 'pending'), await server.person('Pat', 'pending')]
  expect((await pia.request('POST', '/api/v1/auths/signout')).status).toBe(200)
  for (const { id } of [pia, pat]) await server.admin.post(`/api/v1/users/${id}/update`, { role: 'user' })
  expect(await session(pia, pia.token)).toBe(401)
  expect(await session(pat, pat.token), 'who did not sign out').toBe(200)
})

test('[AU9] nobody keeps a right on an open connection by being added to a group while it is deleted', async () => {
  await using server = await startServer()
  const { admin } = server
  const ana = await server.person('Ana')
  await using open = await ana.join()
  let joined = 0
  for (let round = 0; round < 12; round += 1) {
    const group = (await admin.post('/api/v1/groups/create', { name: 'editors' }))['id'] as string
    const channel_id = await admin.channel({ access_control: { write: { group_ids: [group] } } })
    const add = () => admin.request('POST', `/api/v1/groups/id/${group}/users/add`, { user_ids: [ana.id] })
    const remove = () => admin.request('DELETE', `/api/v1/groups/id/${group}/delete`)
    // At the same time, and every other round one after the other, so that the group has surely taken her in.
    const [added, gone] = round % 2 === 0 ? await Promise.all([add(), remove()]) : [await add(), await remove()]
    expect(gone.status).toBe(200)
    if (added.status === 200) joined += 1
    await expect
      .poll(async () => (await open.send('channel:post', { channel_id, content: 'x' })).error?.code)
      .toBe('not-found')
  }
  expect(joined, 'rounds in which the group took her in').toBeGreaterThan(0)
})
