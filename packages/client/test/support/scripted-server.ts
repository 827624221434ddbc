/** The other side as a test dictates it: a bare Socket.IO server that answers by a script. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ErrorCode, ErrorReport } from '@sallyport/protocol'
import { Server, type Socket } from 'socket.io'
import { localReport } from '../../src/error.ts'

/** The value of a positive acknowledgement; thrown, the report of a negative one; `never` leaves it out. */
export type Answer = (payload: Record<string, unknown>, socket: Socket) => unknown

export const never = Symbol('never')

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string
  /** The `auth` of each connection that was tried. */
  readonly auths: Record<string, unknown>[]
  /** What clients have sent, in the order of arrival. */
  readonly sent: { readonly event: string; readonly payload: Record<string, unknown> }[]
  /** How each event is answered. */
  readonly answers: Record<string, Answer>
  /** Resolves with the payload of the next such event. */
  arrival(event: string): Promise<Record<string, unknown>>
  /** The payloads of an event so far. */
  all(event: string): Record<string, unknown>[]
  /** Refuses the handshake while it returns a report. */
  refuse: (auth: Record<string, unknown>) => ErrorReport | undefined
  emit(event: string, payload: unknown): void
  /** Ends all connections as the gate does: an `error` event, then the transport closes. */
  end(report: ErrorReport): void
}

export const me = { id: '00000000-0000-4000-8000-000000000001', name: 'Ana' }

/** The report of a code, with `retry_after` where given. */
export function report(code: ErrorCode, retryAfter?: number): ErrorReport {
  return { ...localReport(code), ...(retryAfter === undefined ? {} : { retry_after: retryAfter }) }
}

export async function startScripted(answers: Record<string, Answer> = {}): Promise<ScriptedServer> {
  const http = createServer()
  const io = new Server(http, { path: '/ws/socket.io', transports: ['websocket'], maxHttpBufferSize: 8_000_000 })
  const arrivals = new Map<string, ((payload: Record<string, unknown>) => void)[]>()
  const server: Omit<ScriptedServer, 'url'> = {
    auths: [],
    sent: [],
    answers: { 'user-join': () => me, ...answers },
    refuse: () => undefined,
    arrival: (event) =>
      new Promise((resolve) => {
        arrivals.set(event, [...(arrivals.get(event) ?? []), resolve])
      }),
    all: (event) => server.sent.filter((one) => one.event === event).map(({ payload }) => payload),
    emit: (event, payload) => void io.emit(event, payload),
    end: (ending) => {
      io.emit('error', { event: null, ...ending })
      for (const socket of io.sockets.sockets.values()) socket.conn.close()
    },
    [Symbol.asyncDispose]: async () => {
      await io.close()
    },
  }
  io.use((socket, next) => {
    server.auths.push(socket.handshake.auth)
    const refusal = server.refuse(socket.handshake.auth)
    if (refusal === undefined) next()
    else next(Object.assign(new Error(refusal.code), { data: refusal }))
  })
  io.on('connection', (socket) => {
    socket.onAny((event: string, payload: Record<string, unknown>, acknowledge?: (answer: unknown) => void) => {
      server.sent.push({ event, payload })
      const answer = answerOf(() => server.answers[event]?.(payload, socket) ?? {})
      if (answer !== never) acknowledge?.(answer)
      const waiting = arrivals.get(event) ?? []
      arrivals.delete(event)
      for (const resolve of waiting) resolve(payload)
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return Object.assign(server, { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` })
}

function answerOf(answer: () => unknown): unknown {
  try {
    const value = answer()
    return value === never ? never : { ok: true, value }
  } catch (error) {
    return { ok: false, error }
  }
}
