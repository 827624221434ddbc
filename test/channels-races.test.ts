/** What happens when several change a channel at once, and what nobody can make of it. */
import { createEncoder, toUint8Array, writeVarString, writeVarUint } from 'lib0/encoding'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Connected } from './harness/connection.ts'
import type { Person } from './harness/person.ts'
import { startServer } from './harness/start-server.ts'

const members = (person: Person, channel: string, change: 'add' | 'remove', ids: object) =>
  person.request('POST', `/api/v1/channels/${channel}/update/members/${change}`, ids)

const group = (person: Person, others: readonly Person[]) =>
  person.channel({ type: 'group', name: 'crew', access_control: undefined, user_ids: others.map(({ id }) => id) })

/** The text of a new note as a Yjs update of the given client. */
function updateOf(client: number, text: string): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = client
  doc.getXmlFragment('prosemirror').insert(0, [new Y.XmlText(text)])
  return Y.encodeStateAsUpdate(doc)
}

/** Awareness of one client as y-protocols has it. */
function caretOf(client: number, clock: number): Uint8Array {
  const encoder = createEncoder()
  for (const value of [1, client, clock]) writeVarUint(encoder, value)
  writeVarString(encoder, '{"user":{}}')
  return toUint8Array(encoder)
}

async function opened(person: Person, document_id: string): Promise<Connected> {
  const connection = await person.connect({ binary: true })
  await connection.ok('ydoc:document:join', { document_id })
  return connection
}

test('[CH10] who was taken out is out, whoever else is let in at the same time', async () => {
  await using server = await startServer()
  const [ana, bo, cy] = [await server.person('Ana'), await server.person('Bo'), await server.person('Cy')]
  for (let round = 0; round < 8; round += 1) {
    const channel = await group(ana, [bo])
    const answers = await Promise.all([
      members(ana, channel, 'remove', { user_ids: [bo.id] }),
      members(ana, channel, 'add', { user_ids: [cy.id] }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect((await cy.request('GET', `/api/v1/channels/${channel}`)).status).toBe(200)
    expect((await bo.request('GET', `/api/v1/channels/${channel}`)).status).toBe(404)
  }
})

test('[CH10] adding and removing again is told once each to the one concerned', async () => {
  await using server = await startServer()
  const [ana, bo] = [await server.person('Ana'), await server.person('Bo')]
  const channel = await group(ana, [])
  await using b = await bo.join()
  await members(ana, channel, 'add', { user_ids: [bo.id] })
  await members(ana, channel, 'add', { user_ids: [bo.id] })
  await members(ana, channel, 'remove', { user_ids: [bo.id] })
  await b.next('events:channel', ({ data }) => data.type === 'channel:deleted')
  expect(b.all('events:channel').map(({ data }) => data.type)).toEqual([
    'channel:created',
    'channel:updated',
    'channel:deleted',
  ])
})

test('[CH11] an access list has its bound also when it grows by many requests', async () => {
  await using server = await startServer({ RATE_LIMIT_BURST: '100000', RATE_LIMIT_PER_SECOND: '100000' })
  const { admin } = server
  const channel = await group(admin, [])
  const people = await Promise.all(Array.from({ length: 6 }, (_, index) => server.person(`P${index}`)))
  const ids = people.map(({ id }) => id)
  const full = await Promise.all(
    Array.from({ length: 500 }, (_, index) =>
      admin.post('/api/v1/groups/create', { name: `g${index}` }).then((made) => made['id'] as string),
    ),
  )
  const [first = '', ...rest] = full
  expect((await members(admin, channel, 'add', { user_ids: ids, group_ids: rest })).status).toBe(200)
  expect((await members(admin, channel, 'add', { user_ids: [], group_ids: [first] })).status).toBe(200)
  const more = (await admin.post('/api/v1/groups/create', { name: 'one more' }))['id']
  const refused = await members(admin, channel, 'add', { user_ids: [], group_ids: [more] })
  expect([refused.status, refused.body.code]).toEqual([413, 'too-large'])
  const { access_control } = await admin.get(`/api/v1/channels/${channel}`)
  expect(access_control.write.group_ids).toHaveLength(500)
  expect(access_control.write.group_ids).not.toContain(more)
  expect(access_control.write.user_ids).toEqual(ids)
})

test('[CH12] a group channel is never public; a direct channel stays for its people', async () => {
  await using server = await startServer()
  const [ana, bo, cy] = [await server.person('Ana'), await server.person('Bo'), await server.person('Cy')]
  const channel = await group(ana, [bo])
  const open = await ana.request('POST', `/api/v1/channels/${channel}/update`, { name: 'open', access_control: null })
  expect([open.body.code, open.body.issues?.[0]?.path]).toEqual(['invalid-input', 'access_control'])
  expect((await cy.request('GET', `/api/v1/channels/${channel}`)).status).toBe(404)
  expect((await bo.get(`/api/v1/channels/${channel}`)).name).toBe('crew')
  const direct = await ana.channel({ type: 'dm', name: '', access_control: undefined, user_ids: [bo.id] })
  for (const change of ['add', 'remove'] as const) {
    const answer = await members(ana, direct, change, { user_ids: [change === 'add' ? cy.id : bo.id] })
    expect(answer.body.code).toBe('forbidden')
  }
  expect((await cy.request('GET', `/api/v1/channels/${direct}`)).status).toBe(404)
  const everyone = await ana.channel()
  expect((await members(ana, everyone, 'add', { user_ids: [cy.id] })).body.code).toBe('conflict')
  const control = await ana.request('POST', `/api/v1/channels/${everyone}/update`, { access_control: null })
  expect(control.status).toBe(200)
})

test('[CH13] a reply answers a message of the channel and not another reply, over both doors', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const channel = await ana.channel()
  await using a = await ana.join()
  const post = (content: string, parent_id?: string) =>
    a.send('channel:post', { channel_id: channel, content, ...(parent_id === undefined ? {} : { parent_id }) })
  const root = (await post('root')).value.message
  const reply = (await post('reply', root.id)).value.message
  const nested = await post('nested', reply.id)
  expect([nested.error?.code, nested.error?.issues?.[0]?.path]).toEqual(['invalid-input', 'parent_id'])
  const path = `/api/v1/channels/${channel}/messages/post`
  expect((await ana.request('POST', path, { content: 'nested', parent_id: reply.id })).body.code).toBe('invalid-input')
  const unknown = await post('lost', crypto.randomUUID())
  expect(unknown.error?.code).toBe('not-found')
  expect((await ana.post(path, { content: 'second', parent_id: root.id }))['parent_id']).toBe(root.id)
  const thread = await ana.get(`/api/v1/channels/${channel}/messages/${root.id}/thread`)
  expect(thread.map(({ content }: { content: string }) => content)).toEqual(['second', 'reply', 'root'])
})

test('[NO30] a reader who shows the client id of a writer does not lock them out, and nobody else writes with it', async () => {
  await using server = await startServer()
  const [ana, wil, rea] = [await server.person('Ana'), await server.person('Wil'), await server.person('Rea')]
  const note = await ana.note({
    access_control: { read: { user_ids: [rea.id] }, write: { user_ids: [wil.id] } },
  })
  const document_id = `note:${note}`
  await using reader = await opened(rea, document_id)
  const gone = await opened(wil, document_id)
  await gone.ok('ydoc:awareness:update', { document_id, update: caretOf(777, 1) })
  await gone.close()
  await reader.next('ydoc:user:left')
  const shown = await reader.send('ydoc:awareness:update', { document_id, update: caretOf(777, 5) })
  expect(shown.error?.code).toBe('invalid-input')
  expect((await reader.send('ydoc:awareness:update', { document_id, update: caretOf(888, 1) })).ok).toBe(true)
  await using other = await opened(ana, document_id)
  const stolen = await other.send('ydoc:document:update', { document_id, update: updateOf(777, 'stolen') })
  expect(stolen.error?.code).toBe('invalid-update')
  await using writer = await opened(wil, document_id)
  await writer.ok('ydoc:document:update', { document_id, update: updateOf(777, 'honest') })
  await writer.ok('ydoc:awareness:update', { document_id, update: caretOf(777, 9) })
})
