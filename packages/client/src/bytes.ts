/** Bytes as the wire brings and takes them. */

/** The bytes of a field: binary as it is, or made of an array of numbers. */
export function toBytes(value: Uint8Array | readonly number[]): Uint8Array {
  return value instanceof Uint8Array ? value : Uint8Array.from(value)
}

/** The bytes as the wire takes them: not in memory that is shared with other threads. */
export function toWire(value: Uint8Array): Uint8Array<ArrayBuffer> {
  return value.buffer instanceof ArrayBuffer ? (value as Uint8Array<ArrayBuffer>) : new Uint8Array(value)
}
