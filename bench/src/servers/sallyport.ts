/** The real server with every check on, as `npm run up` starts it, without the web app's files. */
import { createLogger, loadConfig, startServer } from '@sallyport/server'
import type { StartServer } from '../control.ts'

export const startSallyport: StartServer = async (settings) => {
  const config = loadConfig({ HOST: '127.0.0.1', PORT: '0', ...settings }, () => '')
  return await startServer({ config, log: createLogger({ level: config.LOG_LEVEL, terminal: false }) })
}
