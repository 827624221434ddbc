/** The public face of the server. */
export { createLogger } from './adapters/logger.ts'
export { type Config, ConfigError, loadConfig, settings } from './config.ts'
export type { Log } from './ports.ts'
export { type Options, type RunningServer, startServer } from './server.ts'
export { version } from './version.ts'
