/** Checks the shape of a payload before any schema sees it: depth, number of keys, dangerous keys, broken numbers and text. */
import { ProtocolError } from './errors.ts'
import { limits } from './limits.ts'

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Throws `invalid-input` for nesting beyond `limits.depth`, more than `limits.keys` keys, prototype-named keys
 * (ASVS 15.3.6), numbers that JSON cannot hold, or ill-formed Unicode. Iterative: depth cannot exhaust the stack.
 * Long arrays of numbers (bytes, as Open WebUI sends them) are left to the schema of their field.
 */
export function checkPayload(payload: unknown): void {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: payload, depth: 0 }]
  let keys = 0
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next
    if (typeof value === 'string' && !value.isWellFormed()) throw refusal('holds text that is not well-formed')
    if (typeof value === 'number' && !Number.isFinite(value)) throw refusal('holds a number that is not finite')
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) continue
    if (depth >= limits.depth) throw refusal(`is nested deeper than ${limits.depth}`)
    if (Array.isArray(value)) {
      if (!value.every((item) => typeof item === 'number'))
        for (const item of value) open.push({ value: item, depth: depth + 1 })
      continue
    }
    for (const [key, item] of Object.entries(value)) {
      keys += 1
      if (keys > limits.keys) throw refusal(`has more than ${limits.keys} keys`)
      if (forbiddenKeys.has(key)) throw refusal('holds a key that is not allowed')
      open.push({ value: item, depth: depth + 1 })
    }
  }
}

function refusal(message: string): ProtocolError {
  return new ProtocolError('invalid-input', { issues: [{ path: '', message }], rule: 'payload-shape' })
}
