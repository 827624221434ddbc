/** A plain WebSocket server: what comes in goes to everybody. It checks nothing. */
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
import type { StartServer } from '../control.ts'
import { closeHttp, listen } from './listen.ts'

export const startBareWs: StartServer = async () => {
  const http = createServer()
  const server = new WebSocketServer({ server: http })
  server.on('connection', (socket) => {
    socket.on('message', (data, binary) => {
      for (const client of server.clients) client.send(data, { binary })
    })
  })
  const port = await listen(http)
  return {
    port,
    close: async () => {
      for (const client of server.clients) client.terminate()
      await closeHttp(http)
    },
  }
}
