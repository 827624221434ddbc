/** Decodes a Yjs update (V1) without building Yjs objects: strictly, and with every bound checked on the way. */
import { limits, ProtocolError } from '@sallyport/protocol'
import { ByteReader, malformed } from './byte-reader.ts'
import { readAny, readJson, type Value } from './values.ts'

/** The name of one unit of content: the client that made it, and its number among what that client made. */
export interface Id {
  readonly client: number
  readonly clock: number
}

/** What an item brings. Kinds that no note needs (subdocuments, binary, embeds, shared maps and arrays) do not exist. */
export type Content =
  | { readonly type: 'deleted' }
  | { readonly type: 'string' }
  | { readonly type: 'format'; readonly key: string; readonly value: Value }
  | { readonly type: 'element'; readonly name: string }
  | { readonly type: 'text' }
  | { readonly type: 'any'; readonly value: Value }

/** Content of a client in its place, as far as the bytes say it. */
export interface Item extends Id {
  readonly kind: 'item'
  readonly length: number
  /** The unit left of it, and the unit right of it, when it was made. */
  readonly origin: Id | null
  readonly rightOrigin: Id | null
  /** The name of a root, or the item that holds the type. Only there when both origins are not. */
  readonly parent: string | Id | null
  /** The attribute that it sets. Only there together with `parent`. */
  readonly sub: string | null
  readonly content: Content
}

/** Content that was removed for good (`gc`), or that the update leaves out (`skip`). */
export interface Gap extends Id {
  readonly kind: 'gc' | 'skip'
  readonly length: number
}

export type Struct = Item | Gap

/** A range of deleted units. */
export interface Deletion extends Id {
  readonly length: number
}

/** What an update says. */
export interface DecodedUpdate {
  /** What each client made, in the order of clocks without holes (a `skip` fills one). */
  readonly blocks: ReadonlyMap<number, readonly Struct[]>
  /** Sorted and apart for each client. */
  readonly deletions: readonly Deletion[]
}

/** Decodes an update. Throws `invalid-update` or `too-large`; allocates no more than the bytes can pay for. */
export function readUpdate(bytes: Uint8Array): DecodedUpdate {
  const reader = new ByteReader(bytes)
  const blocks = readBlocks(reader)
  const deletions = readDeletions(reader)
  if (reader.left > 0) throw malformed('trailing-bytes')
  return { blocks, deletions }
}

function readBlocks(reader: ByteReader): Map<number, Struct[]> {
  const blocks = new Map<number, Struct[]>()
  const count = reader.count(4)
  if (count > limits.clientsPerUpdate) throw new ProtocolError('too-large', { rule: 'clients-per-update' })
  let total = 0
  for (let index = 0; index < count; index += 1) {
    const structs = reader.count(2)
    if (structs === 0) throw malformed('empty-block')
    total += structs
    if (total > limits.structsPerUpdate) throw new ProtocolError('too-large', { rule: 'structs-per-update' })
    const client = reader.uint()
    // Yjs keeps the last block of a client and drops the others, so two would hide one from this check.
    if (blocks.has(client)) throw malformed('client-twice')
    blocks.set(client, readBlock(reader, client, structs))
  }
  return blocks
}

function readBlock(reader: ByteReader, client: number, count: number): Struct[] {
  const structs: Struct[] = []
  let clock = reader.uint()
  for (let index = 0; index < count; index += 1) {
    const struct = readStruct(reader, client, clock)
    if (struct.length < 1) throw malformed('empty-struct')
    clock += struct.length
    if (clock > limits.clock) throw malformed('clock')
    structs.push(struct)
  }
  return structs
}

function readStruct(reader: ByteReader, client: number, clock: number): Struct {
  const info = reader.byte()
  if (info === 0) return { kind: 'gc', client, clock, length: reader.uint() }
  if (info === 10) return { kind: 'skip', client, clock, length: reader.uint() }
  const origin = (info & 0x80) === 0 ? null : readId(reader)
  const rightOrigin = (info & 0x40) === 0 ? null : readId(reader)
  const placed = origin === null && rightOrigin === null
  const parent = placed ? readParent(reader) : null
  const sub = placed && (info & 0x20) !== 0 ? reader.string() : null
  const { content, length } = readContent(reader, info & 0x1f)
  return { kind: 'item', client, clock, length, origin, rightOrigin, parent, sub, content }
}

function readId(reader: ByteReader): Id {
  return { client: reader.uint(), clock: reader.uint() }
}

function readParent(reader: ByteReader): string | Id {
  const named = reader.byte()
  if (named > 1) throw malformed('parent-form')
  return named === 1 ? reader.string() : readId(reader)
}

const deleted: Content = { type: 'deleted' }
const string: Content = { type: 'string' }
const text: Content = { type: 'text' }

function readContent(reader: ByteReader, kind: number): { content: Content; length: number } {
  switch (kind) {
    case 1:
      return { content: deleted, length: reader.uint() }
    case 4:
      return { content: string, length: reader.string().length }
    case 6:
      return { content: { type: 'format', key: reader.string(), value: readJson(reader) }, length: 1 }
    case 7:
      return { content: readType(reader), length: 1 }
    case 8:
      // More than one value stands only in shared arrays, which no note has.
      if (reader.uint() !== 1) throw malformed('content-kind')
      return { content: { type: 'any', value: readAny(reader) }, length: 1 }
    default:
      throw malformed('content-kind')
  }
}

function readType(reader: ByteReader): Content {
  const kind = reader.uint()
  if (kind === 3) return { type: 'element', name: reader.string() }
  if (kind === 6) return text
  throw malformed('content-type')
}

function readDeletions(reader: ByteReader): Deletion[] {
  const deletions: Deletion[] = []
  const clients = reader.count(4)
  const seen = new Set<number>()
  for (let index = 0; index < clients; index += 1) {
    const client = reader.uint()
    if (seen.has(client)) throw malformed('client-twice')
    seen.add(client)
    const ranges = reader.count(2)
    if (ranges === 0) throw malformed('empty-block')
    if (deletions.length + ranges > limits.structsPerUpdate)
      throw new ProtocolError('too-large', { rule: 'deletions-per-update' })
    let end = 0
    for (let range = 0; range < ranges; range += 1) {
      const clock = reader.uint()
      const length = reader.uint()
      // Overlapping ranges would make Yjs walk the same structs again and again (CWE-407).
      if (length < 1 || (range > 0 && clock < end)) throw malformed('deletion-order')
      end = clock + length
      if (end > limits.clock) throw malformed('clock')
      deletions.push({ client, clock, length })
    }
  }
  return deletions
}
