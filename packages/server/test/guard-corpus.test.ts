/** Every update of the hostile corpus is refused whole. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Document } from '../src/documents/document.ts'
import { openStore, refusalOf } from './document-harness.ts'

interface Corpus {
  readonly base: readonly string[]
  readonly valid: string
  readonly cases: readonly {
    readonly name: string
    readonly code: string
    readonly rule: string
    readonly bytes: string
  }[]
}

const corpus = JSON.parse(await readFile(new URL('./corpus/hostile-updates.json', import.meta.url), 'utf8')) as Corpus
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'))
/** Says that the asker has nothing, so that the state is encoded anew and not taken from the last answer. */
const nothing = Uint8Array.of(0)
const sender = { user: 'sender', newClientsLeft: 200 }

let server: Awaited<ReturnType<typeof openStore>>
let document: Document

beforeAll(async () => {
  server = await openStore()
  document = await server.documents.open(await server.newNote())
  for (const [index, update] of corpus.base.entries()) {
    await document.apply(bytesOf(update), { user: index === 0 ? 'victim' : sender.user, newClientsLeft: 1 })
  }
})

afterAll(() => server[Symbol.asyncDispose]())

test.each(corpus.cases)('[NO4] refused with nothing changed: $name', async ({ code, rule, bytes }) => {
  const before = await document.state(nothing)
  const refusal = await refusalOf(() => document.apply(bytesOf(bytes), sender))
  expect(refusal.code).toBe(code)
  if (rule !== '*') expect(refusal.rule).toBe(rule)
  const stored = await server.store.load(document.note)
  expect(stored?.updates).toHaveLength(corpus.base.length)
  expect(await document.state(nothing)).toEqual(before)
})

test('[NO4] after all of them a valid update of the same sender is accepted', async () => {
  const applied = await document.apply(bytesOf(corpus.valid), sender)
  expect(applied).toMatchObject({ changed: true, offset: corpus.base.length + 1, claimed: 0 })
})
