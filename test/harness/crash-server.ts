/** The real executable in a process of its own, which a test can kill at any moment. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const executable = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const startMs = 30_000

/** The first administrator, made at the first start on a data folder. */
export const administrator = { email: 'admin@example.test', password: 'correct horse battery' } as const

export interface CrashServer extends AsyncDisposable {
  readonly url: string
  /** Sends SIGKILL at once; resolves when the process is gone. Idempotent. */
  kill(): Promise<void>
}

/** Starts the built executable on a data folder and a free port. Rejects when it ends or says nothing in time. */
export async function startCrashServer(folder: string): Promise<CrashServer> {
  const child = spawn(process.execPath, [executable, 'serve', '--port', '0', '--data', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing of the test runner's own environment.
    env: {
      LOG_LEVEL: 'error',
      ADMIN_EMAIL: administrator.email,
      ADMIN_PASSWORD: administrator.password,
      RATE_LIMIT_BURST: '1000000',
      RATE_LIMIT_PER_SECOND: '1000000',
    },
  })
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await gone
  }

  let said = ''
  let complained = ''
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the server did not start: ${said}${complained}`)), startMs)
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(`the server ended with ${code}: ${said}${complained}`)))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complained += text
    })
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const address = /App +(http:\/\/127\.0\.0\.1:\d+)\n/.exec(said)?.[1]
      if (address === undefined) return
      clearTimeout(timer)
      resolve(address)
    })
  }).catch(async (error: unknown) => {
    await kill()
    throw error
  })
  return { url, kill, [Symbol.asyncDispose]: kill }
}
