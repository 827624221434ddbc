/** Hocuspocus with its defaults: the document lives in memory, nothing is stored, nobody is checked. */
import { Server } from '@hocuspocus/server'
import type { StartServer } from '../control.ts'

export const startHocuspocus: StartServer = async () => {
  const server = new Server({ address: '127.0.0.1', port: 0, quiet: true, stopOnSignals: false })
  await server.listen()
  return { port: server.address.port, close: () => server.destroy() }
}
