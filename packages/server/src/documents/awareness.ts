/** The awareness of one client in its two encodings: that of y-protocols, and Open WebUI's JSON. */
import { limits } from '@sallyport/protocol'
import { createEncoder, toUint8Array, writeVarString, writeVarUint } from 'lib0/encoding'
import { asInput, ByteReader, malformed } from './byte-reader.ts'
import { parseJson, type Value } from './values.ts'

/** The state of a client: an object with `user`, `cursor` and whatever else its editor tells. */
export interface AwarenessState {
  readonly [key: string]: Value
}

/** One client's entry of a message. `state` null: the client has left. */
export interface AwarenessEntry {
  readonly clientId: number
  readonly clock: number
  readonly state: AwarenessState | null
}

/** The same entries in both encodings. */
export interface EncodedAwareness {
  /** As y-protocols has it. */
  readonly binary: Uint8Array
  /** As Open WebUI has it: UTF-8 of `{ clientID: state }`, and `{}` for a client that has left. */
  readonly json: Uint8Array
}

const utf8Decoder = new TextDecoder('utf-8', { fatal: true })
const utf8Encoder = new TextEncoder()

/** Reads a message in the encoding of y-protocols, which must hold exactly one entry. Throws `invalid-input`. */
export function readBinaryAwareness(bytes: Uint8Array): AwarenessEntry {
  return asInput('awareness', () => {
    const reader = new ByteReader(bytes)
    if (reader.uint() !== 1) throw malformed('entries')
    const clientId = reader.uint()
    const clock = reader.uint()
    if (clock > limits.clock) throw malformed('clock')
    const text = reader.bytes(reader.uint())
    if (reader.left > 0) throw malformed('trailing-bytes')
    return { clientId, clock, state: stateOf(parseJson(textOf(text)), text.length) }
  })
}

/** Reads a message in JSON; its entries carry no clock. Throws `invalid-input`. */
export function readJsonAwareness(bytes: Uint8Array): ReadonlyMap<number, AwarenessState | null> {
  return asInput('awareness', () => {
    const value = parseJson(textOf(bytes))
    if (!isObject(value)) throw malformed('form')
    const entries = new Map<number, AwarenessState | null>()
    for (const [key, entry] of Object.entries(value)) {
      const clientId = Number(key)
      if (!/^(?:0|[1-9]\d{0,15})$/.test(key) || !Number.isSafeInteger(clientId)) throw malformed('client-id')
      entries.set(clientId, stateOf(entry, JSON.stringify(entry).length))
    }
    return entries
  })
}

/** Encodes entries both ways, once. */
export function encodeAwareness(entries: readonly AwarenessEntry[]): EncodedAwareness {
  const encoder = createEncoder()
  writeVarUint(encoder, entries.length)
  const json: Record<string, AwarenessState> = {}
  for (const { clientId, clock, state } of entries) {
    writeVarUint(encoder, clientId)
    writeVarUint(encoder, clock)
    writeVarString(encoder, JSON.stringify(state))
    json[clientId] = state ?? {}
  }
  return { binary: toUint8Array(encoder), json: utf8Encoder.encode(JSON.stringify(json)) }
}

const color = /^#[0-9a-fA-F]{6}$/

/** The state with `user` as the server knows the person; of what the client says, only its colours are kept. */
export function withUser(state: AwarenessState, user: { readonly id: string; readonly name: string }): AwarenessState {
  const said = isObject(state['user']) ? state['user'] : {}
  const colors = Object.entries(said).filter(
    ([key, value]) => (key === 'color' || key === 'colorLight') && typeof value === 'string' && color.test(value),
  )
  return { ...state, user: { id: user.id, name: user.name, ...Object.fromEntries(colors) } }
}

function stateOf(value: Value, size: number): AwarenessState | null {
  if (value === null) return null
  if (size > limits.awarenessBytes) throw malformed('bytes')
  if (!isObject(value)) throw malformed('form')
  return value
}

function isObject(value: Value): value is AwarenessState {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > limits.awarenessBytes * 2) throw malformed('bytes')
  try {
    return utf8Decoder.decode(bytes)
  } catch {
    throw malformed('utf-8')
  }
}
