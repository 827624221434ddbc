/** The contract of the room store for channels, notes and access lists, on every database. */

import { randomUUID } from 'node:crypto'
import { limits } from '@sallyport/protocol'
import { describe, expect, test } from 'vitest'
import { accessOf, backends, messageIn, refusalOf } from './store-harness.ts'

describe.each(backends)('channels on $name', ({ open }) => {
  test('a channel comes back as it was made, with times in nanoseconds', async () => {
    await using stores = await open()
    const ana = await stores.addUser('Ana')
    const made = await stores.addChannel(ana.id, null)
    expect(made).toEqual({
      channel: {
        id: made.channel.id,
        user_id: ana.id,
        type: 'standard',
        name: 'general',
        description: '',
        access_control: null,
        created_at: 1_000_000_000,
        updated_at: 1_000_000_000,
      },
      head: { epoch: 'e1', offset: 0 },
      lastMessageAt: null,
    })
    expect(await stores.rooms.channel(made.channel.id)).toEqual(made)
    expect(await stores.rooms.channel(randomUUID())).toBeUndefined()
  })

  test('[ST7] an access list comes back as it was written: in order, each once, without those that do not exist', async () => {
    await using stores = await open()
    const users = await Promise.all(['c', 'a', 'b'].map(async (name) => (await stores.addUser(name)).id))
    const groups = [await stores.addGroup('z', []), await stores.addGroup('y', [])]
    const [first = '', second = ''] = users
    const access = accessOf({
      read: [...users, first, randomUUID()],
      write: [second, randomUUID(), first],
      readGroups: [...groups, randomUUID()],
      writeGroups: groups.toReversed(),
    })
    const stored = accessOf({
      read: users,
      write: [second, first],
      readGroups: groups,
      writeGroups: groups.toReversed(),
    })
    const { channel } = await stores.addChannel(first, access)
    expect(channel.access_control).toEqual(stored)
    expect(await stores.rooms.access('channel', channel.id)).toEqual({
      kind: 'channel',
      id: channel.id,
      owner: first,
      access: stored,
    })
    for (const next of [null, accessOf({}), accessOf({ write: [second] })]) {
      expect((await stores.rooms.updateChannel(channel.id, { access: next, at: 2 })).channel.access_control).toEqual(
        next,
      )
      expect((await stores.rooms.access('channel', channel.id))?.access).toEqual(next)
    }
    // An id of one kind is never taken for the other.
    const mixed = await stores.rooms.updateChannel(channel.id, {
      access: accessOf({ read: groups, readGroups: users }),
      at: 2,
    })
    expect(mixed.channel.access_control).toEqual(accessOf({}))
    expect(await stores.rooms.access('note', channel.id)).toBeUndefined()
  })

  test('[ST8] a list holds exactly what the reader owns or was given', async () => {
    await using stores = await open()
    const { rooms } = stores
    const [ana, bo] = [await stores.addUser('Ana'), await stores.addUser('Bo')]
    const group = await stores.addGroup('Crew', [bo.id])
    const lists = {
      own: accessOf({}),
      everyone: null,
      named: accessOf({ read: [bo.id] }),
      byGroup: accessOf({ writeGroups: [group] }),
    }
    const channels: Record<string, string> = {}
    const notes: Record<string, string> = {}
    for (const [name, access] of Object.entries(lists)) {
      channels[name] = (await stores.addChannel(ana.id, access)).channel.id
      notes[name] = (await stores.addNote(ana.id, access)).note.id
    }
    const seen = async (id: string, groups: string[], all = false) => {
      const listed = await rooms.channels({ id, groups, all })
      const listedNotes = await rooms.notes({ id, groups, all }, 1)
      const names = Object.keys(lists).filter((name) => listed.some(({ channel }) => channel.id === channels[name]))
      expect(Object.keys(lists).filter((name) => listedNotes.some(({ note }) => note.id === notes[name]))).toEqual(
        names,
      )
      expect(listed).toHaveLength(names.length)
      for (const { channel } of listed) expect(channel).toEqual((await rooms.channel(channel.id))?.channel)
      return names
    }
    expect(await seen(ana.id, [])).toEqual(['own', 'everyone', 'named', 'byGroup'])
    expect(await seen(bo.id, [group])).toEqual(['everyone', 'named', 'byGroup'])
    expect(await seen(bo.id, [])).toEqual(['everyone', 'named'])
    expect(await seen(randomUUID(), [randomUUID()])).toEqual(['everyone'])
    expect(await seen(randomUUID(), [], true)).toEqual(['own', 'everyone', 'named', 'byGroup'])
  })

  test('[ST9] the same participants get one direct channel, also when it is made many times at once', async () => {
    await using stores = await open()
    const [ana, bo] = [await stores.addUser('Ana'), await stores.addUser('Bo')]
    const directKey = [ana.id, bo.id].toSorted().join(',')
    const make = () =>
      stores.rooms.createChannel({
        id: randomUUID(),
        user: ana.id,
        type: 'dm',
        name: '',
        description: '',
        access: accessOf({ write: [ana.id, bo.id] }),
        epoch: randomUUID(),
        at: 1,
        directKey,
      })
    const made = await Promise.all(Array.from({ length: 6 }, make))
    expect(made.filter(({ created }) => created)).toHaveLength(1)
    expect(new Set(made.map(({ channel }) => JSON.stringify(channel))).size).toBe(1)
    expect(await stores.rooms.channels({ id: ana.id, groups: [], all: true })).toHaveLength(1)
  })

  test('a channel is renamed without losing its access list, and what is missing is not found', async () => {
    await using stores = await open()
    const { rooms } = stores
    const ana = await stores.addUser('Ana')
    const { channel } = await stores.addChannel(ana.id, accessOf({ read: [ana.id] }))
    const renamed = await rooms.updateChannel(channel.id, { name: 'ops', description: 'On call', at: 7 })
    expect(renamed.channel).toEqual({ ...channel, name: 'ops', description: 'On call', updated_at: 7_000_000 })
    const codes = [
      rooms.updateChannel(randomUUID(), { name: 'x', at: 1 }),
      rooms.deleteChannel(randomUUID()),
      rooms.markRead(randomUUID(), ana.id, 1),
      rooms.markRead(channel.id, randomUUID(), 1),
    ]
    expect(await Promise.all(codes.map(refusalOf))).toEqual(Array.from({ length: 4 }, () => 'not-found'))
  })

  test('[ST38] members are added behind the others and taken out of both lists, all changes at once hold', async () => {
    await using stores = await open()
    const { rooms } = stores
    const users = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(async (name) => (await stores.addUser(name)).id))
    const [a = '', b = '', c = '', d = '', e = ''] = users
    const crew = await stores.addGroup('Crew', [])
    const { channel } = await stores.addChannel(a, accessOf({ read: [b, c], write: [d] }))
    const change = (add: boolean, user_ids: string[], group_ids: string[] = []) =>
      rooms.changeMembers(channel.id, { add, user_ids, group_ids, at: 5 })
    const accessNow = async () => (await rooms.access('channel', channel.id))?.access
    const before = await change(true, [e, c, randomUUID()], [crew, b])
    expect(before).toEqual({
      kind: 'channel',
      id: channel.id,
      owner: a,
      access: accessOf({ read: [b, c], write: [d] }),
    })
    expect(await accessNow()).toEqual(accessOf({ read: [b], write: [d, e, c], writeGroups: [crew] }))
    await Promise.all([change(false, [d, b]), change(true, [a]), change(false, [], [crew]), change(true, [e])])
    expect(await accessNow()).toEqual(accessOf({ write: [c, a, e] }))
    expect((await rooms.channel(channel.id))?.channel.updated_at).toBe(5_000_000)
    await change(false, users)
    await change(true, [b])
    await change(false, [], [])
    expect(await accessNow()).toEqual(accessOf({ write: [b] }))
    await rooms.updateChannel(channel.id, { access: null, at: 6 })
    expect(await refusalOf(change(true, [c]))).toBe('conflict')
    expect(await accessNow()).toBeNull()
    const missing = { add: true, user_ids: [b], group_ids: [], at: 1 }
    expect(await refusalOf(rooms.changeMembers(randomUUID(), missing))).toBe('not-found')
  })

  test('[ST10] unread messages are those of others after the reading mark, which only moves forward', async () => {
    await using stores = await open()
    const { rooms } = stores
    const [ana, bo] = [await stores.addUser('Ana'), await stores.addUser('Bo')]
    const { channel } = await stores.addChannel(ana.id, null)
    const last = await rooms.post(messageIn(channel.id, ana.id, { at: 10 }))
    await rooms.post(messageIn(channel.id, ana.id, { at: 20 }))
    await rooms.post(messageIn(channel.id, bo.id, { at: 30 }))
    const unread = async (user: string) => (await rooms.readerChannel(channel.id, user))?.unread
    expect([await unread(ana.id), await unread(bo.id)]).toEqual([1, 2])
    await rooms.markRead(channel.id, bo.id, 10)
    await rooms.markRead(channel.id, bo.id, 5)
    expect(await rooms.readerChannel(channel.id, bo.id)).toMatchObject({
      unread: 1,
      lastReadAt: 10_000_000,
      lastMessageAt: 30_000_000,
    })
    const third = await rooms.post(messageIn(channel.id, ana.id, { at: 40 }))
    await rooms.remove(channel.id, third.message.id, 50)
    expect(await rooms.readerChannel(channel.id, bo.id)).toMatchObject({ unread: 1, lastMessageAt: 30_000_000 })
    expect((await rooms.channels({ id: bo.id, groups: [], all: false }))[0]).toEqual(
      await rooms.readerChannel(channel.id, bo.id),
    )
    expect(await rooms.readerChannel(randomUUID(), bo.id)).toBeUndefined()
    expect(last.changed).toBe(true)
  })

  test('[ST11] deleting a channel or a note deletes everything under it', async () => {
    await using stores = await open()
    const { rooms, database } = stores
    const ana = await stores.addUser('Ana')
    const { channel } = await stores.addChannel(ana.id, null)
    const { note } = await stores.addNote(ana.id, accessOf({ read: [ana.id] }))
    const { message } = await rooms.post(messageIn(channel.id, ana.id))
    await rooms.react(channel.id, message.id, { user: ana.id, name: 'heart', add: true, at: 1 })
    await rooms.markRead(channel.id, ana.id, 1)
    await stores.documents.append(note.id, { update: Uint8Array.of(1), user: ana.id, clients: [1], at: 1 })
    await stores.documents.compact(note.id, { offset: 1, state: Uint8Array.of(2), at: 1 })
    await stores.documents.append(note.id, { update: Uint8Array.of(3), user: ana.id, clients: [], at: 1 })
    await rooms.deleteChannel(channel.id)
    await rooms.deleteNote(note.id)
    const tables = [
      'channels',
      'messages',
      'reactions',
      'channel_reads',
      'notes',
      'documents',
      'document_snapshots',
      'document_updates',
      'document_clients',
      'grants',
    ] as const
    for (const table of tables)
      expect([table, await database.db.selectFrom(table).selectAll().execute()]).toEqual([table, []])
    expect(await refusalOf(rooms.post(messageIn(channel.id, ana.id)))).toBe('not-found')
  })
})

describe.each(backends)('notes on $name', ({ open }) => {
  test('a note comes back as it was made, renamed and shared', async () => {
    await using stores = await open()
    const { rooms } = stores
    const ana = await stores.addUser('Ana')
    const made = await stores.addNote(ana.id, null)
    expect(made).toEqual({
      note: {
        id: made.note.id,
        user_id: ana.id,
        title: 'Plan',
        data: null,
        meta: null,
        access_control: null,
        created_at: 1_000_000_000,
        updated_at: 1_000_000_000,
      },
      owner: { id: ana.id, name: 'Ana', role: 'user' },
    })
    expect(await rooms.note(made.note.id)).toEqual(made)
    expect((await rooms.updateNote(made.note.id, { title: 'Plan B', at: 2_000 })).note).toMatchObject({
      title: 'Plan B',
      access_control: null,
      updated_at: 2_000_000_000,
    })
    const access = accessOf({ write: [ana.id] })
    expect((await rooms.updateNote(made.note.id, { access, at: 2_000 })).note).toMatchObject({
      title: 'Plan B',
      access_control: access,
    })
    expect(await rooms.access('note', made.note.id)).toEqual({ kind: 'note', id: made.note.id, owner: ana.id, access })
    expect(await rooms.note(randomUUID())).toBeUndefined()
    expect(await rooms.access('note', randomUUID())).toBeUndefined()
    expect(await refusalOf(rooms.updateNote(randomUUID(), { title: 'x', at: 1 }))).toBe('not-found')
    expect(await refusalOf(rooms.deleteNote(randomUUID()))).toBe('not-found')
  })

  test('[ST12] notes are listed in pages, the last edited first', async () => {
    await using stores = await open()
    const { rooms, documents } = stores
    const ana = await stores.addUser('Ana')
    const count = limits.page + 2
    const made = await Promise.all(
      Array.from({ length: count }, (_, index) =>
        rooms.createNote({ id: randomUUID(), user: ana.id, title: `n${index}`, access: null, epoch: 'e', at: index }),
      ),
    )
    await documents.append(made[5]?.note.id ?? '', { update: Uint8Array.of(1), user: ana.id, clients: [], at: 9_000 })
    await rooms.updateNote(made[7]?.note.id ?? '', { title: 'renamed', at: 8_000 })
    const reader = { id: ana.id, groups: [], all: false }
    const [first, second] = [await rooms.notes(reader, 1), await rooms.notes(reader, 2)]
    expect(first.slice(0, 3).map(({ note }) => note.title)).toEqual(['n5', 'renamed', `n${count - 1}`])
    expect(first[0]?.note.updated_at).toBe(9_000_000_000)
    expect([first.length, second.length]).toEqual([limits.page, 2])
    expect(new Set([...first, ...second].map(({ note }) => note.id)).size).toBe(count)
    expect(second.every(({ note }) => note.access_control === null)).toBe(true)
  })
})
