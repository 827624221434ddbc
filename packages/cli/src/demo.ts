/** Demo data, made through the server's own doors: two people, a channel and a note. */
import { randomBytes } from 'node:crypto'
import type { RunningServer } from '@sallyport/server'

/** Makes the data on a fresh server and answers the lines to print; on one that is set up it makes nothing. */
export async function makeDemo(server: RunningServer): Promise<string[]> {
  const code = server.setupCode()
  if (code === undefined) return ['  Demo     nothing made: this server is set up already']
  const people = ['ana', 'bo'].map((name) => ({
    email: `${name}@demo.example`,
    password: randomBytes(9).toString('base64url'),
  }))
  const [ana, bo] = people
  if (!ana || !bo) throw new Error('unreachable')

  async function call(path: string, body: object, token?: string): Promise<Record<string, string>> {
    const response = await fetch(`${server.url}/api/v1/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`demo data: ${path} answered ${response.status}`)
    return (await response.json()) as Record<string, string>
  }

  const { token } = await call('auths/setup', { code, name: 'Ana', ...ana })
  await call('auths/add', { name: 'Bo', ...bo, role: 'user' }, token)
  const everybody = null
  const channel = await call(
    'channels/create',
    { name: 'general', description: 'For everybody', access_control: everybody },
    token,
  )
  await call(
    `channels/${channel['id']}/messages/post`,
    { content: 'Welcome! Open a second window as Bo and say hello.' },
    token,
  )
  const users = await fetch(`${server.url}/api/v1/users/search?query=Bo`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const found = (await users.json()) as { users: { id: string }[] }
  const writers = { user_ids: found.users.map(({ id }) => id), group_ids: [] }
  await call('notes/create', { title: 'First note', access_control: { write: writers } }, token)
  return [`  Demo     Ana: ${ana.email} ${ana.password}   Bo: ${bo.email} ${bo.password}`]
}
