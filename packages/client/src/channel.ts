/** One channel as a client follows it: its events in order, none twice, none missing without a `gap`. */
import type { Message, Payload, Reply } from '@sallyport/protocol'
import { backOff } from './back-off.ts'
import { background } from './background.ts'
import { type ChannelEvent, ChannelOrder } from './channel-order.ts'
import type { Client } from './client.ts'
import { Emitter, type Listener } from './emitter.ts'
import { SallyportError } from './error.ts'
import { uniqueKey } from './unique-key.ts'

export type { ChannelEvent } from './channel-order.ts'

export interface ChannelOptions {
  /** The offset up to which the history is known, as `offset` and `epoch` of the channel's overview say. */
  readonly since?: number
  readonly epoch?: string
}

export interface PostOptions {
  /** The message whose thread it belongs to. */
  readonly parentId?: string
  /** The message that it quotes. */
  readonly replyToId?: string
  /** The same key posts once; by default a new one. Comes back as `temp_id` of the event. */
  readonly clientKey?: string
}

export type ChannelEvents = {
  /** What happened. Resumed messages come as they are now, as `message` (or `message:delete`): put them by id. */
  event: [event: ChannelEvent, resumed: boolean]
  /** Not everything that was missed can be had: load the history again. */
  gap: []
  /** The person lost the right to the channel, or it was deleted. */
  left: [reason: Payload<'room:left'>['reason']]
}

type State =
  | { readonly at: 'following' }
  | { readonly at: 'resuming'; readonly held: ChannelEvent[] }
  | { readonly at: 'left' }
  | { readonly at: 'closed' }

const postTries = 5
const resumeTries = 5
const typingMs = 2_000
const retryDelay = { delayMs: 500, delayMaxMs: 10_000 }

/** A followed channel. Made by `client.channel(id)`; `close()` it when it is no longer shown. */
export class Channel {
  readonly id: string
  readonly #client: Client
  readonly #emitter = new Emitter<ChannelEvents>()
  readonly #order: ChannelOrder
  readonly #unsubscribe: readonly (() => void)[]
  readonly #typedAt = new Map<string | null, number>()
  #state: State = { at: 'following' }
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Whether events may have come since this was made: then a reconnect without a known position is a gap. */
  #wasLive: boolean
  #readWaits: boolean = false

  constructor(client: Client, id: string, options: ChannelOptions) {
    this.id = id
    this.#client = client
    this.#order = new ChannelOrder(
      options.since === undefined ? undefined : { offset: options.since, epoch: options.epoch },
    )
    this.#unsubscribe = [
      client.on('events:channel', (payload) => {
        if ('channel_id' in payload && payload.channel_id === id) this.#receive(payload)
      }),
      client.on('joined', () => this.#joined()),
      client.on('room:left', (payload) => {
        if (payload.channel_id === id) this.#leave(payload.reason)
      }),
    ]
    this.#wasLive = client.status === 'connected'
    if (this.#wasLive && this.#order.position !== undefined) this.#resume()
  }

  on<E extends keyof ChannelEvents>(event: E, listener: Listener<ChannelEvents, E>): () => void {
    return this.#emitter.on(event, listener)
  }

  once<E extends keyof ChannelEvents>(event: E, listener: Listener<ChannelEvents, E>): () => void {
    return this.#emitter.once(event, listener)
  }

  off<E extends keyof ChannelEvents>(event: E, listener: Listener<ChannelEvents, E>): void {
    this.#emitter.off(event, listener)
  }

  /**
   * Posts a message and resolves when it is durable. When the connection is lost meanwhile, it is sent again with the
   * same key after the reconnect, so it is posted once.
   */
  async post(content: string, options: PostOptions = {}): Promise<Message> {
    const payload = {
      channel_id: this.id,
      content,
      client_key: options.clientKey ?? uniqueKey(),
      ...(options.parentId === undefined ? {} : { parent_id: options.parentId }),
      ...(options.replyToId === undefined ? {} : { reply_to_id: options.replyToId }),
    }
    for (let tried = 1; ; tried += 1) {
      try {
        return (await this.#client.send('channel:post', payload)).message
      } catch (error) {
        if (!(error instanceof SallyportError)) throw error
        if (error.uncertain && tried < postTries) continue
        // A try before this one may have been carried out, whatever this one says of the connection.
        throw tried > 1 && error.code === 'unavailable' ? error.asUncertain() : error
      }
    }
  }

  /** Tells the others that the person types, every two seconds at most. */
  typing(parentId: string | null = null): void {
    const now = performance.now()
    if (now - (this.#typedAt.get(parentId) ?? Number.NEGATIVE_INFINITY) < typingMs) return
    const data = { type: 'typing', data: { typing: true } } as const
    if (this.#client.notify('events:channel', { channel_id: this.id, message_id: parentId, data }))
      this.#typedAt.set(parentId, now)
  }

  /** Marks the channel as read up to now; without a connection as soon as there is one. */
  markRead(): void {
    this.#readWaits = !this.#client.notify('events:channel', { channel_id: this.id, data: { type: 'last_read_at' } })
  }

  /** Stops following; no listener is called any more. */
  close(): void {
    this.#setState({ at: 'closed' })
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#emitter.clear()
  }

  #joined(): void {
    if (this.#readWaits) this.markRead()
    if (this.#state.at === 'left') return
    if (this.#order.position !== undefined) this.#resume()
    else if (this.#wasLive) this.#emitter.emit('gap')
    this.#wasLive = true
  }

  #receive(event: ChannelEvent): void {
    if (this.#state.at === 'left') this.#setState({ at: 'following' })
    if (this.#state.at === 'resuming' && event.offset !== undefined) {
      this.#state.held.push(event)
      return
    }
    const verdict = this.#order.take(event)
    if (verdict === 'deliver') this.#emitter.emit('event', event, false)
    if (verdict === 'missed') this.#resume([event])
  }

  #resume(held: ChannelEvent[] = []): void {
    const state: State = { at: 'resuming', held }
    this.#setState(state)
    background(this.#catchUp(state, 0))
  }

  async #catchUp(state: State & { readonly at: 'resuming' }, tried: number): Promise<void> {
    const { offset, epoch } = this.#order.position ?? { offset: 0, epoch: undefined }
    try {
      const reply = await this.#client.send('channel:resume', {
        channel_id: this.id,
        since: offset,
        ...(epoch === undefined ? {} : { epoch }),
      })
      if (this.#state === state) this.#resumed(reply, offset, state.held)
    } catch (error) {
      if (!(error instanceof SallyportError)) throw error
      // Lost with the connection: the next `joined` starts again from the same position.
      if (this.#state !== state || this.#client.status !== 'connected') return
      if (error.code === 'forbidden' || error.code === 'not-found') this.#leave('access-removed')
      else if (!error.retry || tried + 1 >= resumeTries) this.#giveUp(state.held)
      else {
        const delay = backOff(retryDelay, tried, Math.random(), error.retryAfter)
        this.#timer = setTimeout(() => background(this.#catchUp(state, tried + 1)), delay)
      }
    }
  }

  #resumed(reply: Reply<'channel:resume'>, since: number, held: readonly ChannelEvent[]): void {
    this.#setState({ at: 'following' })
    this.#order.moveTo({ offset: reply.offset, epoch: reply.epoch })
    if (reply.gap) this.#emitter.emit('gap')
    else {
      for (const message of reply.messages) {
        if (message.offset > since) this.#emitter.emit('event', eventOf(message, reply.epoch), true)
      }
    }
    this.#replay(held)
  }

  /** The history cannot be had by resuming: the next event says where we are. */
  #giveUp(held: readonly ChannelEvent[]): void {
    this.#setState({ at: 'following' })
    this.#order.moveTo(undefined)
    this.#emitter.emit('gap')
    this.#replay(held)
  }

  #replay(held: readonly ChannelEvent[]): void {
    for (const event of held) {
      let verdict = this.#order.take(event)
      if (verdict === 'missed') {
        // Resuming again would not help: it just said where the log ends. Going on after a gap cannot loop.
        this.#order.moveTo(undefined)
        this.#emitter.emit('gap')
        verdict = this.#order.take(event)
      }
      if (verdict === 'deliver') this.#emitter.emit('event', event, false)
    }
  }

  #leave(reason: Payload<'room:left'>['reason']): void {
    this.#setState({ at: 'left' })
    this.#emitter.emit('left', reason)
  }

  #setState(state: State): void {
    clearTimeout(this.#timer)
    if (this.#state.at !== 'closed') this.#state = state
  }
}

function eventOf(message: Message, epoch: string): ChannelEvent {
  return {
    channel_id: message.channel_id,
    message_id: message.id,
    data:
      message.deleted_at === null
        ? { type: 'message', data: { ...message, temp_id: null } }
        : { type: 'message:delete', data: message },
    user: message.user ?? { id: message.user_id, name: '', role: 'user' },
    offset: message.offset,
    epoch,
  }
}
