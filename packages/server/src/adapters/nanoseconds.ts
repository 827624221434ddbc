/** Times on the wire: Open WebUI counts nanoseconds where the database counts milliseconds. */

/** A time in nanoseconds. */
export function nanoseconds(ms: number): number {
  return ms * 1_000_000
}
