/** Writes Yjs updates struct by struct, honest or not: the words of the hostile corpus. */
import {
  createEncoder,
  type Encoder,
  toUint8Array,
  writeAny,
  writeUint8,
  writeUint8Array,
  writeVarString,
  writeVarUint,
} from 'lib0/encoding'

/** The client ids of the base document: the first belongs to the victim, the second to the sender of the updates. */
export const victim = 1
export const sender = 2
export const fresh = 3

type Id = readonly [client: number, clock: number]
export type Write = (encoder: Encoder) => void

export interface Case {
  readonly name: string
  readonly bytes: Uint8Array
  readonly code: 'invalid-update' | 'missing-updates' | 'too-large'
  readonly rule: string
}

function encode(write: Write): Uint8Array {
  const encoder = createEncoder()
  write(encoder)
  return toUint8Array(encoder)
}

const id =
  ([client, clock]: Id): Write =>
  (encoder) => {
    writeVarUint(encoder, client)
    writeVarUint(encoder, clock)
  }

/** Where an item says that it stands. */
export interface Where {
  readonly origin?: Id
  readonly right?: Id
  readonly parent?: string | Id
  readonly sub?: string
}

export function item(ref: number, { origin, right, parent, sub }: Where, content: Write): Write {
  return (encoder) => {
    writeUint8(encoder, ref | (origin ? 0x80 : 0) | (right ? 0x40 : 0) | (sub === undefined ? 0 : 0x20))
    if (origin) id(origin)(encoder)
    if (right) id(right)(encoder)
    if (!origin && !right) {
      writeUint8(encoder, typeof parent === 'string' ? 1 : 0)
      if (typeof parent === 'string') writeVarString(encoder, parent)
      else id(parent ?? [0, 0])(encoder)
      if (sub !== undefined) writeVarString(encoder, sub)
    }
    content(encoder)
  }
}

export const text = (where: Where, value: string): Write => item(4, where, (encoder) => writeVarString(encoder, value))
export const element = (where: Where, name: string): Write =>
  item(7, where, (encoder) => {
    writeVarUint(encoder, 3)
    writeVarString(encoder, name)
  })
export const sharedType = (where: Where, kind: number): Write =>
  item(7, where, (encoder) => writeVarUint(encoder, kind))
export const any = (where: Where, value: unknown): Write =>
  item(8, where, (encoder) => {
    writeVarUint(encoder, 1)
    writeAny(encoder, value as Parameters<typeof writeAny>[1])
  })
export const rawAny = (where: Where, bytes: readonly number[]): Write =>
  item(8, where, (encoder) => {
    writeVarUint(encoder, 1)
    writeUint8Array(encoder, Uint8Array.from(bytes))
  })
export const format = (where: Where, key: string, json: string): Write =>
  item(6, where, (encoder) => {
    writeVarString(encoder, key)
    writeVarString(encoder, json)
  })
export const gap =
  (kind: 0 | 10, length: number): Write =>
  (encoder) => {
    writeUint8(encoder, kind)
    writeVarUint(encoder, length)
  }

interface Block {
  readonly client: number
  readonly clock?: number
  readonly structs: readonly Write[]
  /** What the header says, when it lies. */
  readonly announced?: number
}

interface Deletions {
  readonly client: number
  readonly ranges: readonly Id[]
}

export function update(
  blocks: readonly Block[],
  deletions: readonly Deletions[] = [],
  announced = blocks.length,
): Uint8Array {
  return encode((encoder) => {
    writeVarUint(encoder, announced)
    for (const { client, clock = 0, structs, announced: count = structs.length } of blocks) {
      writeVarUint(encoder, count)
      writeVarUint(encoder, client)
      writeVarUint(encoder, clock)
      for (const struct of structs) struct(encoder)
    }
    writeVarUint(encoder, deletions.length)
    for (const { client, ranges } of deletions) {
      writeVarUint(encoder, client)
      writeVarUint(encoder, ranges.length)
      for (const range of ranges) id(range)(encoder)
    }
  })
}

export const one = (struct: Write): Uint8Array => update([{ client: fresh, structs: [struct] }])
export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
export const concat = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]))

export const inRoot: Where = { parent: 'prosemirror' }
export const inParagraph: Where = { parent: [victim, 0] }
export const inText: Where = { origin: [victim, 12] }
export const attribute = (sub: string): Where => ({ parent: [victim, 0], sub })
/** The last struct that a valid update of the sender holds. */
export const typed = text({ origin: [sender, 7] }, 'x')
