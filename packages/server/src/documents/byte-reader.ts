/** Reads the encoding of lib0 strictly: what two spellings could say is refused, so that bytes and meaning are one. */
import { ProtocolError } from '@sallyport/protocol'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The refusal of bytes that are not the one encoding of what they say. */
export function malformed(rule: string): ProtocolError {
  return new ProtocolError('invalid-update', { rule })
}

/** Runs `read` on bytes that are no update: its refusals become `invalid-input`, with `what` before the rule. */
export function asInput<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    throw new ProtocolError('invalid-input', { rule: `${what}-${error.rule ?? error.code}` })
  }
}

/** A position in bytes from a client. Every method throws `invalid-update` at the end of the bytes. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#position
  }

  byte(): number {
    const value = this.#bytes[this.#position]
    if (value === undefined) throw malformed('truncated')
    this.#position += 1
    return value
  }

  /** A whole number from 0 to 2^53 - 1 in its shortest form. */
  uint(): number {
    let byte = this.byte()
    if (byte < 0x80) return byte
    let value = byte & 0x7f
    let factor = 0x80
    while (byte >= 0x80) {
      byte = this.byte()
      value += (byte & 0x7f) * factor
      if (value > Number.MAX_SAFE_INTEGER) throw malformed('number-range')
      factor *= 0x80
    }
    if (byte === 0) throw malformed('number-form')
    return value
  }

  /** A signed whole number in its shortest form. */
  int(): number {
    let byte = this.byte()
    const sign = (byte & 0x40) === 0 ? 1 : -1
    let value = byte & 0x3f
    if (byte < 0x80) return sign * value
    let factor = 0x40
    while (byte >= 0x80) {
      byte = this.byte()
      value += (byte & 0x7f) * factor
      if (value > Number.MAX_SAFE_INTEGER) throw malformed('number-range')
      factor *= 0x80
    }
    if (byte === 0) throw malformed('number-form')
    return sign * value
  }

  /** A number of things that take at least `size` bytes each: refused when the bytes cannot hold them (CWE-789). */
  count(size: number): number {
    const value = this.uint()
    if (value * size > this.left) throw malformed('count')
    return value
  }

  /** Big-endian floating point of 4 or 8 bytes. */
  float(size: 4 | 8): number {
    const bytes = this.bytes(size)
    const view = new DataView(bytes.buffer, bytes.byteOffset, size)
    return size === 4 ? view.getFloat32(0) : view.getFloat64(0)
  }

  /** Well-formed UTF-8 with its length before it. */
  string(): string {
    const bytes = this.bytes(this.uint())
    try {
      return utf8.decode(bytes)
    } catch {
      throw malformed('utf-8')
    }
  }

  /** The next bytes; a view, not a copy. */
  bytes(length: number): Uint8Array {
    if (length > this.left) throw malformed('truncated')
    const start = this.#position
    this.#position += length
    return this.#bytes.subarray(start, this.#position)
  }
}
