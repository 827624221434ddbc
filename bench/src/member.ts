/** One connection of a crowd: says what its server wants to hear until it is in the room, then counts. */
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { clientFrame, FrameReader } from './frame-reader.ts'
import type { Tally } from './tally.ts'

/** How a server is spoken to. */
export interface Dialect {
  readonly path: string
  /** How each frame that counts as a delivery begins. */
  readonly delivery: Buffer
  /** What is said after each packet until nothing is left to say: pairs of the beginning of a packet and the answer. */
  readonly greeting: readonly (readonly [begins: string, answer: string])[]
}

export interface MemberOptions {
  readonly port: number
  readonly dialect: Dialect
  readonly tally: Tally
  readonly sampled: boolean
}

const ping = 0x32
const headEnd = '\r\n\r\n'

export class Member {
  readonly #socket: Socket
  readonly #options: MemberOptions
  readonly #frames = new FrameReader()
  readonly #opened = Promise.withResolvers<void>()
  #state: 'awaiting-upgrade' | 'awaiting-greeting' | 'awaiting-messages' | 'ended' = 'awaiting-upgrade'
  #head = Buffer.alloc(0)
  #greeted = 0

  constructor(options: MemberOptions) {
    this.#options = options
    this.#socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('data', (chunk) => this.#read(chunk))
    this.#socket.on('error', (error) => this.#lost(error))
    this.#socket.on('close', () => this.#lost(new Error('the server closed a connection')))
    this.#socket.write(upgradeRequest(options))
  }

  /** Resolves when the member is in the room. */
  get opened(): Promise<void> {
    return this.#opened.promise
  }

  send(text: string): void {
    this.#socket.write(clientFrame(text))
  }

  close(): void {
    this.#state = 'ended'
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    if (this.#state !== 'awaiting-upgrade') {
      this.#frames.read(chunk, this.#onFrame)
      return
    }
    this.#head = Buffer.concat([this.#head, chunk])
    const end = this.#head.indexOf(headEnd)
    if (end < 0) return
    const head = this.#head.toString('latin1', 0, end)
    if (!head.startsWith('HTTP/1.1 101')) {
      this.#lost(new Error(`no upgrade: ${head.split('\r\n')[0]}`))
      return
    }
    this.#state = 'awaiting-greeting'
    this.#greet('')
    this.#frames.read(this.#head.subarray(end + headEnd.length), this.#onFrame)
  }

  readonly #onFrame = (data: Buffer, start: number, end: number, bytes: number): void => {
    const { dialect, tally, sampled } = this.#options
    if (this.#state === 'awaiting-messages' && begins(data, start, end, dialect.delivery)) {
      tally.count(bytes)
      if (sampled) tally.sample(data, start, end)
    } else if (end - start === 1 && data[start] === ping) this.send('3')
    else this.#other(data.toString('utf8', start, end))
  }

  #other(packet: string): void {
    if (packet.startsWith('44') || packet.startsWith('42["error"') || /^43\d+\[\{"ok":false/.test(packet)) {
      this.#lost(new Error(`refused: ${packet}`))
    } else if (this.#state === 'awaiting-greeting') this.#greet(packet)
  }

  #greet(packet: string): void {
    const { greeting } = this.#options.dialect
    const [expected, answer] = greeting[this.#greeted] ?? ['', '']
    if (this.#greeted < greeting.length && packet.startsWith(expected) && packet !== '') {
      this.#greeted += 1
      if (answer !== '') this.send(answer)
    }
    if (this.#greeted < greeting.length) return
    this.#state = 'awaiting-messages'
    this.#opened.resolve()
  }

  #lost(error: Error): void {
    if (this.#state === 'ended') return
    this.#opened.reject(error)
    this.#options.tally.fail(error)
    this.close()
  }
}

function begins(data: Buffer, start: number, end: number, prefix: Buffer): boolean {
  if (end - start < prefix.length) return false
  for (let index = 0; index < prefix.length; index += 1) if (data[start + index] !== prefix[index]) return false
  return true
}

function upgradeRequest({ port, dialect }: MemberOptions): string {
  const lines = [
    `GET ${dialect.path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
  ]
  return lines.join('\r\n') + headEnd
}
