/** A bare Socket.IO connection that remembers all it receives, to test the wire itself. */
import { io, type Socket } from 'socket.io-client'
import type { Json } from './json.ts'

export interface Received {
  readonly event: string
  readonly payload: Json
}

/** An acknowledgement as it came. */
export interface Ack {
  readonly ok: boolean
  readonly value?: Json
  readonly error?: {
    readonly code: string
    readonly message: string
    readonly retry: boolean
    readonly retry_after?: number
    readonly issues?: { path: string; message: string }[]
  }
}

export interface ConnectOptions {
  readonly token?: string | undefined
  readonly binary?: boolean
  readonly headers?: Record<string, string>
  readonly reconnection?: boolean
}

export interface Connected extends AsyncDisposable {
  readonly socket: Socket
  readonly received: readonly Received[]
  readonly id: string
  /** Sends an event and waits for its acknowledgement. */
  send(event: string, ...args: unknown[]): Promise<Ack>
  /** Sends an event that must succeed; answers the value. */
  ok(event: string, payload?: unknown): Promise<Json>
  /** Waits for an event that fits, also one that has come already. */
  next(event: string, fits?: (payload: Json) => boolean): Promise<Json>
  /** All payloads of an event so far. */
  all(event: string): Json[]
  /** Resolves with the reason when the connection ends. */
  readonly ended: Promise<string>
  close(): Promise<void>
}

/** Opens a connection; rejects with the CONNECT_ERROR's data when it is refused. */
export async function connect(
  url: string,
  { token, binary, headers = {}, reconnection = false }: ConnectOptions = {},
): Promise<Connected> {
  const socket = io(url, {
    path: '/ws/socket.io',
    transports: ['websocket'],
    reconnection,
    forceNew: true,
    extraHeaders: headers,
    auth: { ...(token === undefined ? {} : { token }), ...(binary === undefined ? {} : { binary }) },
  })
  const received: Received[] = []
  const waiting = new Set<() => void>()
  socket.onAny((event: string, payload: unknown) => {
    received.push({ event, payload })
    for (const check of waiting) check()
  })
  const ended = new Promise<string>((resolve) => socket.once('disconnect', (reason) => resolve(reason)))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve())
    socket.once('connect_error', (error) => {
      socket.close()
      reject(Object.assign(error, { code: (error as { data?: { code?: string } }).data?.code }))
    })
  })

  const send = (event: string, ...args: unknown[]): Promise<Ack> =>
    socket.timeout(10_000).emitWithAck(event, ...args) as Promise<Ack>

  return {
    socket,
    received,
    id: socket.id ?? '',
    send,
    ok: async (event, payload = {}) => {
      const ack = await send(event, payload)
      if (!ack.ok) throw new Error(`${event} was refused: ${JSON.stringify(ack.error)}`)
      return ack.value
    },
    next: (event, fits = () => true) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(check)
          reject(new Error(`${event} did not come; there were: ${received.map((one) => one.event).join(', ')}`))
        }, 10_000)
        const check = () => {
          const found = received.find((one) => one.event === event && fits(one.payload))
          if (!found) return
          clearTimeout(timer)
          waiting.delete(check)
          resolve(found.payload)
        }
        waiting.add(check)
        check()
      }),
    all: (event) => received.filter((one) => one.event === event).map((one) => one.payload),
    ended,
    close: async () => {
      socket.close()
    },
    [Symbol.asyncDispose]: async () => {
      socket.close()
    },
  }
}
