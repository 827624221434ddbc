/** A server under test, seen from the load generator: a process of its own on a core of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Order, Report, ServerName } from './control.ts'

export interface Candidate extends AsyncDisposable {
  readonly name: ServerName
  readonly port: number
  /** Milliseconds of processor time that the process has taken since it started, all its threads together. */
  cpuMs(): Promise<number>
}

export interface CandidateOptions {
  readonly settings?: Readonly<Record<string, string>>
  /** Whether to pin the process to the first core. */
  readonly pinned: boolean
  /** Where the process leaves a profile of itself when it stops. */
  readonly profiles?: string | undefined
}

const entry = fileURLToPath(new URL('server-process.ts', import.meta.url))
const stopMs = 15_000
/** Characters of a server's log that are shown when it fails. */
const tailLength = 2_000

/** Starts a server process and waits until it listens. Rejects when it ends before. */
export async function startCandidate(name: ServerName, options: CandidateOptions): Promise<Candidate> {
  const { settings = {}, pinned, profiles } = options
  const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
  const line = [process.execPath, ...profiling, entry, name, JSON.stringify(settings)]
  const [command = '', ...args] = pinned ? ['taskset', '--cpu-list', '0', ...line] : line
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const lastWords = tailOf(child)
  const next = <T extends Report['type']>(type: T) => reportOf(child, type, lastWords)
  const { port } = await next('ready')
  return {
    name,
    port,
    cpuMs: async () => {
      const answer = next('cpu')
      order(child, { type: 'cpu' })
      return (await answer).ms
    },
    [Symbol.asyncDispose]: () => stop(child),
  }
}

function order(child: ChildProcess, message: Order): void {
  child.send(message)
}

/** Takes in the log of a process and keeps its end, which matters only when the process fails. */
function tailOf(child: ChildProcess): () => string {
  let tail = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-tailLength)
  })
  return () => tail
}

/** The next report of a type; rejects when the process ends instead. */
function reportOf<T extends Report['type']>(
  child: ChildProcess,
  type: T,
  lastWords: () => string,
): Promise<Extract<Report, { type: T }>> {
  return new Promise((resolve, reject) => {
    const onMessage = (report: Report): void => {
      if (report.type !== type) return
      done()
      resolve(report as Extract<Report, { type: T }>)
    }
    const onExit = (code: number | null): void => {
      done()
      reject(new Error(`the server process ended with ${code}: ${lastWords()}`))
    }
    const onError = (error: Error): void => {
      done()
      reject(error)
    }
    const done = (): void => {
      child.off('message', onMessage)
      child.off('exit', onExit)
      child.off('error', onError)
    }
    child.on('message', onMessage)
    child.on('exit', onExit)
    child.on('error', onError)
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  order(child, { type: 'stop' })
  const late = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await ended
  clearTimeout(late)
}
