/** The executable: what an operator sees at start, at a fault and at the end. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runExecutable } from './harness/executable.ts'
import { Person } from './harness/person.ts'

const root = mkdtempSync(join(tmpdir(), 'sallyport-start-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let folders = 0
const folder = () => {
  folders += 1
  return join(root, `data${folders}`)
}
const urlIn = (line: string) => /http:\S+/.exec(line)?.[0] ?? ''

test('[UP1] a start prints at most ten lines: version, mode, address, set-up link, folder, what is not for production', async () => {
  const data = folder()
  await using run = runExecutable(['serve', '--port', '0', '--data', data])
  await run.line(/Not for production/)
  const lines = run.out().trimEnd().split('\n')
  expect(lines.length).toBeLessThanOrEqual(10)
  expect(lines[0]).toMatch(/^Sallyport \d+\.\d+\.\d+ \(embedded: SQLite/)
  const app = urlIn(await run.line(/App/))
  expect(await run.line(/Set-up/)).toMatch(/\/setup#code=[\w-]{32}/)
  expect(await run.line(/Data/)).toContain(data)
  expect(await (await fetch(`${app}/health`)).json()).toEqual({ status: true })
  expect(statSync(data).mode & 0o777).toBe(0o700)
  expect(statSync(join(data, 'secret.key')).mode & 0o777).toBe(0o600)
  const page = await fetch(`${app}/channels`)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(await page.text()).toContain('<div id="root">')
  for (const path of ['/healthy', '/apiary', '/channels?x=/api/']) expect((await fetch(app + path)).status).toBe(200)
  for (const path of ['/api', '/api?x', '/api/v1/nope', '/metrics', '/ws', '/health/x', '/nope.js'])
    expect((await fetch(app + path)).status, path).toBe(404)
  expect((await fetch(`${app}/.env`)).status).toBe(404)
})

test('[UP2] a first administrator can come from the settings, also from files', async () => {
  const data = folder()
  const password = join(root, 'password')
  writeFileSync(password, 'from a file, long\n')
  const env = { ADMIN_EMAIL: 'root@example.test', ADMIN_PASSWORD_FILE: password, DATA_DIR: data, PORT: '0' }
  await using run = runExecutable(['serve'], env)
  expect(await run.line(/Set-up/)).toMatch(/an administrator exists/)
  const person = await Person.signIn(urlIn(await run.line(/App/)), 'root@example.test', 'from a file, long')
  expect((await person.get('/api/v1/auths/'))['role']).toBe('admin')
  expect(run.out() + run.err()).not.toContain('from a file')
})

test('[UP3] Ctrl-C stops in order with exit code 0, and people are told to come back', async () => {
  const env = { ADMIN_EMAIL: 'root@example.test', ADMIN_PASSWORD: 'long enough password' }
  await using run = runExecutable(['serve', '--port', '0', '--data', folder()], env)
  const person = await Person.signIn(urlIn(await run.line(/App/)), 'root@example.test', 'long enough password')
  await using connection = await person.join()
  run.child.kill('SIGINT')
  expect(await connection.ended).toBe('transport close')
  expect(connection.all('error')).toMatchObject([{ code: 'draining', retry: true }])
  expect(await run.exited).toBe(0)
})

test('[UP4] --demo makes two people, a channel and a note, and prints how to sign in', async () => {
  await using run = runExecutable(['serve', '--port', '0', '--data', folder(), '--demo'])
  const [, ana = '', anaPassword = '', bo = '', boPassword = ''] =
    /Ana: (\S+) (\S+) +Bo: (\S+) (\S+)/.exec(await run.line(/Demo/)) ?? []
  const url = urlIn(await run.line(/App/))
  for (const [email, password] of [
    [ana, anaPassword],
    [bo, boPassword],
  ] as const) {
    const person = await Person.signIn(url, email, password)
    expect(await person.get('/api/v1/channels/')).toMatchObject([{ name: 'general', write_access: true }])
    expect(await person.get('/api/v1/notes/')).toMatchObject([{ title: 'First note', write_access: true }])
  }
})

test('[UP5] what cannot work is one clear line with the remedy, and exit code 1', async () => {
  const busy = createServer()
  const port = await new Promise<number>((resolve) =>
    busy.listen(0, '127.0.0.1', () => resolve((busy.address() as { port: number }).port)),
  )
  const file = join(root, 'a-file')
  writeFileSync(file, '')
  const cases: Refusal[] = [
    [['--port', String(port)], {}, /PORT: \d+ on 127\.0\.0\.1 is in use\..*--port \d+/],
    [['--port', 'many'], {}, /PORT: must be a whole number/],
    [['--port', '0', '--data', join(file, 'below')], {}, /DATA_DIR: .* cannot be written\. Choose another folder/],
    [['--port', '0'], { PUBLIC_URL: 'notes.example.org' }, /PUBLIC_URL: must look like https/],
    [['--port', '0'], { CORS_ALLOW_ORIGIN: '*' }, /CORS_ALLOW_ORIGIN/],
    [['--port', '0'], { SECRET_KEY: 'short' }, /SECRET_KEY: must have at least 32/],
    [['--port', '0'], { ENABLE_SIGNUP: 'maybe' }, /ENABLE_SIGNUP: must be true or false/],
    [['--port', '0'], { JWT_EXPIRES_IN: '-1' }, /JWT_EXPIRES_IN/],
    [['--port', '0'], { ADMIN_EMAIL: 'a@b.test' }, /ADMIN_EMAIL needs ADMIN_PASSWORD/],
    [['--port', '0'], { ADMIN_PASSWORD: 'x', ADMIN_PASSWORD_FILE: file }, /both set/],
    [['--port', '0'], { DATABASE_URL: 'mysql://x' }, /DATABASE_URL: must be sqlite/],
    [['--port', '0', '--data', '/proc/x'], {}, /DATA_DIR: \/proc\/x cannot be written\. Choose another folder/],
  ]
  for (const refusal of cases) await expectOneLine(refusal)
  busy.close()
}, 60_000)

test('[UP5] a database that cannot be used is one clear line with the remedy, and exit code 1', async () => {
  const noDatabase = join(root, 'text.db')
  writeFileSync(noDatabase, 'this is no database, whatever its name says. '.repeat(100))
  const damaged = await damagedDatabase()
  const cases: Refusal[] = [
    [['--port', '0'], { DATABASE_URL: `sqlite:${root}` }, /is a folder\. Name a file in it\./],
    [['--port', '0'], { DATABASE_URL: `sqlite:${root}/none/x.db` }, /the folder of .* is not there\. Make it/],
    [['--port', '0'], { DATABASE_URL: `sqlite:${noDatabase}` }, /not a database.*restore it from a backup/],
    [['--port', '0'], { DATABASE_URL: `sqlite:${damaged}` }, /damaged.*restore.* from a backup/],
  ]
  for (const refusal of cases) await expectOneLine(refusal)
}, 60_000)

/** Arguments, environment, and what the one line must say. */
type Refusal = readonly [string[], Record<string, string>, RegExp]

async function expectOneLine([args, env, message]: Refusal): Promise<void> {
  await using run = runExecutable(['serve', ...(args.includes('--data') ? args : [...args, '--data', folder()])], env)
  expect(await run.exited, String(message)).toBe(1)
  expect(run.err()).toMatch(message)
  expect(run.err(), 'no stack').not.toMatch(/\n {4}at /)
  expect(run.out()).toBe('')
}

/** A database that a server has made, with all its pages but the first overwritten. */
async function damagedDatabase(): Promise<string> {
  const data = folder()
  {
    await using run = runExecutable(['serve', '--port', '0', '--data', data])
    await run.line(/Not for production/)
    run.child.kill('SIGTERM')
    expect(await run.exited).toBe(0)
  }
  const path = join(data, 'sallyport.db')
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.fill(0xaa, 4_096))
  return path
}

test('[UP6] a data folder of ours that others can read is closed to them; one that may not be ours is refused', async () => {
  const [ours, fresh, foreign] = [folder(), folder(), folder()]
  for (const path of [ours, fresh, foreign]) mkdirSync(path, { mode: 0o755 })
  writeFileSync(join(ours, 'secret.key'), 'x'.repeat(43), { mode: 0o600 })
  writeFileSync(join(foreign, 'letters.txt'), '')
  for (const path of [ours, fresh]) {
    await using run = runExecutable(['serve', '--port', '0', '--data', path])
    await run.line(/Not for production/)
    expect(statSync(path).mode & 0o777).toBe(0o700)
  }
  await using run = runExecutable(['serve', '--port', '0', '--data', foreign])
  expect(await run.exited).toBe(1)
  expect(run.err()).toMatch(/DATA_DIR: .* is open to other users and holds other files\..*chmod 700/)
  expect(statSync(foreign).mode & 0o777).toBe(0o755)
})
