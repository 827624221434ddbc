/** The web app in Chromium, as people use it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, openWindow, signIn, type Window } from './harness/browser.ts'
import { type Executable, runExecutable } from './harness/executable.ts'
import { Person } from './harness/person.ts'

const root = mkdtempSync(join(tmpdir(), 'sallyport-browser-'))
const password = 'correct horse battery'
let server: Executable
let browser: Browser
let url = ''
let admin: Person
const people: Record<string, Person> = {}

beforeAll(async () => {
  server = runExecutable(['serve', '--port', '0', '--data', join(root, 'data')], {
    ADMIN_EMAIL: 'ada@example.test',
    ADMIN_PASSWORD: password,
    ADMIN_NAME: 'Ada',
  })
  url = /http:\S+/.exec(await server.line(/App/))?.[0] ?? ''
  admin = await Person.signIn(url, 'ada@example.test', password)
  for (const name of ['Ana', 'Bo', 'Cy']) {
    const email = `${name.toLowerCase()}@example.test`
    await admin.post('/api/v1/auths/add', { name, email, password, role: 'user' })
    people[name] = await Person.signIn(url, email, password)
  }
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
  rmSync(root, { recursive: true, force: true })
})

const person = (name: string): Person => {
  const found = people[name]
  if (!found) throw new Error(`no ${name}`)
  return found
}

async function windowOf(name: string, options: Parameters<typeof openWindow>[2] = {}): Promise<Window> {
  const window = await openWindow(browser, url, options)
  await signIn(window, person(name).email, password)
  return window
}

/** Keeps a picture for whoever looks, outside of the tree. */
async function picture({ page }: Window, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

test('[WB9] two people write into one note and see each other’s text and caret; a third sees no entry, no content, no frame', async () => {
  const note = await person('Ana').note({
    title: 'Launch plan',
    access_control: { write: { user_ids: [person('Bo').id] } },
  })
  await using ana = await windowOf('Ana')
  await using bo = await windowOf('Bo')
  await using cy = await windowOf('Cy')
  for (const { page } of [ana, bo]) {
    await page.goto(`/notes/${note}`)
    await page.getByRole('textbox', { name: 'Text of the note' }).waitFor()
  }
  await ana.page.getByRole('textbox', { name: 'Text of the note' }).pressSequentially('Ship on Tuesday.')
  await bo.page.getByText('Ship on Tuesday.').waitFor()
  await bo.page.getByRole('textbox', { name: 'Text of the note' }).press('Control+End')
  await bo.page.keyboard.press('Enter')
  await bo.page.keyboard.type('Bo brings cake.')
  await ana.page.getByText('Bo brings cake.').waitFor()
  await ana.page.locator('.collaboration-carets__label', { hasText: 'Bo' }).waitFor()
  await bo.page.locator('.collaboration-carets__label', { hasText: 'Ana' }).waitFor()
  await ana.page.getByTestId('save-state').getByText('Saved').waitFor()
  await picture(ana, 'note')
  expect(bo.frames()).toContain(note)

  await cy.page.goto('/notes')
  await cy.page.getByRole('heading', { name: 'Notes', exact: true }).first().waitFor()
  expect(await cy.page.getByText('Launch plan').count()).toBe(0)
  await cy.page.goto(`/notes/${note}`)
  await cy.page
    .getByText(/does not exist, or you may not see it/i)
    .first()
    .waitFor()
  await picture(cy, 'note-not-found')
  const heard = cy.frames().replaceAll(/.*"code":"not-found".*/g, '')
  for (const secret of [note, 'Launch plan', 'Tuesday', 'cake']) expect(heard, secret).not.toContain(secret)
  for (const window of [ana, bo, cy]) expect(window.faults()).toEqual([])
}, 90_000)

test('[WB10] two people talk in a channel, in a thread and by reactions; a third without access gets no frame of it', async () => {
  const channel = await person('Ana').channel({
    name: 'kitchen',
    access_control: { write: { user_ids: [person('Bo').id] } },
  })
  await using ana = await windowOf('Ana')
  await using bo = await windowOf('Bo')
  await using cy = await windowOf('Cy')
  await ana.page.goto(`/channels/${channel}`)
  await bo.page.getByTestId('channel-link').filter({ hasText: 'kitchen' }).waitFor()
  const composer = ana.page.getByRole('textbox', { name: 'Message kitchen' })
  await composer.fill('Who bakes the cake? <b>me</b> https://example.org/recipe')
  await composer.press('Enter')
  await bo.page.getByTestId('channel-link').filter({ hasText: 'kitchen' }).getByText('1 unread').waitFor()
  await bo.page.getByTestId('channel-link').filter({ hasText: 'kitchen' }).click()
  const message = bo.page.getByTestId('message').filter({ hasText: 'Who bakes the cake? <b>me</b>' })
  await message.waitFor()
  expect(await message.getByRole('link').getAttribute('rel')).toContain('noopener')
  await bo.page.getByRole('textbox', { name: 'Message kitchen' }).pressSequentially('I d')
  await ana.page.getByText('Bo is typing').waitFor()
  await bo.page.getByRole('textbox', { name: 'Message kitchen' }).pressSequentially('o!')
  await bo.page.keyboard.press('Enter')
  await ana.page.getByTestId('message').filter({ hasText: 'I do!' }).waitFor()
  await picture(ana, 'channel')
  await picture(bo, 'channel-bo')

  await person('Cy').post('/api/v1/channels/create', { name: 'mine', access_control: {} })
  await cy.page.getByTestId('channel-link').filter({ hasText: 'mine' }).waitFor()
  expect(await cy.page.getByText('kitchen').count()).toBe(0)
  for (const secret of [channel, 'kitchen', 'cake']) expect(cy.frames(), secret).not.toContain(secret)
  for (const window of [ana, bo, cy]) expect(window.faults()).toEqual([])
}, 90_000)

test('[WB11] a share that is withdrawn closes the note in the open window', async () => {
  const note = await person('Ana').note({
    title: 'Shared for now',
    access_control: { write: { user_ids: [person('Bo').id] } },
  })
  await using bo = await windowOf('Bo')
  await bo.page.goto(`/notes/${note}`)
  await bo.page.getByRole('textbox', { name: 'Text of the note' }).pressSequentially('mine')
  await bo.page.getByTestId('save-state').getByText('Saved').waitFor()
  await person('Ana').post(`/api/v1/notes/${note}/update`, {
    access_control: { read: { user_ids: [person('Bo').id] } },
  })
  await bo.page.locator('[contenteditable="false"]').first().waitFor()
  await picture(bo, 'note-read-only')
  await person('Ana').post(`/api/v1/notes/${note}/update`, { access_control: {} })
  await bo.page
    .getByText(/no longer/i)
    .first()
    .waitFor()
  expect(await bo.page.getByRole('textbox', { name: 'Text of the note' }).count()).toBe(0)
  await picture(bo, 'note-access-removed')
}, 60_000)

test('[WB2, WB12] what was written while the server was away is kept and sent when it is back', async () => {
  const note = await person('Ana').note({ title: 'Offline' })
  await using ana = await windowOf('Ana')
  await ana.page.goto(`/notes/${note}`)
  const editor = ana.page.getByRole('textbox', { name: 'Text of the note' })
  await editor.pressSequentially('before ')
  await ana.page.getByTestId('save-state').getByText('Saved').waitFor()
  const port = new URL(url).port
  server.child.kill('SIGKILL')
  await server.exited
  await ana.page
    .getByTestId('connection-pill')
    .getByText(/Offline|Connecting/)
    .first()
    .waitFor()
  await editor.pressSequentially('during')
  await picture(ana, 'note-offline')
  server = runExecutable(['serve', '--port', port, '--data', join(root, 'data')])
  await server.line(/App/)
  await ana.page.getByTestId('save-state').getByText('Saved').waitFor()
  await using other = await openWindow(browser, url)
  await signIn(other, person('Ana').email, password)
  await other.page.goto(`/notes/${note}`)
  await other.page.getByText('before during').waitFor()
}, 90_000)

test('[WB3, WB13] every page is usable: no serious finding of axe, light and dark, phone and desktop', async () => {
  const note = await person('Ana').note({ title: 'Reading list' })
  const channel = await person('Ana').channel({ name: 'reading' })
  const outside = ['/sign-in', '/sign-up', '/setup']
  for (const [dark, width, height] of [
    [false, 1280, 800],
    [true, 390, 844],
  ] as const) {
    await using stranger = await openWindow(browser, url, { dark, width, height })
    await using inside = await openWindow(browser, url, { dark, width, height })
    await signIn(inside, 'ada@example.test', password)
    await using ana = await openWindow(browser, url, { dark, width, height })
    await signIn(ana, person('Ana').email, password)
    const visits: [Window, string][] = [
      ...outside.map((path): [Window, string] => [stranger, path]),
      [ana, '/'],
      [ana, `/channels/${channel}`],
      [ana, '/notes'],
      [ana, `/notes/${note}`],
      [ana, '/nowhere'],
      [inside, '/admin'],
    ]
    for (const [window, path] of visits) {
      await window.page.goto(path)
      await window.page.getByRole('heading').first().waitFor()
      await window.page.waitForLoadState('networkidle')
      expect(await window.accessibility(), `${path} ${dark ? 'dark' : 'light'} ${width}`).toEqual([])
      const overflow = await window.page.evaluate('document.documentElement.scrollWidth - innerWidth')
      expect(overflow, `${path} fits ${width}`).toBeLessThanOrEqual(0)
      await picture(window, `page${path.replaceAll(/[/:]|-?[0-9a-f-]{36}/g, '-')}-${dark ? 'dark' : 'light'}-${width}`)
      expect(window.faults(), path).toEqual([])
    }
  }
}, 180_000)

test('[WB14] the set-up link leads to the first administrator, and is not sent to the server in any address', async () => {
  await using fresh = runExecutable(['serve', '--port', '0', '--data', join(root, 'fresh')])
  const link = /http:\S+/.exec(await fresh.line(/Set-up/))?.[0] ?? ''
  const base = new URL(link).origin
  await using window = await openWindow(browser, base)
  const addresses: string[] = []
  window.page.on('request', (request) => addresses.push(request.url()))
  await window.page.goto(link)
  await window.page.getByLabel('Name').fill('Ada')
  await window.page.getByLabel('E-mail').fill('ada@example.test')
  await window.page.getByRole('textbox', { name: 'Password' }).fill(password)
  await picture(window, 'setup')
  await window.page.getByRole('button').last().click()
  await window.page.getByRole('navigation').first().waitFor()
  await picture(window, 'empty')
  const code = new URL(link).hash.split('=')[1] ?? ''
  expect(addresses.map((address) => address.split('#')[0]).join(' ')).not.toContain(code)
  expect(window.faults()).toEqual([])
}, 60_000)

test('[WB1] a note shows no text, not even an empty page, before it is in step with the server', async () => {
  const note = await person('Ana').note({ title: 'Patience' })
  await using ana = await windowOf('Ana')
  // The connection stands, but what the server says of the document never arrives.
  await ana.page.routeWebSocket(/ws\/socket\.io/, (route) => {
    const upstream = route.connectToServer()
    upstream.onMessage((message) => {
      if (!message.toString().includes('ydoc:document:state')) route.send(message)
    })
  })
  await ana.page.goto(`/notes/${note}`)
  await ana.page.getByRole('status', { name: 'Opening the note' }).waitFor()
  expect(await ana.page.getByRole('textbox', { name: 'Text of the note' }).count()).toBe(0)
  await picture(ana, 'note-opening')
}, 60_000)
