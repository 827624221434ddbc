/** Every setting in one table: name, form, default and meaning. The reference and `sallyport config` print from it. */
import { limits } from '@sallyport/protocol'
import { z } from 'zod'
import { duration } from './duration.ts'

interface Setting<T extends z.ZodType> {
  readonly schema: T
  readonly summary: string
  /** Names that are read when the first is not set. */
  readonly aliases?: readonly string[]
  /** Never printed. */
  readonly secret?: true
}

function setting<T extends z.ZodType>(
  schema: T,
  summary: string,
  more: Pick<Setting<T>, 'aliases' | 'secret'> = {},
): Setting<T> {
  return { schema, summary, ...more }
}

const flag = (usual: boolean) =>
  z
    .string()
    .default(String(usual))
    .transform((value, context) => {
      const lower = value.toLowerCase()
      if (lower === 'true' || lower === 'false') return lower === 'true'
      context.issues.push({ code: 'custom', message: 'must be true or false', input: undefined })
      return z.NEVER
    })
const whole = (least: number, most: number, usual: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .pipe(z.number().min(least, `must be at least ${least}`).max(most, `must be ${most} at most`))
    .default(usual)
const origin = z.string().transform((value, context) => {
  const url = URL.parse(value)
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.username) return url.origin
  context.issues.push({
    code: 'custom',
    message: 'must look like https://notes.example.org, without a path',
    input: undefined,
  })
  return z.NEVER
})

export const settings = {
  HOST: setting(z.string().min(1).default('127.0.0.1'), 'Address to listen on.'),
  PORT: setting(whole(0, 65_535, 8080), 'Port to listen on; 0 takes a free one.'),
  DATA_DIR: setting(z.string().min(1).default('./data'), 'Folder of the database and the keys; made with mode 0700.'),
  DATABASE_URL: setting(
    z
      .string()
      .regex(/^sqlite:[^:]/, 'must be sqlite:<path>; Postgres comes later')
      .optional(),
    'Database; default is SQLite in DATA_DIR.',
    { secret: true },
  ),
  PUBLIC_URL: setting(
    origin.optional(),
    'The address under which people reach the server. Its origin may connect; https makes cookies Secure.',
  ),
  CORS_ALLOW_ORIGIN: setting(
    z
      .string()
      .default('')
      .transform((list) =>
        list
          .split(';')
          .map((item) => item.trim())
          .filter(Boolean),
      )
      .pipe(z.array(origin)),
    'Further origins that may connect, separated by `;`. `*` is refused.',
  ),
  SECRET_KEY: setting(
    z.string().min(32, 'must have at least 32 characters').optional(),
    'Key that signs tokens; default is made once and kept in DATA_DIR.',
    { aliases: ['WEBUI_SECRET_KEY'], secret: true },
  ),
  JWT_EXPIRES_IN: setting(
    z
      .string()
      .default('7d')
      .transform(duration)
      .pipe(z.number().min(60_000, 'must be a minute at least').max(31_622_400_000, 'must be a year at most')),
    'How long a sign-in lasts, like 12h or 7d.',
  ),
  ENABLE_SIGNUP: setting(flag(true), 'Whether people may make accounts themselves.'),
  DEFAULT_USER_ROLE: setting(
    z.enum(['pending', 'user']).default('pending'),
    'Role of an account that somebody made themselves.',
  ),
  ADMIN_EMAIL: setting(
    z.string().optional(),
    'With ADMIN_PASSWORD: the first administrator, made at start when there is none.',
  ),
  ADMIN_PASSWORD: setting(z.string().optional(), 'Password of the first administrator.', { secret: true }),
  ADMIN_NAME: setting(z.string().default('Administrator'), 'Name of the first administrator.'),
  ALLOW_DEFERRED_AUTH: setting(
    flag(false),
    "Admit connections before sign-in, as Open WebUI's client needs; they can say only `user-join`.",
  ),
  BYPASS_ADMIN_ACCESS_CONTROL: setting(flag(false), 'Let administrators into every channel and note.'),
  WEBSOCKET_SERVER_PING_INTERVAL: setting(whole(1, 3_600, 25), 'Seconds between heartbeats.'),
  WEBSOCKET_SERVER_PING_TIMEOUT: setting(whole(1, 3_600, 20), 'Seconds after which a silent connection is closed.'),
  MAX_CONNECTIONS: setting(whole(1, 1_000_000, limits.connections), 'Connections of this node.'),
  MAX_CONNECTIONS_PER_ADDRESS: setting(
    whole(1, 1_000_000, limits.connectionsPerAddress),
    'Connections of one address.',
  ),
  MAX_CONNECTIONS_PER_USER: setting(whole(1, 1_000_000, limits.connectionsPerUser), 'Connections of one person.'),
  RATE_LIMIT_BURST: setting(
    whole(10, 1_000_000, limits.burst),
    'Cost units that a connection may spend at once; a person 4 times, an address 40 times that, HTTP included.',
  ),
  RATE_LIMIT_PER_SECOND: setting(
    whole(1, 1_000_000, limits.perSecond),
    'Cost units that a connection gets back each second; a person 4 times, an address 40 times that.',
  ),
  SHUTDOWN_SECONDS: setting(whole(1, 300, 10), 'Deadline of a graceful stop.'),
  LOG_LEVEL: setting(
    z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    'Least level that is logged.',
    {
      aliases: ['GLOBAL_LOG_LEVEL'],
    },
  ),
} as const

export type SettingName = keyof typeof settings
/** The settings as read: every value checked, every default filled in. */
export type Config = { readonly [N in SettingName]: z.output<(typeof settings)[N]['schema']> }

/** All faults of the settings in one readable message. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Reads the settings from environment variables. Every name also exists as `NAME_FILE`, the path of a file that holds
 * the value (one trailing newline is cut); setting both is a fault.
 * Throws `ConfigError` with all faults at once; no value of a secret is in its text.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): Config {
  const faults: string[] = []
  const values = Object.entries(settings).map(([name, { schema, ...spec }]: [string, Setting<z.ZodType>]) => {
    const raw = [name, ...(spec.aliases ?? [])]
      .map((key) => rawValue(key, env, readFile, faults))
      .find((value) => value !== undefined)
    const parsed = schema.safeParse(raw === '' ? undefined : raw)
    if (!parsed.success) faults.push(`${name}: ${parsed.error.issues[0]?.message ?? 'is not valid'}`)
    return [name, parsed.data]
  })
  if ((env['ADMIN_EMAIL'] ?? env['ADMIN_EMAIL_FILE']) && !(env['ADMIN_PASSWORD'] ?? env['ADMIN_PASSWORD_FILE'])) {
    faults.push('ADMIN_EMAIL needs ADMIN_PASSWORD (or ADMIN_PASSWORD_FILE) beside it')
  }
  if (faults.length > 0) throw new ConfigError(`The settings are not right:\n  ${faults.join('\n  ')}`)
  return Object.fromEntries(values) as Config
}

function rawValue(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
  faults: string[],
): string | undefined {
  const path = env[`${name}_FILE`]
  if (path === undefined) return env[name]
  if (env[name] !== undefined) faults.push(`${name} and ${name}_FILE are both set; keep one`)
  try {
    return readFile(path).replace(/\r?\n$/, '')
  } catch {
    faults.push(`${name}_FILE: the file cannot be read; check its path and mode`)
    return undefined
  }
}
