/**
 * A page of Open WebUI, as open-webui-wire.md §1.2, §1.3 and §8 describe it: what its layout and its note editor say and
 * understand, faults included. `N` stands for the releases S and N, `T` for what T does otherwise.
 */

import { io, type Socket } from 'socket.io-client'
import * as Y from 'yjs'
import type { Json } from './json.ts'

export type Generation = 'N' | 'T'

/** The states of the participants by Yjs client id. Nothing in it ever expires. */
type Awareness = Map<number, Record<string, unknown>>

const noteEvents = ['ydoc:document:update', 'ydoc:document:state', 'ydoc:awareness:update'] as const
const heartbeatMs = 30_000
const refreshMs = 500
const coalesceMs = 100
const colors = [
  '#ef4444',
  '#f97316',
  '#eab308',
  '#22c55e',
  '#14b8a6',
  '#3b82f6',
  '#6366f1',
  '#8b5cf6',
  '#d946ef',
  '#ec4899',
]

interface Sent {
  readonly event: string
  readonly payload: Json
}

/** One page: its socket, and the token in its local storage. */
export class OpenWebUiPage implements AsyncDisposable {
  readonly url: string
  readonly generation: Generation
  readonly socket: Socket
  /** Everything that came and went, in order, over all connections. */
  readonly received: Sent[] = []
  readonly sent: Sent[] = []
  /** Why connections ended. */
  readonly reasons: string[] = []
  #token: string | undefined
  #heartbeat: NodeJS.Timeout | undefined
  readonly #checks = new Set<() => void>()
  readonly #closing = new AbortController()

  /** Loads the page. `stored` is the token that an earlier visit left. */
  constructor(url: string, { generation = 'N', stored }: { generation?: Generation; stored?: string } = {}) {
    this.url = url
    this.generation = generation
    this.#token = stored
    this.socket = io(url, {
      path: '/ws/socket.io',
      transports: ['websocket'],
      forceNew: true,
      reconnection: true,
      reconnectionDelay: 1_000,
      reconnectionDelayMax: 5_000,
      randomizationFactor: 0.5,
      // Evaluated once: a page that loads before sign-in says nothing here for ever.
      auth: stored === undefined ? {} : { token: stored },
    })
    this.socket.onAny((event: string, payload: unknown) => this.#note(this.received, event, payload))
    this.socket.onAnyOutgoing((event: string, payload: unknown) => this.#note(this.sent, event, payload))
    this.socket.on('connect', () => {
      this.#lookAgain()
      void this.#connected()
    })
    this.socket.on('disconnect', (reason) => {
      clearInterval(this.#heartbeat)
      this.reasons.push(reason)
      this.#lookAgain()
    })
  }

  /** What the sign-in page does with the token of the response. Answers the acknowledgement. */
  signIn(token: string): Promise<unknown> {
    this.#token = token
    return this.socket.timeout(10_000).emitWithAck('user-join', { auth: { token } })
  }

  heartbeat(): void {
    this.socket.emit('heartbeat', {})
  }

  /** Resolves as soon as `holds` gives a value, looked at again with every event and after every edit. */
  until<T>(what: string, holds: () => T | undefined | false): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#checks.delete(check)
        reject(new Error(`${what} did not happen; there were: ${this.received.map(({ event }) => event).join(', ')}`))
      }, 12_000)
      const check = () => {
        const value = holds()
        if (value === undefined || value === false) return
        clearTimeout(timer)
        this.#checks.delete(check)
        resolve(value)
      }
      this.#checks.add(check)
      check()
    })
  }

  /** Waits for an event that fits, also one that has come already. */
  next(event: string, fits: (payload: Json) => boolean = () => true): Promise<Json> {
    return this.until(event, () => this.received.find((one) => one.event === event && fits(one.payload))?.payload)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    clearInterval(this.#heartbeat)
    this.socket.close()
  }

  /** The layout's listener. It asks for the version first, so the editor's join goes out before `user-join`. */
  async #connected(): Promise<void> {
    const headers = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }
    const { signal } = this.#closing
    try {
      await (await fetch(`${this.url}/api/version`, { headers, signal })).json()
    } catch {
      // The page was closed, or the server went away: then the next `connect` asks again.
      return
    }
    clearInterval(this.#heartbeat)
    this.#heartbeat = setInterval(() => {
      if (this.socket.connected) this.heartbeat()
    }, heartbeatMs)
    this.#heartbeat.unref()
    if (this.#token !== undefined) this.socket.emit('user-join', { auth: { token: this.#token } })
  }

  #note(list: Sent[], event: string, payload: unknown): void {
    list.push({ event, payload })
    this.#lookAgain()
  }

  /** Looks again at what is waited for, after the other listeners of what happened. */
  #lookAgain(): void {
    queueMicrotask(() => {
      for (const check of this.#checks) check()
    })
  }
}

interface User {
  readonly id: string
  readonly name: string
}

/** The collaboration provider of a note, with an editor that knows paragraphs of plain text. */
export class OpenWebUiNote {
  readonly page: OpenWebUiPage
  readonly documentId: string
  readonly user: User
  readonly doc = new Y.Doc()
  readonly awareness: Awareness = new Map()
  synced = false
  #connected = false
  #editor = false
  #refresh: NodeJS.Timeout | undefined
  #coalesced: NodeJS.Timeout | undefined
  readonly #initial: string

  /** `initial`: what the note's stored content would fill an empty document with. `editor` false: it mounts later. */
  constructor(page: OpenWebUiPage, note: string, options: { user: User; initial?: string; editor?: boolean }) {
    this.page = page
    this.documentId = `note:${note}`
    this.user = options.user
    this.#initial = options.initial ?? ''
    const { socket } = page
    socket.on('ydoc:document:update', this.#onUpdate)
    socket.on('ydoc:document:state', this.#onState)
    socket.on('ydoc:awareness:update', this.#onAwareness)
    socket.on('connect', this.#onConnect)
    socket.on('disconnect', this.#onDisconnect)
    this.doc.on('update', (update: Uint8Array, origin: unknown) => void this.#onEdit(update, origin))
    if (socket.connected && page.generation === 'N') this.#onConnect()
    if (options.editor !== false) this.setEditor()
  }

  /** The editor is there. */
  setEditor(): void {
    this.#editor = true
    if (this.page.socket.connected && this.page.generation === 'T') this.#onConnect()
  }

  get text(): string {
    const paragraphs = this.#fragment.toArray()
    return paragraphs.map((one) => (one instanceof Y.XmlElement ? one.toArray().map(String).join('') : '')).join('\n')
  }

  /** The carets of the others that the editor shows: names by client id. A state without a cursor hides the caret. */
  get carets(): ReadonlyMap<number, string> {
    const others = [...this.awareness].filter(([client, { cursor }]) => client !== this.doc.clientID && cursor)
    return new Map(others.map(([client, { user }]) => [client, (user as { name: string }).name]))
  }

  /** Types a paragraph at the end. */
  type(text: string): void {
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.insert(0, [new Y.XmlText(text)])
    this.#fragment.insert(this.#fragment.length, [paragraph])
  }

  /** Puts the caret at the end. */
  moveCaret(): void {
    const end = JSON.parse(JSON.stringify(Y.createRelativePositionFromTypeIndex(this.#fragment, this.#fragment.length)))
    this.#setAwareness('cursor', { anchor: end, head: end })
  }

  /** Resolves when the note shows the text. */
  shows(text: string): Promise<true> {
    return this.page.until(`the text ${text}`, () => this.text.includes(text))
  }

  destroy(): void {
    const { socket } = this.page
    clearTimeout(this.#refresh)
    clearTimeout(this.#coalesced)
    // All handlers of the three, also those of another note on the same page.
    for (const event of noteEvents) socket.off(event)
    socket.off('connect', this.#onConnect)
    socket.off('disconnect', this.#onDisconnect)
    if (!socket.connected) return
    if (this.page.generation === 'T') {
      this.awareness.set(this.doc.clientID, { ...this.awareness.get(this.doc.clientID), cursor: null })
      this.#sendAwareness()
    }
    socket.emit('ydoc:document:leave', { document_id: this.documentId, user_id: this.user.id })
  }

  get #fragment(): Y.XmlFragment {
    return this.doc.getXmlFragment('prosemirror')
  }

  get #content(): { md: string; html: string; json: unknown } {
    if (!this.#editor) return { md: '', html: '', json: '' }
    const lines = this.text.split('\n')
    const content = lines.map((text) => ({ type: 'paragraph', content: [{ type: 'text', text }] }))
    return {
      md: lines.join('\n\n'),
      html: lines.map((line) => `<p>${line}</p>`).join(''),
      json: { type: 'doc', content },
    }
  }

  readonly #onConnect = (): void => {
    this.#connected = true
    const { id, name } = this.user
    const color = colors[Math.floor(Math.random() * colors.length)]
    this.page.socket.emit('ydoc:document:join', {
      document_id: this.documentId,
      user_id: id,
      user_name: name,
      user_color: color,
    })
    this.#setAwareness('user', { name, color, id: this.page.socket.id })
  }

  readonly #onDisconnect = (): void => {
    this.#connected = false
    this.synced = false
  }

  readonly #onState = (payload: { document_id: string; state?: number[]; sessions?: string[] }): void => {
    if (payload.document_id !== this.documentId || !payload.state) return
    const { socket, generation } = this.page
    try {
      const bytes = new Uint8Array(payload.state)
      const empty = bytes.length === 2 && bytes[0] === 0 && bytes[1] === 0
      if (!empty) Y.applyUpdate(this.doc, bytes, 'server')
      else if (this.text === '' && this.#editor) {
        const [lowest] = [...(payload.sessions ?? [])].sort()
        const mine =
          generation === 'N'
            ? (payload.sessions ?? ['']).length === 1
            : this.#fragment.length === 0 && lowest === socket.id
        if (mine && this.#initial !== '') this.type(this.#initial)
      } else if (this.#fragment.length > 0) {
        const all = Y.encodeStateAsUpdate(this.doc)
        const update = generation === 'N' ? all : Array.from(all)
        socket.emit('ydoc:document:update', {
          document_id: this.documentId,
          user_id: this.user.id,
          socket_id: socket.id,
          update,
        })
      }
      this.synced = true
    } catch {
      // What the real one does with a state that it cannot read: it asks again, at network speed.
      this.synced = false
      socket.emit('ydoc:document:state', { document_id: this.documentId })
    }
  }

  readonly #onUpdate = ({
    document_id,
    socket_id,
    update,
  }: {
    document_id: string
    socket_id: string
    update: number[]
  }): void => {
    if (document_id !== this.documentId || socket_id === this.page.socket.id) return
    if (this.page.generation === 'N') {
      // It gives no origin, so that its own listener takes it for typing and sends it back.
      Y.applyUpdate(this.doc, new Uint8Array(update))
      return
    }
    Y.applyUpdate(this.doc, new Uint8Array(update), 'server')
    clearTimeout(this.#refresh)
    this.#refresh = setTimeout(() => {
      if (!this.synced || !this.#connected) return
      this.page.socket.emit('ydoc:document:update', { document_id: this.documentId, data: { content: this.#content } })
    }, refreshMs)
  }

  readonly #onEdit = async (update: Uint8Array, origin: unknown): Promise<void> => {
    if (!this.#editor || origin === 'server' || !this.#connected) return
    await Promise.resolve()
    const { socket } = this.page
    socket.emit('ydoc:document:update', {
      document_id: this.documentId,
      user_id: this.user.id,
      socket_id: socket.id,
      update: Array.from(update),
      data: { content: this.#content },
    })
  }

  readonly #onAwareness = ({ document_id, update }: { document_id: string; update: number[] }): void => {
    if (document_id !== this.documentId) return
    const states = JSON.parse(new TextDecoder().decode(new Uint8Array(update))) as Record<
      string,
      Record<string, unknown>
    >
    for (const [client, state] of Object.entries(states)) this.awareness.set(Number(client), state)
  }

  #setAwareness(field: string, value: unknown): void {
    this.awareness.set(this.doc.clientID, { ...this.awareness.get(this.doc.clientID), [field]: value })
    if (this.page.generation === 'N') this.#sendAwareness()
    else this.#coalesced ??= setTimeout(() => this.#sendAwareness(), coalesceMs)
  }

  #sendAwareness(): void {
    clearTimeout(this.#coalesced)
    this.#coalesced = undefined
    if (!this.#connected) return
    const { socket, generation } = this.page
    const states = { [this.doc.clientID]: this.awareness.get(this.doc.clientID) }
    const update = Array.from(new TextEncoder().encode(JSON.stringify(states)))
    const sender = generation === 'N' ? { user_id: socket.id } : {}
    socket.emit('ydoc:awareness:update', { document_id: this.documentId, ...sender, update })
  }
}
