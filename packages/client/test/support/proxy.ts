/** A TCP proxy whose connections a test can cut, to lose a transport without either side wanting it. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface Proxy extends AsyncDisposable {
  readonly url: string
  /** Cuts every connection; new ones are taken. */
  cut(): void
  /** Cuts every connection and takes no new one until `open()`. */
  shut(): void
  open(): void
  /** New connections go to this server. */
  retarget(url: string): void
}

/** Starts a proxy in front of a server on this machine. */
export async function startProxy(target: string): Promise<Proxy> {
  let { port, hostname } = new URL(target)
  const pairs = new Set<readonly [Socket, Socket]>()
  let taking = true
  const server = createServer((near) => {
    if (!taking) {
      near.destroy()
      return
    }
    const far = connect(Number(port), hostname)
    const pair = [near, far] as const
    pairs.add(pair)
    near.pipe(far)
    far.pipe(near)
    for (const socket of pair) {
      // A reset is one of the ways in which a connection ends here.
      socket.on('error', () => undefined)
      socket.on('close', () => {
        pairs.delete(pair)
        for (const other of pair) other.destroy()
      })
    }
  })
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    shut: () => {
      taking = false
      cut()
    },
    open: () => {
      taking = true
    },
    retarget: (url) => {
      ;({ port, hostname } = new URL(url))
    },
    [Symbol.asyncDispose]: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
