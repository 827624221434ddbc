/** Headless Chromium, a window for each person, and every WebSocket frame that each of them got. */

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { type Finding, findings } from './axe.ts'

export interface Window extends AsyncDisposable {
  readonly page: Page
  readonly context: BrowserContext
  /** Everything that came over WebSockets, as text. */
  readonly frames: () => string
  /** Errors of the console and of the page, and refused requests to other hosts. */
  readonly faults: () => readonly string[]
  /** Serious and critical findings of axe on the page as it is. */
  readonly accessibility: () => Promise<readonly Finding[]>
}

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export interface WindowOptions {
  readonly width?: number
  readonly height?: number
  readonly dark?: boolean
}

export async function openWindow(
  browser: Browser,
  url: string,
  { width = 1280, height = 800, dark = false }: WindowOptions = {},
): Promise<Window> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    baseURL: url,
  })
  const page = await context.newPage()
  let frames = ''
  const faults: string[] = []
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => {
      frames += `${payload.toString()}\n`
    })
  })
  page.on('console', (message) => {
    // A refused request is written to the console by the browser itself; the app shows it to the person.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol.startsWith('http') && origin !== url) faults.push(`asked another host: ${request.url()}`)
  })
  return {
    page,
    context,
    frames: () => frames,
    faults: () => faults,
    accessibility: () => findings(page),
    [Symbol.asyncDispose]: () => context.close(),
  }
}

/** Signs in through the page. */
export async function signIn({ page }: Window, email: string, password: string): Promise<void> {
  await page.goto('/')
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor({ state: 'detached' })
}
