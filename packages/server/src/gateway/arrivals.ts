/** How many bytes each event took on the wire: Socket.IO hands events on later than their packets arrive, several at a time. */

/** A binary event that still waits for attachments. */
interface Incomplete {
  bytes: number
  attachments: number
}

export class Arrivals {
  readonly #sizes: number[] = []
  #incomplete: Incomplete | undefined

  /** Counts a packet as the engine brings it: text that starts with the Socket.IO packet type, or an attachment. */
  packet(data: unknown): void {
    if (typeof data === 'string') this.#text(data)
    else if (data instanceof Uint8Array) this.#attachment(data)
  }

  /** The bytes of the next event, in the order of arrival. */
  next(): number {
    return this.#sizes.shift() ?? 0
  }

  #text(data: string): void {
    const bytes = Buffer.byteLength(data)
    if (data.startsWith('2')) this.#sizes.push(bytes)
    if (!data.startsWith('5')) return
    const attachments = Number.parseInt(data.slice(1, 12), 10)
    if (attachments > 0) this.#incomplete = { bytes, attachments }
    else this.#sizes.push(bytes)
  }

  #attachment(data: Uint8Array): void {
    const event = this.#incomplete
    if (!event) return
    event.bytes += data.byteLength
    event.attachments -= 1
    if (event.attachments > 0) return
    this.#sizes.push(event.bytes)
    this.#incomplete = undefined
  }
}
