/** The JSON values inside a document: bounded in depth and number, plain data only. */
import { limits } from '@sallyport/protocol'
import { type ByteReader, malformed } from './byte-reader.ts'

/** Plain data. `undefined` is what Yjs can carry besides JSON. */
export type Value = undefined | null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value }

/** What one value may still hold. */
interface Allowance {
  entries: number
}

const inherited = new Set(['__proto__', 'constructor', 'prototype'])

/** Whether a key could reach a prototype in some reader's hands (CWE-1321). */
export function isInherited(key: string): boolean {
  return inherited.has(key)
}

/** Reads a value in the encoding `any` of lib0. Binary content and big integers are refused: they are not JSON. */
export function readAny(reader: ByteReader): Value {
  return readValue(reader, 0, { entries: limits.valueKeys })
}

/** Reads a value in JSON text. */
export function readJson(reader: ByteReader): Value {
  return parseJson(reader.string())
}

/** Parses JSON text into a checked value. */
export function parseJson(text: string): Value {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw malformed('json')
  }
  return checkValue(value, 0, { entries: limits.valueKeys })
}

function readValue(reader: ByteReader, depth: number, allowance: Allowance): Value {
  if (depth > limits.valueDepth) throw malformed('value-depth')
  const tag = reader.byte()
  switch (tag) {
    case 127:
      return undefined
    case 126:
      return null
    case 125:
      return reader.int()
    case 124:
      return reader.float(4)
    case 123:
      return reader.float(8)
    case 121:
      return false
    case 120:
      return true
    case 119:
      return reader.string()
    case 118:
      return readObject(reader, depth, allowance)
    case 117:
      return readArray(reader, depth, allowance)
    default:
      throw malformed('value-type')
  }
}

function readObject(reader: ByteReader, depth: number, allowance: Allowance): Value {
  const count = reader.count(2)
  spend(allowance, count)
  const object: Record<string, Value> = {}
  for (let index = 0; index < count; index += 1) {
    const key = reader.string()
    if (isInherited(key)) throw malformed('value-key')
    if (Object.hasOwn(object, key)) throw malformed('value-key-twice')
    object[key] = readValue(reader, depth + 1, allowance)
  }
  return object
}

function readArray(reader: ByteReader, depth: number, allowance: Allowance): Value {
  const count = reader.count(1)
  spend(allowance, count)
  const array: Value[] = []
  for (let index = 0; index < count; index += 1) array.push(readValue(reader, depth + 1, allowance))
  return array
}

function checkValue(value: unknown, depth: number, allowance: Allowance): Value {
  if (depth > limits.valueDepth) throw malformed('value-depth')
  if (value === null || typeof value !== 'object') return value as Value
  if (Array.isArray(value)) {
    spend(allowance, value.length)
    for (const entry of value) checkValue(entry, depth + 1, allowance)
    return value
  }
  const entries = Object.entries(value)
  spend(allowance, entries.length)
  for (const [key, entry] of entries) {
    if (isInherited(key)) throw malformed('value-key')
    checkValue(entry, depth + 1, allowance)
  }
  return value as Value
}

function spend(allowance: Allowance, count: number): void {
  allowance.entries -= count
  if (allowance.entries < 0) throw malformed('value-keys')
}
