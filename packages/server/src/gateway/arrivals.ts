/**
 * What each event was on the wire: its bytes, and the id under which it wants to be acknowledged. Socket.IO hands events
 * on later than their packets arrive, several at a time, and keeps the id to itself.
 */

export interface Arrival {
  readonly bytes: number
  /** Undefined when no acknowledgement was asked for. */
  readonly acknowledgement: number | undefined
}

/** A binary event that still waits for attachments. */
interface Incomplete {
  readonly arrival: Arrival
  readonly bytes: number
  readonly attachments: number
}

/** Type, number of attachments (of a binary event), namespace and acknowledgement id of a Socket.IO packet. */
const header = /^(?:2|5(\d{1,9})-)(?:\/[^,]{0,200},)?(\d{1,16})?(?=\[)/

export class Arrivals {
  readonly #complete: Arrival[] = []
  #incomplete: Incomplete | undefined

  /** Counts a packet as the engine brings it: text that starts with the Socket.IO packet type, or an attachment. */
  packet(data: unknown): void {
    if (typeof data === 'string') this.#text(data)
    else if (data instanceof Uint8Array) this.#attachment(data)
  }

  /** The next event, in the order of arrival. */
  next(): Arrival {
    return this.#complete.shift() ?? { bytes: 0, acknowledgement: undefined }
  }

  #text(data: string): void {
    const found = header.exec(data)
    if (!found) return
    const [, attachments = '0', id] = found
    const arrival = { bytes: Buffer.byteLength(data), acknowledgement: id === undefined ? undefined : Number(id) }
    if (attachments === '0') this.#complete.push(arrival)
    else this.#incomplete = { arrival, bytes: arrival.bytes, attachments: Number(attachments) }
  }

  #attachment(data: Uint8Array): void {
    if (!this.#incomplete) return
    const { arrival, bytes, attachments } = this.#incomplete
    const sum = bytes + data.byteLength
    if (attachments === 1) this.#complete.push({ ...arrival, bytes: sum })
    this.#incomplete = attachments === 1 ? undefined : { arrival, bytes: sum, attachments: attachments - 1 }
  }
}
