/** The process of one server under test: starts it, answers how much processor time it took, stops it. */
import { type Order, type Report, type ServerName, type StartServer, serverNames } from './control.ts'

// Loaded one at a time, so that no server pays for the modules of another.
const starters: { readonly [N in ServerName]: () => Promise<StartServer> } = {
  sallyport: async () => (await import('./servers/sallyport.ts')).startSallyport,
  'socket.io': async () => (await import('./servers/bare-socket-io.ts')).startBareSocketIo,
  ws: async () => (await import('./servers/bare-ws.ts')).startBareWs,
  hocuspocus: async () => (await import('./servers/hocuspocus.ts')).startHocuspocus,
}

const name = serverNames.find((known) => known === process.argv[2])
if (name === undefined) throw new Error(`there is no server ${process.argv[2]}`)
const settings = JSON.parse(process.argv[3] ?? '{}') as Readonly<Record<string, string>>
const start = await starters[name]()
const server = await start(settings)

process.on('message', (order: Order) => {
  if (order.type === 'cpu') report({ type: 'cpu', ms: cpuMs() })
  else stop()
})
// The load generator is gone.
process.on('disconnect', stop)
report({ type: 'ready', port: server.port })

function report(message: Report): void {
  process.send?.(message)
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

function stop(): void {
  server.close().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exit(1)
    },
  )
}
