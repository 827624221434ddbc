/** Starts a real server on a free port with its own temporary data, and makes people on it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger, loadConfig, type RunningServer, startServer as start } from '../../packages/server/src/index.ts'
import { Person } from './person.ts'

export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly running: RunningServer
  readonly folder: string
  /** The first administrator. */
  readonly admin: Person
  /** Makes an active account (or with another role) and signs in. */
  person(name: string, role?: 'pending' | 'user' | 'admin'): Promise<Person>
}

const password = 'correct horse battery'

/** `settings`: environment variables over the tests' own. */
export async function startServer(settings: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const folder = settings['DATA_DIR'] ?? mkdtempSync(join(tmpdir(), 'sallyport-'))
  const env = {
    PORT: '0',
    DATA_DIR: folder,
    LOG_LEVEL: 'silent',
    ADMIN_EMAIL: 'admin@example.test',
    ADMIN_PASSWORD: password,
    ADMIN_NAME: 'Ada',
    ...settings,
  }
  const config = loadConfig(env, () => '')
  const running = await start({ config, log: createLogger({ level: config.LOG_LEVEL, terminal: false }) })
  const first = env.ADMIN_EMAIL === '' ? undefined : await Person.signIn(running.url, 'admin@example.test', password)
  const admin = (): Person => {
    if (!first) throw new Error('this server was started without an administrator')
    return first
  }
  let count = 0
  return {
    url: running.url,
    running,
    folder,
    get admin() {
      return admin()
    },
    person: async (name, role = 'user') => {
      count += 1
      const email = `${name.toLowerCase()}${count}@example.test`
      await admin().post('/api/v1/auths/add', { name, email, password, role })
      return Person.signIn(running.url, email, password)
    },
    [Symbol.asyncDispose]: async () => {
      await running.close()
      if (settings['DATA_DIR'] === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}
