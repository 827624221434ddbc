/** What the load generator and a server process say to each other. */

/** To the server. */
export type Order = { readonly type: 'cpu' } | { readonly type: 'stop' }

/** From the server. `ms`: processor time of the whole process, its threads included, since it started. */
export type Report = { readonly type: 'ready'; readonly port: number } | { readonly type: 'cpu'; readonly ms: number }

/** A server under test, inside its process. */
interface BenchServer {
  readonly port: number
  close(): Promise<void>
}

/** Starts a server on a free port of 127.0.0.1. `settings` are environment variables for those that read any. */
export type StartServer = (settings: Readonly<Record<string, string>>) => Promise<BenchServer>

export const serverNames = ['sallyport', 'socket.io', 'ws', 'hocuspocus'] as const
export type ServerName = (typeof serverNames)[number]
