/** Carries the awareness of one document to and from the other participants. */
import { type Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness'

interface AwarenessLinkOptions {
  readonly awareness: Awareness
  /** Marks what came from the others. */
  readonly origin: unknown
  /** Sends an awareness update if the document is open; what is lost is replaced by the next. */
  readonly send: (update: Uint8Array) => void
}

interface Change {
  readonly added: readonly number[]
  readonly updated: readonly number[]
  readonly removed: readonly number[]
}

/** A caret moves with each key; the others see it at most every so many milliseconds. */
const pauseMs = 50

/** Sends the own state only: the server refuses a state under anybody else's client id. */
export class AwarenessLink {
  readonly #options: AwarenessLinkOptions
  #timer: ReturnType<typeof setTimeout> | undefined
  #changed: boolean = false

  constructor(options: AwarenessLinkOptions) {
    this.#options = options
    // Also brings the renewal that Awareness itself makes every 15 seconds.
    options.awareness.on('update', this.#onUpdate)
  }

  /** Tells the others the own state, as after joining. */
  announce(): void {
    const { awareness } = this.#options
    const state = awareness.getLocalState()
    if (state === null) return
    this.#cancel()
    // Sets a newer clock as well: the others have been told that the present one has ended.
    awareness.setLocalState(state)
  }

  /** Takes a message of the others. Throws when it cannot be read. */
  receive(update: Uint8Array): void {
    applyAwarenessUpdate(this.#options.awareness, update, this.#options.origin)
  }

  /** Forgets the others, so that they do not seem to be there while they cannot be seen. */
  forgetOthers(): void {
    const { awareness, origin } = this.#options
    this.#cancel()
    const removed = [...awareness.states.keys()].filter((client) => client !== awareness.clientID)
    for (const client of awareness.meta.keys()) {
      // The clock too: when they are back with the same one, they would be taken for outdated.
      if (client !== awareness.clientID) awareness.meta.delete(client)
    }
    if (removed.length === 0) return
    for (const client of removed) awareness.states.delete(client)
    awareness.emit('change', [{ added: [], updated: [], removed }, origin])
    awareness.emit('update', [{ added: [], updated: [], removed }, origin])
  }

  /** Tells the others that we are gone; the own state stays for a return. */
  sayGone(): void {
    const { awareness, send } = this.#options
    this.#cancel()
    if (awareness.getLocalState() !== null) send(encodeAwarenessUpdate(awareness, [awareness.clientID], new Map()))
  }

  destroy(): void {
    this.#cancel()
    this.#options.awareness.off('update', this.#onUpdate)
  }

  readonly #onUpdate = ({ added, updated, removed }: Change) => {
    const own = this.#options.awareness.clientID
    if (!added.includes(own) && !updated.includes(own) && !removed.includes(own)) return
    this.#changed = true
    if (this.#timer === undefined) this.#sendNow()
  }

  #sendNow(): void {
    const { awareness, send } = this.#options
    this.#changed = false
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#changed) this.#sendNow()
    }, pauseMs)
    send(encodeAwarenessUpdate(awareness, [awareness.clientID]))
  }

  #cancel(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#changed = false
  }
}
