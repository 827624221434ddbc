/** Somebody with an account: calls the HTTP API and opens connections as themselves. */

import { type Connected, type ConnectOptions, connect } from './connection.ts'
import type { Json } from './json.ts'

/** An HTTP answer with its parsed body. */
export interface Answer {
  readonly status: number
  readonly body: Json
  readonly headers: Headers
}

export class Person {
  readonly url: string
  readonly id: string
  readonly name: string
  readonly email: string
  readonly token: string

  private constructor(url: string, session: { id: string; name: string; email: string; token: string }) {
    this.url = url
    this.id = session.id
    this.name = session.name
    this.email = session.email
    this.token = session.token
  }

  static async signIn(url: string, email: string, password: string): Promise<Person> {
    const response = await fetch(`${url}/api/v1/auths/signin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    if (!response.ok) throw new Error(`sign-in answered ${response.status}: ${await response.text()}`)
    return new Person(url, (await response.json()) as { id: string; name: string; email: string; token: string })
  }

  async request(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Json, headers: response.headers }
  }

  /** A call that must succeed; answers its body. */
  async post(path: string, body: unknown = {}): Promise<Json> {
    return ok(await this.request('POST', path, body))
  }

  async get(path: string): Promise<Json> {
    return ok(await this.request('GET', path))
  }

  async delete(path: string): Promise<Json> {
    return ok(await this.request('DELETE', path))
  }

  /** Opens a connection as this person and waits until it stands. */
  connect(options: ConnectOptions = {}): Promise<Connected> {
    return connect(this.url, { token: this.token, ...options })
  }

  /** Connects and joins the rooms of the person and their channels. */
  async join(options: ConnectOptions = {}): Promise<Connected> {
    const connection = await this.connect(options)
    await connection.ok('user-join', {})
    return connection
  }

  async channel(form: object = {}): Promise<string> {
    return (await this.post('/api/v1/channels/create', { name: 'general', access_control: null, ...form }))[
      'id'
    ] as string
  }

  async note(form: object = {}): Promise<string> {
    return (await this.post('/api/v1/notes/create', { title: 'Plan', ...form }))['id'] as string
  }
}

function ok({ status, body }: Answer): Json {
  if (status >= 400) throw new Error(`answered ${status}: ${JSON.stringify(body)}`)
  return body
}
