/** The client: typed requests and events over a link that comes back by itself. */
import {
  type ClientEvent,
  type ErrorReport,
  type Payload,
  type Reply,
  type Sent,
  type ServerEvent,
  serverEvents,
} from '@sallyport/protocol'
import { Channel, type ChannelOptions } from './channel.ts'
import type { Identity } from './connection.ts'
import { Emitter, type Listener } from './emitter.ts'
import { localReport, SallyportError } from './error.ts'
import { Link, type Status } from './link.ts'
import { serverUrl } from './server-url.ts'
import type { TokenSource } from './token-source.ts'

export interface ClientOptions {
  /** The server. Default: where the page came from. */
  readonly url?: string
  /** The access token; a function is asked again for each connection. Left out: the cookie. */
  readonly token?: TokenSource
  /** Connect at once. Default true. */
  readonly autoConnect?: boolean
  /** Milliseconds before the first new try after a loss. Default 500. */
  readonly reconnectDelayMs?: number
  /** Milliseconds between two tries at most. Default 10,000. */
  readonly reconnectDelayMaxMs?: number
  /** Milliseconds to wait for a connection, and for an acknowledgement. Default 15,000. */
  readonly ackTimeoutMs?: number
}

/** Every server event of the contract, `status`, and `joined` after each (re)connect, when requests work again. */
export type ClientEvents = { [E in ServerEvent]: [payload: Payload<E>] } & {
  status: [status: Status]
  joined: [identity: Identity]
}

type Arguments<E extends ClientEvent> = undefined extends Sent<E> ? [payload?: Sent<E>] : [payload: Sent<E>]

/** A person's connection to a Sallyport server. Made by `connect`. */
export class Client {
  readonly #emitter = new Emitter<ClientEvents>()
  readonly #link: Link
  readonly #documents = new Set<string>()
  #closed: boolean = false

  constructor(options: ClientOptions) {
    const settings = {
      server: serverUrl(options.url),
      token: options.token,
      delayMs: options.reconnectDelayMs ?? 500,
      delayMaxMs: options.reconnectDelayMaxMs ?? 10_000,
      ackTimeoutMs: options.ackTimeoutMs ?? 15_000,
    }
    this.#link = new Link(settings, {
      status: (status) => this.#emitter.emit('status', status),
      joined: (identity) => this.#emitter.emit('joined', identity),
      event: (name, payload) => {
        if (isServerEvent(name)) this.#emitter.emit(name, payload as never)
      },
    })
    if (options.autoConnect ?? true) this.connect()
  }

  get status(): Status {
    return this.#link.status
  }

  /** Why there is no connection; undefined while there is one. */
  get error(): ErrorReport | undefined {
    return this.#link.error
  }

  /** Who the server says we are, since the first `joined`. */
  get identity(): Identity | undefined {
    return this.#link.identity
  }

  /** Connects now: also while waiting for the next try, after `disconnect()`, and when the client had `ended`. */
  connect(): void {
    if (this.#closed) throw new TypeError('The client was closed; make a new one.')
    this.#link.connect()
  }

  /** Ends the connection until `connect()` is called. */
  disconnect(): void {
    this.#link.disconnect('disconnected')
  }

  /** Ends the connection for good; every waiting request is rejected, and after `status` no listener is called any more. */
  close(): void {
    this.#closed = true
    this.#link.disconnect('ended')
    this.#emitter.clear()
  }

  /** Adds a listener and returns what removes it. */
  on<E extends keyof ClientEvents>(event: E, listener: Listener<ClientEvents, E>): () => void {
    return this.#emitter.on(event, listener)
  }

  once<E extends keyof ClientEvents>(event: E, listener: Listener<ClientEvents, E>): () => void {
    return this.#emitter.once(event, listener)
  }

  off<E extends keyof ClientEvents>(event: E, listener: Listener<ClientEvents, E>): void {
    this.#emitter.off(event, listener)
  }

  /**
   * Sends an event and resolves with the value of its acknowledgement. Rejects with `SallyportError`.
   * Waits for a connection; sends at most once, so an error that is `uncertain` leaves open whether it was carried out.
   */
  async send<E extends ClientEvent>(event: E, ...[payload]: Arguments<E>): Promise<Reply<E>> {
    return (await this.#link.request(event, payload ?? {})) as Reply<E>
  }

  /** Sends an event without waiting for anything; false when there is no connection. A refusal comes as an `error` event. */
  notify<E extends ClientEvent>(event: E, ...[payload]: Arguments<E>): boolean {
    return this.#link.notify(event, payload ?? {})
  }

  /** Follows a channel, from an offset on where one is given. */
  channel(id: string, options: ChannelOptions = {}): Channel {
    return new Channel(this, id, options)
  }

  /**
   * Takes a document for one provider until the returned function is called. Throws `conflict` when another has it:
   * the server knows one participant per connection and document, so two could not see each other's edits.
   */
  claimDocument(document: string): () => void {
    const taken = 'The note is already open on this client. Share its provider, or destroy it first.'
    if (this.#documents.has(document)) throw new SallyportError(localReport('conflict', taken))
    this.#documents.add(document)
    return () => this.#documents.delete(document)
  }
}

/**
 * Connects to a server. In a page of that server nothing needs to be given.
 * @example
 * const client = connect({ url: 'https://team.example', token })
 * client.on('events:channel', (payload) => …)
 * await client.send('channel:post', { channel_id, content: 'Hello' })
 */
export function connect(options: ClientOptions = {}): Client {
  return new Client(options)
}

function isServerEvent(name: string): name is ServerEvent {
  return Object.hasOwn(serverEvents, name)
}
