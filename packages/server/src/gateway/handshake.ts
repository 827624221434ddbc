/** The connection half of the gate: who may connect at all, and with which token. */
import type { IncomingMessage } from 'node:http'
import { ProtocolError } from '@sallyport/protocol'
import type { Socket } from 'socket.io'
import { z } from 'zod'
import type { Access } from '../access/access.ts'
import type { Authenticate, Identity } from '../auth/authenticate.ts'
import { cookieToken } from '../auth/cookie.ts'
import type { Origins } from '../auth/origin.ts'

/** What a client says in its CONNECT packet. */
const handshakeAuth = z.object({ token: z.string().max(8_192).optional(), binary: z.boolean().optional() }).catch({})

/** `origin`: throws unless the request comes from an allowed site, or from no site at all. */
export function checkOrigin(request: IncomingMessage, origins: Origins): void {
  // Node keeps the first of several Origin headers; more than one is no browser's (HS-08).
  const given = request.headersDistinct['origin'] ?? []
  if (given.length > 1 || !origins.allows(given[0])) throw new ProtocolError('origin-refused', { rule: 'origin' })
}

/**
 * Throws `invalid-input` unless the request opens a WebSocket of Engine.IO 4, each parameter once and no session id:
 * there is nothing to resume by one, so a chosen or a guessed one is nothing (HS-20, SB-02, SB-14).
 */
export function checkQuery(request: IncomingMessage): void {
  const query = new URL(request.url ?? '', 'http://server').searchParams
  const once = (name: string, value: string) => query.getAll(name).length === 1 && query.get(name) === value
  if (once('EIO', '4') && once('transport', 'websocket') && !query.has('sid')) return
  throw new ProtocolError('invalid-input', { rule: 'handshake-query' })
}

/** How many connections there may be. */
export interface Capacity {
  readonly all: number
  readonly perAddress: number
  readonly perUser: number
}

/** `admit`: throws unless there is room for one more connection of this address. */
export function checkCapacity(capacity: Capacity, open: { readonly all: number; readonly ofAddress: number }): void {
  if (open.all >= capacity.all) throw new ProtocolError('server-full', { rule: 'connections' })
  if (open.ofAddress >= capacity.perAddress) {
    throw new ProtocolError('rate-limited', { rule: 'connections-per-address', retryAfter: 5 })
  }
}

/** What a client brought to prove who it is. */
export interface Proof {
  readonly token: string | undefined
  /** Whether it takes bytes as binary. */
  readonly binary: boolean
}

/**
 * The token of a handshake: from the CONNECT packet, the Authorization header, or the cookie. Never from the URL.
 * A cookie counts only beside an allowed Origin: without one nobody can tell who made the browser send it (HS-04).
 * Two different tokens are refused as ambiguous (TK-35).
 */
export function proofOf(socket: Socket, secureCookies: boolean): Proof {
  const { token, binary = false } = handshakeAuth.parse(socket.handshake.auth)
  const { authorization, cookie, origin } = socket.request.headers
  const bearer = /^Bearer ([\w.-]+)$/.exec(authorization ?? '')?.[1]
  const ambient = origin === undefined ? undefined : cookieToken(cookie, secureCookies)
  const tokens = new Set([token || undefined, bearer, ambient].filter((value) => value !== undefined))
  if (tokens.size > 1) throw new ProtocolError('unauthenticated', { rule: 'ambiguous-credentials' })
  return { token: [...tokens][0], binary }
}

/** `authenticate`: an identity that no change of rights has overtaken while it was read. */
export async function currentIdentity(
  authenticate: Authenticate,
  access: Access,
  token: string | undefined,
): Promise<Identity> {
  for (;;) {
    const epoch = access.epoch()
    const identity = await authenticate(token)
    if (epoch === access.epoch()) return identity
  }
}

/** The address of the peer. */
export function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? 'unknown'
}
