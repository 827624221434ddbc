/** Encodes events to the bytes that go over the wire: Socket.IO packet, Engine.IO message, WebSocket frame (RFC 6455 §5.2). */
import { Encoder, PacketType } from 'socket.io-parser'

const encoder = new Encoder()
/** FIN set: each message is one frame. */
const opcodes = { text: 0x81, binary: 0x82 } as const

/**
 * The complete frames of one event, ready to be written to any number of sockets.
 * An event with bytes is several frames, which are one buffer here so that nothing can come between them.
 */
export function encodeEvent(event: string, payload: unknown): Buffer {
  const [packet, ...attachments] = encoder.encode({ type: PacketType.EVENT, nsp: '/', data: [event, payload] })
  const message = frame(Buffer.from(`4${packet}`), opcodes.text)
  if (attachments.length === 0) return message
  return Buffer.concat([
    message,
    ...attachments.map((attachment: Uint8Array) => frame(asBuffer(attachment), opcodes.binary)),
  ])
}

/** The frame of an acknowledgement. No reply of the contract has bytes. */
export function encodeAcknowledgement(id: number, answer: object): Buffer {
  const [packet] = encoder.encode({ type: PacketType.ACK, nsp: '/', id, data: [answer] })
  return frame(Buffer.from(`4${packet}`), opcodes.text)
}

/** The payload with its byte fields as arrays of numbers, for clients that did not announce binary. */
export function withoutBinary(payload: object): object {
  return Object.fromEntries(
    Object.entries(payload).map(([key, value]) => [key, value instanceof Uint8Array ? Array.from(value) : value]),
  )
}

/** An unmasked server frame: two bytes of header, and a longer length in two or eight more. */
function frame(data: Buffer, opcode: number): Buffer {
  const { length } = data
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const result = Buffer.allocUnsafe(2 + extra + length)
  result[0] = opcode
  result[1] = extra === 0 ? length : extra === 2 ? 126 : 127
  if (extra === 2) result.writeUInt16BE(length, 2)
  if (extra === 8) result.writeBigUInt64BE(BigInt(length), 2)
  data.copy(result, 2 + extra)
  return result
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
