/** The contract of the account store, on every database. */

import { randomUUID } from 'node:crypto'
import { limits } from '@sallyport/protocol'
import { describe, expect, test } from 'vitest'
import { accessOf, backends, messageIn, refusalOf } from './store-harness.ts'

const newAccount = (email: string, role: 'user' | 'admin' = 'user') => ({
  id: randomUUID(),
  name: 'Ana',
  email,
  role,
  passwordHash: 'hash',
  at: 5_999,
})

describe.each(backends)('accounts on $name', ({ open }) => {
  test('an account is found by e-mail and by id, with times in seconds', async () => {
    await using stores = await open()
    const { accounts } = stores
    const account = await accounts.create(newAccount('ana@example.org'))
    expect(account).toEqual({
      id: account.id,
      name: 'Ana',
      email: 'ana@example.org',
      role: 'user',
      created_at: 5,
      last_active_at: null,
    })
    const credentials = { account, passwordHash: 'hash', tokensValidAfter: 0 }
    expect(await accounts.credentials('ana@example.org')).toEqual(credentials)
    expect(await accounts.credentialsById(account.id)).toEqual(credentials)
    expect(await accounts.credentials('bo@example.org')).toBeUndefined()
    expect(await accounts.credentialsById(randomUUID())).toBeUndefined()
  })

  test('[ST1] of accounts made at once with one e-mail address, one is stored and the others are a conflict', async () => {
    await using stores = await open()
    const made = await Promise.all(
      Array.from({ length: 8 }, () => refusalOf(stores.accounts.create(newAccount('ana@example.org')))),
    )
    expect(made.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'conflict'), 'none'])
    expect((await stores.accounts.list('', 1)).total).toBe(1)
  })

  test('[ST2] of first accounts made at once, exactly one is stored', async () => {
    await using stores = await open()
    const create = (email: string) => stores.accounts.create(newAccount(email, 'admin'), { onlyFirst: true })
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, index) => refusalOf(create(`user${index}@example.org`))),
    )
    expect(made.filter((code) => code === 'none')).toHaveLength(1)
    expect(made.filter((code) => code === 'conflict')).toHaveLength(7)
    expect((await stores.accounts.list('', 1)).total).toBe(1)
    expect(await stores.accounts.hasAdministrator()).toBe(true)
  })

  test('the standing of a person has the groups, and follows changes', async () => {
    await using stores = await open()
    const { accounts } = stores
    const ana = await stores.addUser('Ana')
    const group = await stores.addGroup('Crew', [ana.id])
    expect(await accounts.standing(ana.id)).toEqual({
      id: ana.id,
      name: 'Ana',
      role: 'user',
      groups: [group],
      tokensValidAfter: 0,
    })
    await accounts.update(ana.id, { name: 'Anna', role: 'pending', passwordHash: 'other', tokensValidAfter: 9_000 })
    expect(await accounts.standing(ana.id)).toMatchObject({ name: 'Anna', role: 'pending', tokensValidAfter: 9_000 })
    expect((await accounts.credentialsById(ana.id))?.passwordHash).toBe('other')
    expect(await accounts.update(ana.id, {})).toMatchObject({ name: 'Anna' })
    expect(await accounts.standing(randomUUID())).toBeUndefined()
    expect(await refusalOf(accounts.update(randomUUID(), { role: 'user' }))).toBe('not-found')
    expect(await refusalOf(accounts.delete(randomUUID()))).toBe('not-found')
  })

  test('[ST41] a password is replaced only where the one that was checked is still stored', async () => {
    await using stores = await open()
    const { accounts } = stores
    const ana = await stores.addUser('Ana')
    const replace = (passwordHash: string, checked = 'hash', at = 9_000) =>
      accounts.replacePassword(ana.id, { checked, passwordHash, at })
    const codes = await Promise.all(['a', 'b', 'c'].map((next) => refusalOf(replace(next))))
    expect(codes).toEqual(['none', 'invalid-credentials', 'invalid-credentials'])
    expect(await accounts.credentialsById(ana.id)).toMatchObject({ passwordHash: 'a', tokensValidAfter: 9_000 })
    const gone = accounts.replacePassword(randomUUID(), { checked: 'hash', passwordHash: 'x', at: 1 })
    expect(await refusalOf(gone)).toBe('invalid-credentials')
  })

  test('[ST42] each ending of all tokens is later than the one before, also when the clock is not', async () => {
    await using stores = await open()
    const { accounts } = stores
    const { id } = await stores.addUser('Ana')
    const end = async (at: number) => {
      await accounts.update(id, { tokensValidAfter: at })
      return (await accounts.standing(id))?.tokensValidAfter
    }
    expect([await end(9_000), await end(9_000), await end(4_000), await end(20_000)]).toEqual([
      9_000, 9_001, 9_002, 20_000,
    ])
    const replaced = await accounts.replacePassword(id, { checked: 'hash', passwordHash: 'other', at: 5_000 })
    expect(replaced).toMatchObject({ account: { id }, passwordHash: 'other', tokensValidAfter: 20_001 })
    await accounts.update(id, { name: 'Anna' })
    expect((await accounts.standing(id))?.tokensValidAfter, 'a new name ends nothing').toBe(20_001)
  })

  test('[ST3] the last administrator stays, also when all of them are changed and deleted at once', async () => {
    await using stores = await open()
    const { accounts } = stores
    const admins = await Promise.all(['a', 'b', 'c', 'd'].map((name) => stores.addUser(name, 'admin')))
    const codes = await Promise.all(
      admins.map(({ id }, index) =>
        refusalOf(index % 2 === 0 ? accounts.update(id, { role: 'user' }) : accounts.delete(id)),
      ),
    )
    expect(codes.toSorted()).toEqual(['conflict', 'none', 'none', 'none'])
    expect(await accounts.hasAdministrator()).toBe(true)
    const last = (await accounts.list('', 1)).items.find(({ role }) => role === 'admin')
    expect(await refusalOf(accounts.update(last?.id ?? '', { role: 'pending' }))).toBe('conflict')
    expect(await refusalOf(accounts.delete(last?.id ?? ''))).toBe('conflict')
    expect(await refusalOf(accounts.update(last?.id ?? '', { name: 'Root', role: 'admin' }))).toBe('none')
  })

  test('[ST4] a deleted account leaves its messages and notes, and takes memberships, grants and reactions with it', async () => {
    await using stores = await open()
    const { accounts, rooms } = stores
    const [ana, bo] = [await stores.addUser('Ana'), await stores.addUser('Bo')]
    const group = await stores.addGroup('Crew', [ana.id, bo.id])
    const { channel } = await stores.addChannel(bo.id, accessOf({ write: [ana.id, bo.id] }))
    const { note } = await stores.addNote(ana.id)
    const posted = await rooms.post(messageIn(channel.id, ana.id))
    await rooms.react(channel.id, posted.message.id, { user: ana.id, name: 'heart', add: true, at: 1 })
    await rooms.markRead(channel.id, ana.id, 1)
    await accounts.delete(ana.id)
    expect(await rooms.message(channel.id, posted.message.id)).toMatchObject({
      user: null,
      user_id: ana.id,
      content: 'hello',
      reactions: [],
    })
    expect(await rooms.note(note.id)).toMatchObject({ owner: null, note: { user_id: ana.id } })
    expect((await rooms.channel(channel.id))?.channel.access_control).toEqual(accessOf({ write: [bo.id] }))
    expect((await accounts.group(group))?.user_ids).toEqual([bo.id])
    expect(await accounts.standing(ana.id)).toBeUndefined()
  })

  test('[ST5] a search takes its text literally, and upper and lower case alike', async () => {
    await using stores = await open()
    const { accounts } = stores
    for (const name of ['Zoë', 'ÄNNE', '100% Bo', 'under_score', 'back\\slash']) await stores.addUser(name)
    await stores.addUser('Zoltan', 'pending')
    const names = async (query: string) => (await accounts.search(query, 30)).map(({ name }) => name)
    expect(await names('ZO')).toEqual(['Zoë'])
    expect(await names('änn')).toEqual(['ÄNNE'])
    expect(await names('%')).toEqual(['100% Bo'])
    expect(await names('_')).toEqual(['under_score'])
    expect(await names('\\')).toEqual(['back\\slash'])
    expect(await names("' or 1=1 --")).toEqual([])
    expect(await names('')).toEqual(['100% Bo', 'back\\slash', 'under_score', 'Zoë', 'ÄNNE'])
    expect(await accounts.search('', 2)).toHaveLength(2)
    expect((await accounts.list('zol', 1)).items.map(({ role }) => role)).toEqual(['pending'])
  })

  test('a list has pages, a total, and finds by e-mail too', async () => {
    await using stores = await open()
    const count = limits.page + 3
    await Promise.all(
      Array.from({ length: count }, (_, index) => stores.accounts.create(newAccount(`user${index}@example.org`))),
    )
    const [first, second, third] = [
      await stores.accounts.list('', 1),
      await stores.accounts.list('', 2),
      await stores.accounts.list('', 3),
    ]
    expect([first.total, first.items.length, second.items.length, third.items.length]).toEqual([
      count,
      limits.page,
      3,
      0,
    ])
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(count)
    expect((await stores.accounts.list('USER7@', 1)).items.map(({ email }) => email)).toEqual(['user7@example.org'])
  })

  test('people are those among the ids that exist, and being active only moves forward', async () => {
    await using stores = await open()
    const { accounts } = stores
    const ana = await stores.addUser('Ana')
    expect(await accounts.people([randomUUID(), ana.id, ana.id])).toEqual([{ id: ana.id, name: 'Ana', role: 'user' }])
    expect(await accounts.people([])).toEqual([])
    await accounts.touch(ana.id, 8_000)
    await accounts.touch(ana.id, 7_000)
    await accounts.touch(randomUUID(), 7_000)
    expect((await accounts.credentialsById(ana.id))?.account.last_active_at).toBe(8)
  })

  test('groups hold the members that exist, once each, and go with their grants', async () => {
    await using stores = await open()
    const { accounts, rooms } = stores
    const [ana, bo] = [await stores.addUser('Ana'), await stores.addUser('Bo')]
    const id = randomUUID()
    const made = await accounts.createGroup({ id, name: 'Crew', description: 'All hands', at: 2_000 })
    expect(made).toEqual({ id, name: 'Crew', description: 'All hands', user_ids: [], created_at: 2, updated_at: 2 })
    const { group, changed } = await accounts.updateGroup(id, {
      name: 'Team',
      add: [ana.id, bo.id, ana.id, randomUUID()],
      at: 3_000,
    })
    expect(changed.toSorted()).toEqual([ana.id, bo.id].toSorted())
    expect(group).toMatchObject({
      name: 'Team',
      description: 'All hands',
      updated_at: 3,
      user_ids: [ana.id, bo.id].toSorted(),
    })
    const again = await accounts.updateGroup(id, { add: [ana.id], remove: [bo.id, randomUUID()], at: 4_000 })
    expect(again.changed, 'who was in already, or never, did not change').toEqual([bo.id])
    expect((await accounts.group(id))?.user_ids).toEqual([ana.id])
    expect((await accounts.groups()).map(({ name, user_ids }) => ({ name, user_ids }))).toEqual([
      { name: 'Team', user_ids: [ana.id] },
    ])
    const { channel } = await stores.addChannel(bo.id, accessOf({ readGroups: [id] }))
    expect(await accounts.deleteGroup(id)).toEqual([ana.id])
    expect(await accounts.group(id)).toBeUndefined()
    expect((await accounts.standing(ana.id))?.groups).toEqual([])
    expect((await rooms.access('channel', channel.id))?.access).toEqual(accessOf({}))
    expect(await refusalOf(accounts.deleteGroup(id))).toBe('not-found')
    expect(await refusalOf(accounts.updateGroup(id, { name: 'x', at: 1 }))).toBe('not-found')
  })
})

describe.each(backends)('revoked tokens on $name', ({ open }) => {
  test('[ST6] a revoked token stays revoked until its time is over', async () => {
    await using stores = await open()
    const { sessions } = stores
    expect(await sessions.isRevoked('a')).toBe(false)
    await sessions.revoke('a', 5_000)
    await sessions.revoke('a', 3_000)
    await sessions.revoke('b', 9_000)
    expect(await sessions.isRevoked('a')).toBe(true)
    await sessions.sweep(4_000)
    expect(await sessions.isRevoked('a')).toBe(true)
    await sessions.sweep(5_000)
    expect([await sessions.isRevoked('a'), await sessions.isRevoked('b')]).toEqual([false, true])
  })
})
