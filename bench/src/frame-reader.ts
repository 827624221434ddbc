/** WebSocket frames of a client that must cost almost nothing: it walks over them where they lie (RFC 6455 §5.2). */

/** Called for each frame: its payload is `data[start..end)`, with its header it takes `bytes`. */
export type OnFrame = (data: Buffer, start: number, end: number, bytes: number) => void

/** Cuts a stream into frames. One `FrameReader` for each connection. */
export class FrameReader {
  #rest: Buffer | undefined

  read(chunk: Buffer, onFrame: OnFrame): void {
    const data = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    for (;;) {
      const left = data.length - at
      if (left < 2) break
      const short = (data[at + 1] ?? 0) & 0x7f
      const header = short < 126 ? 2 : short === 126 ? 4 : 10
      if (left < header) break
      const length =
        short < 126 ? short : short === 126 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2))
      if (left < header + length) break
      onFrame(data, at + header, at + header + length, header + length)
      at += header + length
    }
    this.#rest = at === data.length ? undefined : data.subarray(at)
  }
}

/** A text frame as clients must send it: masked, here with zeros, which leave the text as it is. */
export function clientFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  if (length > 65_535) throw new Error('the load generator sends short messages only')
  const header = length < 126 ? 6 : 8
  const frame = Buffer.alloc(header + length)
  frame[0] = 0x81
  frame[1] = 0x80 | Math.min(length, 126)
  if (length >= 126) frame.writeUInt16BE(length, 2)
  frame.write(text, header)
  return frame
}
