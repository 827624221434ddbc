/** Makes the accounts, the channel and the notes of a benchmark through the server's own HTTP API. */

/** The first administrator, as settings of the server. */
export const administrator = { ADMIN_EMAIL: 'admin@bench.test', ADMIN_PASSWORD: 'a password for the bench' } as const

export interface Person {
  readonly id: string
  readonly token: string
}

/** Calls the API and answers the body; rejects when the call is refused. */
async function call(
  url: string,
  path: string,
  body: object,
  token?: string,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${url}/api/v1/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Readonly<Record<string, unknown>>
}

async function signIn(url: string, email: string, password: string): Promise<Person> {
  const { id, token } = await call(url, 'auths/signin', { email, password })
  return { id: String(id), token: String(token) }
}

/** Signs in as the administrator and makes `count` active accounts, signed in. */
export async function makePeople(url: string, count: number): Promise<readonly [admin: Person, ...people: Person[]]> {
  const password = administrator.ADMIN_PASSWORD
  const admin = await signIn(url, administrator.ADMIN_EMAIL, password)
  const people: Person[] = []
  for (let index = 0; index < count; index += 1) {
    const email = `person${index}@bench.test`
    await call(url, 'auths/add', { name: `Person ${index}`, email, password, role: 'user' }, admin.token)
    people.push(await signIn(url, email, password))
  }
  return [admin, ...people]
}

/** A channel in which these people, each by name, may write. Answers its id. */
export async function makeChannel(url: string, owner: Person, people: readonly Person[]): Promise<string> {
  const access_control = { write: { user_ids: people.map(({ id }) => id) } }
  return String((await call(url, 'channels/create', { name: 'bench', access_control }, owner.token))['id'])
}

/** A note in which these people may write. Answers its id. */
export async function makeNote(url: string, owner: Person, people: readonly Person[]): Promise<string> {
  const access_control = { write: { user_ids: people.map(({ id }) => id) } }
  return String((await call(url, 'notes/create', { title: 'bench', access_control }, owner.token))['id'])
}
