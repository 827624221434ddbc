/** The logger: pino, JSON lines on standard error, readable lines on a terminal; secrets never reach it. */
import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'
import type { Log } from '../ports.ts'

const secrets = ['token', 'password', 'passwordHash', 'authorization', 'cookie', 'key', 'secret'].flatMap((name) => [
  name,
  `*.${name}`,
])

export function createLogger({ level, terminal }: { readonly level: string; readonly terminal: boolean }): Log {
  const options = {
    level,
    base: null,
    redact: secrets,
    serializers: { error: pino.stdSerializers.err },
  }
  const out = terminal
    ? pretty({ colorize: true, destination: 2, sync: true, ignore: 'pid,hostname' })
    : pino.destination({ dest: 2, sync: true })
  return wrap(pino(options, out))
}

function wrap(logger: Logger): Log {
  return {
    debug: (facts, message) => logger.debug(facts, message),
    info: (facts, message) => logger.info(facts, message),
    warn: (facts, message) => logger.warn(facts, message),
    error: (facts, message) => logger.error(facts, message),
    child: (facts) => wrap(logger.child(facts)),
  }
}
