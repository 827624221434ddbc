/** Runs the built `sallyport` executable as people do. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

const main = join(import.meta.dirname, '../../packages/cli/dist/main.js')

export interface Executable extends AsyncDisposable {
  readonly child: ChildProcess
  /** Everything printed so far, and on standard error. */
  readonly out: () => string
  readonly err: () => string
  /** Resolves when a line of standard output fits; rejects when the process ends before. */
  line(fits: RegExp): Promise<string>
  readonly exited: Promise<number | null>
}

export function runExecutable(args: readonly string[], env: Readonly<Record<string, string>> = {}): Executable {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH, HOME, LOG_LEVEL: 'silent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve))
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  return {
    child,
    out: () => out,
    err: () => err,
    exited,
    line: (fits) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = out.split('\n').find((line) => fits.test(line))
          if (found !== undefined) resolve(found)
        }
        child.stdout.on('data', look)
        child.on('close', () => reject(new Error(`ended before ${fits} was printed:\n${out}${err}`)))
        look()
      }),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
