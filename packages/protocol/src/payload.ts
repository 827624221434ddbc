/** Checks the shape of a payload before any schema sees it: depth, number of keys and items, dangerous keys, broken numbers and text. */
import { ProtocolError } from './errors.ts'
import { limits } from './limits.ts'

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

/** Items of all arrays in one payload together: the longest that the contract has are the four of an access list. */
const maxItems = limits.accessList * 4

/**
 * Throws `invalid-input` for nesting beyond `limits.depth`, more than `limits.keys` keys or 2,000 items, prototype-named
 * keys (ASVS 15.3.6), numbers that JSON cannot hold, or ill-formed Unicode. Iterative: depth cannot exhaust the stack.
 * Arrays of nothing but numbers (bytes, as Open WebUI sends them) are left to the schema of their field. The work is one
 * look at each number and at each value within the bounds: nothing is walked before it is counted (CWE-407).
 */
export function checkPayload(payload: unknown): void {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: payload, depth: 0 }]
  let keys = 0
  let items = 0
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next
    if (typeof value === 'string' && !value.isWellFormed()) throw refusal('holds text that is not well-formed')
    if (typeof value === 'number' && !Number.isFinite(value)) throw refusal('holds a number that is not finite')
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) continue
    if (depth >= limits.depth) throw refusal(`is nested deeper than ${limits.depth}`)
    if (Array.isArray(value)) {
      if (holdsNumbersOnly(value)) continue
      items += value.length
      if (items > maxItems) throw refusal(`has more than ${maxItems} items`)
      for (const item of value) open.push({ value: item, depth: depth + 1 })
      continue
    }
    const names = Object.keys(value)
    keys += names.length
    if (keys > limits.keys) throw refusal(`has more than ${limits.keys} keys`)
    for (const key of names) {
      if (forbiddenKeys.has(key)) throw refusal('holds a key that is not allowed')
      open.push({ value: value[key as keyof typeof value], depth: depth + 1 })
    }
  }
}

/** By index: an iterator takes ten times as long, and a full-state upload has a million numbers. */
function holdsNumbersOnly(values: readonly unknown[]): boolean {
  for (let index = 0; index < values.length; index += 1) if (!Number.isFinite(values[index])) return false
  return true
}

function refusal(message: string): ProtocolError {
  return new ProtocolError('invalid-input', { issues: [{ path: '', message }], rule: 'payload-shape' })
}
