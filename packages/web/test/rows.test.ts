/** How messages are arranged for reading, and who types. */
import { expect, test } from 'vitest'
import { rowsOf } from '../src/channels/rows.ts'
import { typingText } from '../src/channels/typing-text.ts'
import { toAccessControl, toSharing } from '../src/people/sharing.ts'
import { message } from './messages.ts'

const minute = 60 * 1_000_000_000
const noon = new Date(2026, 0, 5, 12).getTime() * 1_000_000

test('[WB6] the line before what is new stands before the first message of others, and days begin with their date', () => {
  const messages = [
    message('a', { created_at: noon }),
    message('b', { created_at: noon + minute }),
    message('c', { created_at: noon + 2 * minute, user_id: 'me' }),
    message('d', { created_at: noon + 3 * minute }),
    message('e', { created_at: noon + 24 * 60 * minute }),
  ]
  const rows = rowsOf(messages, { me: 'me', newAfter: noon + minute })
  expect(rows.map(({ kind }) => kind)).toEqual([
    'day',
    'message',
    'message',
    'message',
    'new',
    'message',
    'day',
    'message',
  ])
  expect(rows.map((row) => row.kind === 'message' && row.grouped)).toEqual([
    false,
    false,
    true,
    false,
    false,
    false,
    false,
    false,
  ])
  expect(rowsOf(messages, { me: 'me', newAfter: undefined }).some(({ kind }) => kind === 'new')).toBe(false)
})

test('[WB7] the line about typing names two people and counts the others', () => {
  expect(typingText([])).toBe('')
  expect(typingText(['Ana'])).toBe('Ana is typing…')
  expect(typingText(['Ana', 'Bo'])).toBe('Ana and Bo are typing…')
  expect(typingText(['Ana', 'Bo', 'Cleo', 'Dan'])).toBe('Ana, Bo and 2 more are typing…')
})

test('[WB8] what the sharing dialog shows of an access list becomes the same list again', () => {
  const list = { read: { user_ids: ['r'], group_ids: ['g'] }, write: { user_ids: ['w'], group_ids: [] } }
  expect(toAccessControl(toSharing(list))).toEqual(list)
  expect(toAccessControl(toSharing(null))).toBeNull()
  expect(toSharing({ read: { user_ids: [], group_ids: [] }, write: { user_ids: [], group_ids: [] } }).mode).toBe(
    'owner',
  )
  const both = { read: { user_ids: ['w'], group_ids: [] }, write: { user_ids: ['w'], group_ids: [] } }
  expect(toSharing(both).entries).toEqual([{ kind: 'user', id: 'w', level: 'write' }])
})
