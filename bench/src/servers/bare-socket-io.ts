/** Socket.IO with its default adapter: what comes in goes to everybody in the room. It checks nothing. */
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import type { StartServer } from '../control.ts'
import { closeHttp, listen } from './listen.ts'

export const startBareSocketIo: StartServer = async () => {
  const http = createServer()
  const io = new Server(http)
  io.on('connection', async (socket) => {
    await socket.join('room')
    socket.on('message', (payload: unknown) => {
      io.to('room').emit('message', payload)
    })
  })
  const port = await listen(http)
  return {
    port,
    close: async () => {
      await io.close()
      await closeHttp(http)
    },
  }
}
