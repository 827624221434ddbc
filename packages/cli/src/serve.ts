/** `sallyport serve`: starts the server and says in a few lines where it is and what is left to do. */
import { resolve } from 'node:path'
import { type Config, createLogger, loadConfig, type RunningServer, startServer, version } from '@sallyport/server'
import { makeDemo } from './demo.ts'
import { webFolder } from './web-folder.ts'
import type { World } from './world.ts'

interface ServeOptions {
  readonly port?: string
  readonly host?: string
  readonly data?: string
  readonly demo?: boolean
}

export interface Serving {
  readonly server: RunningServer
  /** What to tell the operator. */
  readonly lines: readonly string[]
}

/** Rejects with `ConfigError` when the settings do not allow a start. */
export async function serve(options: ServeOptions, world: World): Promise<Serving> {
  const { port, host, data } = options
  const flags = {
    ...(port === undefined ? {} : { PORT: port }),
    ...(host === undefined ? {} : { HOST: host }),
    ...(data === undefined ? {} : { DATA_DIR: data }),
  }
  const config = loadConfig({ ...world.env, ...flags }, world.readFile)
  const log = createLogger({
    level: world.env['LOG_LEVEL'] === undefined && world.terminal ? 'warn' : config.LOG_LEVEL,
    terminal: world.terminal,
  })
  const folder = webFolder()
  const server = await startServer({ config, log, ...(folder === undefined ? {} : { webFolder: folder }) })
  const demo = options.demo ? await makeDemo(server) : []
  return { server, lines: [...banner(config, server), ...demo] }
}

function banner(config: Config, server: RunningServer): string[] {
  const code = server.setupCode()
  const url = config.PUBLIC_URL ?? server.url
  const notes = [
    ...(config.PUBLIC_URL === undefined ? ['PUBLIC_URL is not set (only this machine can connect)'] : []),
    ...(config.PUBLIC_URL?.startsWith('http:') ? ['PUBLIC_URL is not https'] : []),
    ...(config.ALLOW_DEFERRED_AUTH ? ['ALLOW_DEFERRED_AUTH admits connections before sign-in'] : []),
    ...(config.BYPASS_ADMIN_ACCESS_CONTROL ? ['BYPASS_ADMIN_ACCESS_CONTROL lets administrators read everything'] : []),
    'one node, no TLS of its own, no backups yet',
  ]
  return [
    `Sallyport ${version} (embedded: SQLite, in-process broker)`,
    `  App      ${url}`,
    // After `#`, which browsers send to no server: the code is in no access log.
    code === undefined
      ? '  Set-up   an administrator exists; sign in'
      : `  Set-up   ${url}/setup#code=${code}  (once, for the first administrator)`,
    `  Data     ${resolve(config.DATA_DIR)}`,
    `  Not for production yet: ${notes.join('; ')}`,
  ]
}
