/** How pages of history and live events become one list. */
import type { Message } from '@sallyport/protocol'
import { expect, test } from 'vitest'
import { mergeMessage, prependPage, startTimeline } from '../src/channels/timeline.ts'
import { message } from './messages.ts'

const bo = { id: 'bo', name: 'Bo', role: 'user' } as const

/** The message of a place in the channel, as a page of history has it. */
function at(place: number, change: Partial<Message> = {}): Message & { readonly cursor: number } {
  return { ...message(`m${place}`, { created_at: place * 1000, offset: place, ...change }), cursor: place }
}

const ids = ({ messages }: { readonly messages: readonly Message[] }) => messages.map(({ id }) => id)

test('[WB5] messages stand in the order of posting, each once, whichever way they came', () => {
  const start = startTimeline([at(5), at(4)], 2, [at(5, { offset: 9, content: 'changed' }), at(6)])
  expect(ids(start)).toEqual(['m4', 'm5', 'm6'])
  expect(start.messages[1]?.content).toBe('changed')
  const more = prependPage(start, [at(4), at(3), at(2)], 3)
  expect(ids(more)).toEqual(['m2', 'm3', 'm4', 'm5', 'm6'])
  expect(more.before).toBe(2)
  expect(prependPage(more, [at(1)], 3).before).toBeUndefined()
})

test('[WB5] an older version of a message does not replace a newer one', () => {
  const start = startTimeline([at(1, { offset: 7, content: 'new' })], 50, [])
  expect(mergeMessage(start, at(1, { offset: 3, content: 'old' })).messages[0]?.content).toBe('new')
})

test('[WB5] a deleted message goes, or keeps its place and author when it has replies', () => {
  const start = startTimeline([at(2, { reply_count: 1 }), at(1)], 50, [])
  const gone = mergeMessage(start, at(1, { offset: 8, deleted_at: 8, content: '', user: bo }))
  expect(ids(gone)).toEqual(['m2'])
  const kept = mergeMessage(start, at(2, { offset: 8, deleted_at: 8, content: '', reply_count: 1, user: bo }))
  expect(kept.messages[1]).toMatchObject({ deleted_at: 8, user: { name: 'Ana' } })
})

test('[WB5] a change of a message that is not loaded yet waits for its page', () => {
  const start = startTimeline([at(5), at(4)], 2, [])
  expect(ids(mergeMessage(start, at(1, { offset: 9 })))).toEqual(['m4', 'm5'])
})
