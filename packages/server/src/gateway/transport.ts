/** The transport below the pipeline: Socket.IO over WebSocket alone, uncompressed, with hard limits. */
import { type Server as HttpServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { type ErrorReport, errors, limits } from '@sallyport/protocol'
import { Server, type Socket } from 'socket.io'
import { Decoder, Encoder, PacketType } from 'socket.io-parser'

export interface Heartbeat {
  readonly pingIntervalMs: number
  readonly pingTimeoutMs: number
}

/** What an event was on the wire. */
export interface Arrival {
  readonly bytes: number
  /** The id under which it wants to be acknowledged; undefined when it does not. */
  readonly acknowledgement: number | undefined
}

/**
 * Socket.IO's decoder with three differences: it refuses a packet that announces more attachments than any event has
 * (CVE-2026-33151), it hands an event's arrival on as the last argument of the event, and it keeps the id of the
 * acknowledgement from Socket.IO, whose own way to answer goes through buffers that nobody could bound.
 */
class WeighingDecoder extends Decoder {
  #bytes = 0

  constructor() {
    super({ maxAttachments: limits.attachments })
    // Before Socket.IO's own listener. What is thrown here ends the connection.
    this.on('decoded', (packet) => {
      const bytes = this.#bytes
      this.#bytes = 0
      if (packet.type !== PacketType.EVENT) return
      const { id, data } = packet
      if (!Array.isArray(data)) throw new Error('an event without data')
      if (id !== undefined && !Number.isSafeInteger(id))
        throw new Error('an acknowledgement id that is no whole number')
      data.push({ bytes, acknowledgement: id } satisfies Arrival)
      delete packet.id
    })
  }

  override add(data: string | Uint8Array): void {
    this.#bytes += typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength
    super.add(data)
  }
}

/** `connectionStateRecovery` stays off: it skips middlewares and adds an argument to every event. Resume is ours. */
export function createTransport(server: HttpServer, { pingIntervalMs, pingTimeoutMs }: Heartbeat): Server {
  return new Server(server, {
    path: '/ws/socket.io',
    serveClient: false,
    parser: { Encoder, Decoder: WeighingDecoder },
    transports: ['websocket'],
    allowUpgrades: false,
    perMessageDeflate: false,
    maxHttpBufferSize: limits.frameBytes,
    pingInterval: pingIntervalMs,
    pingTimeout: pingTimeoutMs,
    connectTimeout: limits.handshakeMs,
    cleanupEmptyChildNamespaces: true,
  })
}

interface RequestGate {
  /** Throws to refuse. */
  readonly check: (request: IncomingMessage) => void
  /** Logs the refusal and says what to answer. */
  readonly refused: (request: IncomingMessage, error: unknown) => ErrorReport
  /** What every answer carries. */
  readonly headers: Readonly<Record<string, string>>
}

/** Has every request to the engine checked; not by `allowRequest`, which is skipped once a URL has a `sid` (engine.io #552). */
export function onEveryRequest(io: Server, { check, refused, headers }: RequestGate): void {
  io.engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    try {
      check(request)
    } catch (error) {
      refuse(request, response, refused(request, error), headers)
      return
    }
    next()
  })
}

/** Has somebody told of every transport that is opened; what is answered is called when it closes. */
export function onTransport(io: Server, opened: (request: IncomingMessage) => () => void): void {
  io.engine.on('connection', (transport: Socket['conn']) => {
    transport.once('close', opened(transport.request))
  })
}

/** Answers with the status of the code. Engine.IO's response to an upgrade would close without a word. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { code, message }: ErrorReport,
  always: Readonly<Record<string, string>>,
): void {
  const { status } = errors[code]
  const headers = {
    ...always,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(message),
    connection: 'close',
  }
  if (request.headers.upgrade === undefined) {
    response.writeHead(status, headers).end(message)
    return
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  request.socket.end(`${[`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines].join('\r\n')}\r\n\r\n${message}`)
}
