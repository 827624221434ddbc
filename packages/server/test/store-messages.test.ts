/** The contract of the room store for messages, on every database. */

import { randomUUID } from 'node:crypto'
import { limits, type Message } from '@sallyport/protocol'
import { describe, expect, test } from 'vitest'
import type { RoomStore } from '../src/ports.ts'
import { backends, messageIn, refusalOf, type Stores } from './store-harness.ts'

async function openChannel(stores: Stores): Promise<{ rooms: RoomStore; ana: string; bo: string; channel: string }> {
  const [ana, bo] = [await stores.addUser('Ana'), await stores.addUser('Bo')]
  const { channel } = await stores.addChannel(ana.id, null)
  return { rooms: stores.rooms, ana: ana.id, bo: bo.id, channel: channel.id }
}

const contents = (messages: readonly Message[]) => messages.map(({ content }) => content)

describe.each(backends)('messages on $name', ({ open }) => {
  test('[ST13] a posted message comes back whole, with author, offset and what it answers', async () => {
    await using stores = await open()
    const { rooms, ana, bo, channel } = await openChannel(stores)
    const first = await rooms.post(messageIn(channel, ana, { at: 5 }))
    expect(first).toEqual({
      head: { epoch: 'e1', offset: 1 },
      changed: true,
      message: {
        id: first.message.id,
        user_id: ana,
        channel_id: channel,
        parent_id: null,
        reply_to_id: null,
        content: 'hello',
        data: null,
        meta: null,
        is_pinned: false,
        pinned_at: null,
        pinned_by: null,
        created_at: 5_000_000,
        updated_at: 5_000_000,
        deleted_at: null,
        user: { id: ana, name: 'Ana', role: 'user' },
        reply_count: 0,
        latest_reply_at: null,
        reactions: [],
        offset: 1,
        reply_to_message: null,
      },
    })
    const answer = await rooms.post(messageIn(channel, bo, { replyTo: first.message.id, content: 'yes' }))
    const { reply_to_message: _, ...answered } = first.message
    expect(answer.message).toMatchObject({
      content: 'yes',
      offset: 2,
      reply_to_id: first.message.id,
      reply_to_message: answered,
    })
    expect(await rooms.message(channel, answer.message.id)).toEqual(answer.message)
    expect(await rooms.message(randomUUID(), answer.message.id)).toBeUndefined()
    expect((await rooms.channel(channel))?.head).toEqual({ epoch: 'e1', offset: 2 })
  })

  test('[ST14] what is not in the channel is not found, and leaves no gap in the log', async () => {
    await using stores = await open()
    const { rooms, ana, channel } = await openChannel(stores)
    const other = await openChannel(stores)
    const elsewhere = (await other.rooms.post(messageIn(other.channel, other.ana))).message.id
    const refused = [
      rooms.post(messageIn(randomUUID(), ana)),
      rooms.post(messageIn(channel, ana, { parent: elsewhere })),
      rooms.post(messageIn(channel, ana, { replyTo: elsewhere })),
      rooms.edit(channel, elsewhere, 'x', 1),
      rooms.remove(channel, elsewhere, 1),
      rooms.react(channel, elsewhere, { user: ana, name: 'heart', add: true, at: 1 }),
      rooms.react(channel, elsewhere, { user: ana, name: 'heart', add: false, at: 1 }),
      rooms.edit(randomUUID(), elsewhere, 'x', 1),
      rooms.remove(randomUUID(), elsewhere, 1),
    ]
    expect(await Promise.all(refused.map(refusalOf))).toEqual(refused.map(() => 'not-found'))
    expect((await rooms.channel(channel))?.head.offset).toBe(0)
    expect((await rooms.message(other.channel, elsewhere))?.content).toBe('hello')
  })

  test('[ST15] messages posted at once get consecutive offsets in the order of calling', async () => {
    await using stores = await open()
    const { rooms, ana, bo, channel } = await openChannel(stores)
    const entries = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        rooms.post(messageIn(channel, index % 2 === 0 ? ana : bo, { content: `m${index}` })),
      ),
    )
    expect(entries.map(({ head }) => head.offset)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
    expect(entries.map(({ message }) => message.content)).toEqual(
      Array.from({ length: 100 }, (_, index) => `m${index}`),
    )
  })

  test('[ST16] one client key of one person stores one message in a channel', async () => {
    await using stores = await open()
    const { rooms, ana, bo, channel } = await openChannel(stores)
    const post = (user: string) => rooms.post(messageIn(channel, user, { clientKey: 'k1' }))
    const entries = await Promise.all([post(ana), post(ana), post(ana), post(bo), post(ana)])
    expect(entries.map(({ changed }) => changed)).toEqual([true, false, false, true, false])
    expect(new Set(entries.map(({ message }) => message.id)).size).toBe(2)
    expect(entries[4]?.message).toEqual(entries[0]?.message)
    expect((await rooms.channel(channel))?.head.offset).toBe(2)
    const other = await stores.addChannel(ana, null)
    expect((await rooms.post(messageIn(other.channel.id, ana, { clientKey: 'k1' }))).changed).toBe(true)
  })

  test('[ST17] changes after an offset hold each changed message once, as it is now, in the order of its last change', async () => {
    await using stores = await open()
    const { rooms, ana, bo, channel } = await openChannel(stores)
    const posted = []
    for (const content of ['a', 'b', 'c'])
      posted.push((await rooms.post(messageIn(channel, ana, { content }))).message.id)
    const [a = '', b = '', c = ''] = posted
    await rooms.edit(channel, a, 'a2', 9)
    await rooms.react(channel, b, { user: bo, name: 'heart', add: true, at: 9 })
    await rooms.remove(channel, c, 9)
    const changes = await rooms.changes(channel, 3, 10)
    expect(changes.map(({ id, offset }) => [id, offset])).toEqual([
      [a, 4],
      [b, 5],
      [c, 6],
    ])
    expect(changes.map(({ content }) => content)).toEqual(['a2', 'b', ''])
    expect(contents(await rooms.changes(channel, 0, 2))).toEqual(['a2', 'b'])
    expect(await rooms.changes(channel, 6, 10)).toEqual([])
    // A reply changes its parent's counts, so the parent is among the changes, before the reply.
    const reply = await rooms.post(messageIn(channel, bo, { parent: a, content: 'reply', at: 20 }))
    const after = await rooms.changes(channel, 6, 10)
    expect(after.map(({ id, offset, reply_count }) => [id, offset, reply_count])).toEqual([
      [a, 7, 1],
      [reply.message.id, 7, 0],
    ])
  })

  test('[ST18] pages of the history hold every message once, newest first', async () => {
    await using stores = await open()
    const { rooms, ana, channel } = await openChannel(stores)
    // All in the same millisecond: only the offset orders them.
    const entries = await Promise.all(
      Array.from({ length: 25 }, (_, index) => rooms.post(messageIn(channel, ana, { content: `m${index}`, at: 7 }))),
    )
    const parent = entries[3]?.message.id ?? ''
    await rooms.post(messageIn(channel, ana, { content: 'reply 1', parent, at: 8 }))
    await rooms.post(messageIn(channel, ana, { content: 'reply 2', parent, at: 9 }))
    const expected = Array.from({ length: 25 }, (_, index) => `m${24 - index}`)
    const seen: string[] = []
    let before: number | undefined
    for (let page = 0; page < 4; page += 1) {
      const messages = await rooms.messages(channel, null, {
        ...(before === undefined ? {} : { before }),
        skip: 0,
        limit: 10,
      })
      seen.push(...contents(messages))
      before = messages.at(-1)?.cursor ?? 0
      // New messages meanwhile do not shift the pages.
      if (page === 0) await rooms.post(messageIn(channel, ana, { content: 'late' }))
    }
    expect(seen).toEqual(expected)
    expect(contents(await rooms.messages(channel, null, { skip: 24, limit: 10 }))).toEqual(['m1', 'm0'])
    expect(contents(await rooms.messages(channel, parent, { skip: 0, limit: 10 }))).toEqual(['reply 2', 'reply 1'])
    expect(await rooms.message(channel, parent)).toMatchObject({ reply_count: 2, latest_reply_at: 9_000_000 })
    expect(await rooms.messages(randomUUID(), null, { skip: 0, limit: 10 })).toEqual([])
  })

  test('[ST19] a deleted message is empty everywhere, and only stays in the history above its replies', async () => {
    await using stores = await open()
    const { rooms, ana, bo, channel } = await openChannel(stores)
    const first = (await rooms.post(messageIn(channel, ana, { content: 'secret' }))).message.id
    const reply = (await rooms.post(messageIn(channel, bo, { parent: first, replyTo: first, content: 'reply' })))
      .message.id
    await rooms.react(channel, first, { user: bo, name: 'heart', add: true, at: 1 })
    const removed = await rooms.remove(channel, first, 50)
    expect(removed).toMatchObject({
      changed: true,
      head: { offset: 4 },
      message: { content: '', deleted_at: 50_000_000, reactions: [], reply_count: 1 },
    })
    expect(await rooms.remove(channel, first, 60)).toEqual({ ...removed, changed: false })
    expect(await refusalOf(rooms.edit(channel, first, 'again', 60))).toBe('not-found')
    expect(await refusalOf(rooms.react(channel, first, { user: bo, name: 'heart', add: true, at: 60 }))).toBe(
      'not-found',
    )
    expect((await rooms.message(channel, reply))?.reply_to_message).toMatchObject({ id: first, content: '' })
    const history = async () => (await rooms.messages(channel, null, { skip: 0, limit: 10 })).map(({ id }) => id)
    expect(await history()).toEqual([first])
    await rooms.remove(channel, reply, 70)
    expect(await history()).toEqual([])
    expect(await rooms.messages(channel, first, { skip: 0, limit: 10 })).toEqual([])
    expect(await rooms.message(channel, first)).toMatchObject({ reply_count: 0, latest_reply_at: null, offset: 5 })
  })

  test('[ST20] reactions are grouped by name with their people, once for each person', async () => {
    await using stores = await open()
    const { rooms, ana, bo, channel } = await openChannel(stores)
    const { id } = (await rooms.post(messageIn(channel, ana))).message
    const react = (user: string, name: string, add: boolean, at: number) =>
      rooms.react(channel, id, { user, name, add, at })
    await react(bo, 'heart', true, 1)
    await react(ana, 'rocket', true, 2)
    const third = await react(ana, 'heart', true, 3)
    expect(third.message.reactions).toEqual([
      {
        name: 'heart',
        users: [
          { id: bo, name: 'Bo' },
          { id: ana, name: 'Ana' },
        ],
        count: 2,
      },
      { name: 'rocket', users: [{ id: ana, name: 'Ana' }], count: 1 },
    ])
    expect(await react(ana, 'heart', true, 4)).toEqual({ ...third, changed: false })
    const less = await react(bo, 'heart', false, 5)
    expect(less.message.reactions.map(({ name, count }) => [name, count])).toEqual([
      ['rocket', 1],
      ['heart', 1],
    ])
    expect(await react(bo, 'heart', false, 6)).toEqual({ ...less, changed: false })
  })

  test('[ST21] a message takes a bounded number of different reactions, also when they come at once', async () => {
    await using stores = await open()
    const { rooms, ana, bo, channel } = await openChannel(stores)
    const { id } = (await rooms.post(messageIn(channel, ana))).message
    const react = (user: string, name: string) => refusalOf(rooms.react(channel, id, { user, name, add: true, at: 1 }))
    const codes = await Promise.all(
      Array.from({ length: limits.reactionsPerMessage + 3 }, (_, index) => react(ana, `r${index}`)),
    )
    expect(codes.filter((code) => code === 'too-large')).toHaveLength(3)
    expect(await react(bo, 'r0')).toBe('none')
    expect((await rooms.message(channel, id))?.reactions).toHaveLength(limits.reactionsPerMessage)
    expect((await rooms.channel(channel))?.head.offset).toBe(1 + limits.reactionsPerMessage + 1)
  })
})
