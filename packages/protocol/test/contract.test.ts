/** The contract itself: nothing is open by accident, and text is clean before it is stored. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { bytes } from '../src/event.ts'
import {
  checkPayload,
  clientEvents,
  documentId,
  email,
  errors,
  id,
  type Need,
  noteOf,
  ProtocolError,
  reportOf,
  room,
  routes,
} from '../src/index.ts'
import { line, newPassword, text } from '../src/text.ts'

const open = (specs: Readonly<Record<string, { readonly needs: Need }>>) =>
  Object.entries(specs)
    .filter(([, { needs }]) => needs === 'none')
    .map(([name]) => name)

test('[PR1] what needs no identity is exactly this list', () => {
  expect(open(clientEvents)).toEqual(['user-join'])
  expect(open(routes)).toEqual([
    'config',
    'version',
    'health',
    'ready',
    'auth.setup',
    'auth.signup',
    'auth.signin',
    'auth.signout',
  ])
})

test('[PR1] every permission names a field that the input has, as an id', () => {
  const fields = (schema: z.ZodType) =>
    (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as { properties?: object }).properties ?? {}
  for (const [name, { needs, input }] of Object.entries(clientEvents)) {
    if (typeof needs === 'object') expect(fields(input), name).toHaveProperty(needs.of)
  }
  for (const [name, { needs, params }] of Object.entries(routes)) {
    if (typeof needs === 'object') expect(fields(params), name).toHaveProperty(needs.of)
  }
})

test('[PR2] an error says what to do next, and tells no rule', () => {
  for (const [code, { summary, remedy }] of Object.entries(errors)) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(summary).toMatch(/\.$/)
    expect(remedy).toMatch(/\.$/)
  }
  expect(JSON.stringify(reportOf(new ProtocolError('forbidden', { rule: 'secret-rule' })))).not.toContain('secret-rule')
  expect(reportOf(new Error('stack and secrets')).code).toBe('internal')
  expect(JSON.stringify(reportOf(new Error('stack and secrets')))).not.toContain('secrets')
})

test('[PR3] an id has one spelling, and no two rooms share a name', () => {
  const uuid = fc.uuid().map((value) => value.toLowerCase())
  fc.assert(
    fc.property(fc.string(), (value) => {
      expect(id.safeParse(value).success).toBe(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value))
    }),
  )
  const kinds = Object.values(room)
  fc.assert(
    fc.property(uuid, uuid, fc.nat(3), fc.nat(3), (one, other, a, b) => {
      const same = kinds[a]?.(one) === kinds[b]?.(other)
      expect(same).toBe(one === other && a === b)
    }),
    { numRuns: 2_000 },
  )
  fc.assert(fc.property(uuid, (value) => noteOf(documentId.parse(`note:${value}`)) === value))
})

test('[PR4] text is clean, normal and bounded in code points; names are one line', () => {
  expect(text(10).parse(' a\u202eb\u0000\r\nc ')).toBe('ab\nc')
  expect(text(10).parse('e\u0301')).toBe('é')
  expect(text(3).safeParse('🎈🎈🎈').success).toBe(true)
  expect(text(3).safeParse('🎈🎈🎈🎈').success).toBe(false)
  expect(line(20).parse('a\n\tb')).toBe('a b')
  expect(line(20).safeParse('\u202e \n').success).toBe(false)
  expect(text(10).safeParse('\ud800').success).toBe(false)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const parsed = text(1_000).safeParse(value)
      if (parsed.success) expect(text(1_000).parse(parsed.data), 'cleaning twice changes nothing').toBe(parsed.data)
    }),
  )
  expect(email.parse(' Ana@Example.TEST ')).toBe('ana@example.test')
  for (const bad of ['a', 'a@', '@b', 'a b@c', 'a@b@c', '<a>@b.c'])
    expect(email.safeParse(bad).success, bad).toBe(false)
  expect(newPassword.safeParse('1234567').success).toBe(false)
  expect(newPassword.safeParse('x'.repeat(257)).success).toBe(false)
  expect(newPassword.parse(' spaces stay ')).toBe(' spaces stay ')
})

test('[PR5] a payload of any shape is checked without recursion', () => {
  const nest = (levels: number) => {
    let value: unknown = 'x'
    for (let i = 0; i < levels; i += 1) value = i % 2 ? { a: value } : ['x', value]
    return value
  }
  expect(() => checkPayload(nest(15))).not.toThrow()
  for (const levels of [17, 1_000, 100_000]) expect(() => checkPayload(nest(levels))).toThrow(ProtocolError)
  expect(() => checkPayload(JSON.parse('{"a":{"__proto__":1}}'))).toThrow(ProtocolError)
  expect(() => checkPayload({ a: Number.NaN })).toThrow(ProtocolError)
  expect(() => checkPayload({ bytes: Array.from({ length: 1_000_000 }, () => 0) })).not.toThrow()
})

test('[PR7] what is counted is not walked: a payload of 4 MB costs one look at each number and no more', () => {
  const refused = (value: unknown) => {
    try {
      checkPayload({ value })
      return 'accepted'
    } catch (error) {
      return error instanceof ProtocolError ? error.code : error
    }
  }
  const ids = Array.from({ length: 500 }, () => crypto.randomUUID())
  const list = { read: { user_ids: ids, group_ids: ids }, write: { user_ids: ids, group_ids: ids } }
  expect(refused(list), 'the longest access list').toBe('accepted')
  expect(refused([...Array.from({ length: 100_000 }, () => 1), Number.POSITIVE_INFINITY])).toBe('invalid-input')
  expect(refused({ ...list, more: ['x'] })).toBe('invalid-input')
  expect(refused(Array.from({ length: 1_000 }, (_, index) => [[index], 'x']))).toBe('invalid-input')
  const arrays = JSON.parse(`[${'[],'.repeat(1_400_000)}[]]`)
  const objects = JSON.parse(`[${'{},'.repeat(1_400_000)}{}]`)
  const keys = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, 1]))
  for (const value of [arrays, objects, keys, [1, 2, arrays], { arrays }]) expect(refused(value)).toBe('invalid-input')
  const field = bytes(10)
  expect(field.safeParse(arrays).error?.issues[0]?.message).toBe('must be 10 bytes at most')
  expect(field.parse([0, 255])).toEqual(Uint8Array.of(0, 255))
  expect(field.parse(Buffer.of(7))).toEqual(Buffer.of(7))
  const strange = ['1', null, true, 1.5, -1, 256, 2 ** 32, Number.NaN, [], [1], { valueOf: 1, toString: 1 }, undefined]
  for (const value of strange) expect(field.safeParse([value]).success, JSON.stringify(value)).toBe(false)
  for (const value of ['text', { length: 1, 0: 1 }, null, 5, undefined])
    expect(field.safeParse(value).success).toBe(false)
})

// A pattern that backtracks would run for hours on these; the test's own limit is the bound.
test('[PR6] no pattern of the contract backtracks on hostile text', () => {
  const hostile = ['a', ' ', '@', '-', '0', '\u0000', '\u202e', 'é', '<'].map((character) => character.repeat(50_000))
  const schemas = [id, documentId, email, text(10_000, 1), line(100), newPassword]
  for (const schema of schemas) {
    for (const value of hostile) {
      schema.safeParse(value)
      schema.safeParse(`${value}!`)
    }
  }
})
