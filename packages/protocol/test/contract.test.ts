/** The contract itself: nothing is open by accident, and text is clean before it is stored. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
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
