/** How the members of a crowd greet each server, and what they send to it. */
import type { Dialect } from './member.ts'

/** Bytes of content that each event carries. */
export const contentBytes = 100

const connected = ['0{', '40'] as const
const entered = ['40{', ''] as const

/** Socket.IO without authentication. */
export const socketIoDialect: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  delivery: Buffer.from('42["message"'),
  greeting: [connected, entered],
}

/** A plain WebSocket. */
export const wsDialect: Dialect = { path: '/', delivery: Buffer.alloc(0), greeting: [] }

/** Sallyport, as the person of the token, in the rooms of their channels. */
export function sallyportDialect(token: string): Dialect {
  return {
    path: '/ws/socket.io/?EIO=4&transport=websocket',
    delivery: Buffer.from('42["events:channel"'),
    greeting: [
      ['0{', `40${JSON.stringify({ token })}`],
      ['40{', '420["user-join",{}]'],
      ['430[{"ok":true', ''],
    ],
  }
}

/** Builds the text of a message around its mark. */
export type Message = (mark: string) => string

/** Somebody types: relayed, not stored. Its mark is the id of the thread. */
export function typing(channel: string): Message {
  return (mark) =>
    `42${JSON.stringify(['events:channel', { channel_id: channel, message_id: mark, data: { type: 'typing', data: { typing: true } } }])}`
}

/** A message is posted: durable before anybody sees it, and acknowledged. */
export function post(channel: string): Message {
  return (mark) =>
    `421${JSON.stringify(['channel:post', { channel_id: channel, content: mark.padEnd(contentBytes, '.') }])}`
}

/** An event of the bare Socket.IO server with so many bytes of content. */
export function socketIoMessage(bytes: number): Message {
  return (mark) => `42${JSON.stringify(['message', mark.padEnd(bytes, '.')])}`
}

/** A message of the plain WebSocket server of so many bytes. */
export function wsMessage(bytes: number): Message {
  return (mark) => mark.padEnd(bytes, '.')
}
