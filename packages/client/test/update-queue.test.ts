/** The queue of local edits. */
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { UpdateQueue } from '../src/update-queue.ts'

/** Writes letters into a document and gives the update of each. */
function typed(text: string): { readonly updates: Uint8Array[]; readonly document: Y.Doc } {
  const document = new Y.Doc()
  const updates: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => updates.push(update))
  for (const letter of text) document.getText('t').insert(document.getText('t').length, letter)
  return { updates, document }
}

function textOf(...updates: (Uint8Array | undefined)[]): string {
  const document = new Y.Doc()
  for (const update of updates) if (update !== undefined) Y.applyUpdate(document, update)
  return document.getText('t').toString()
}

test('[CL12] while one request is in flight the rest waits, and goes merged into one', () => {
  const queue = new UpdateQueue()
  const { updates } = typed('abcd')
  queue.add(updates[0] as Uint8Array)
  const first = queue.take(1_000)
  for (const update of updates.slice(1)) queue.add(update)
  expect(queue.take(1_000)).toBeUndefined()
  expect(queue.size).toBe(4)
  queue.acknowledge()
  expect(queue.size).toBe(3)
  const second = queue.take(1_000)
  expect(textOf(first, second)).toBe('abcd')
  queue.acknowledge()
  expect(queue.size).toBe(0)
  expect(queue.take(1_000)).toBeUndefined()
})

test('[CL12] what was in flight when the connection was lost is the first of the next request', () => {
  const queue = new UpdateQueue()
  const { updates } = typed('abc')
  queue.add(updates[0] as Uint8Array)
  queue.take(1_000)
  queue.add(updates[1] as Uint8Array)
  queue.add(updates[2] as Uint8Array)
  queue.restore()
  expect(queue.size).toBe(3)
  expect(textOf(queue.peek())).toBe('abc')
  expect(textOf(queue.take(1_000))).toBe('abc')
})

test('[CL12] a request holds no more bytes than may be sent, but always one update', () => {
  const queue = new UpdateQueue()
  const { updates } = typed('abc')
  for (const update of updates) queue.add(update)
  const most = (updates[0]?.length ?? 0) + (updates[1]?.length ?? 0)
  const first = queue.take(most)
  queue.acknowledge()
  expect(queue.size).toBe(1)
  const second = queue.take(1)
  expect(textOf(first)).toBe('ab')
  expect(textOf(first, second)).toBe('abc')
})
