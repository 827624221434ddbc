/** Rights that are taken away while they are in use: whoever takes them and is answered sees nothing of theirs come after. */
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { storedIn } from './harness/refusal.ts'
import { startServer } from './harness/start-server.ts'

const generous = { RATE_LIMIT_BURST: '1000000', RATE_LIMIT_PER_SECOND: '1000000' }
const countOf = (stored: Record<string, string>, table: string) => Number(stored[table]?.split(' ')[0])

/** Updates of one client, each adding a paragraph. */
function updates(count: number): Uint8Array[] {
  const doc = new Y.Doc()
  const made: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => made.push(update))
  for (let i = 0; i < count; i += 1) {
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.insert(0, [new Y.XmlText(`p${i}`)])
    doc.getXmlFragment('prosemirror').insert(i, [paragraph])
  }
  return made
}

test('[RI1] no edit is stored after the answer to who withdrew the right to write', async () => {
  await using server = await startServer(generous)
  for (let round = 0; round < 5; round += 1) {
    const bo = await server.person('Bo')
    const note = await server.admin.note({ access_control: { write: { user_ids: [bo.id] } } })
    await using b = await bo.join({ binary: true })
    await b.ok('ydoc:document:join', { document_id: `note:${note}` })
    const sent = updates(800)
    const before = countOf(storedIn(server), 'document_updates')
    const first = b.ok('ydoc:document:update', { document_id: `note:${note}`, update: sent[0] })
    const acks = sent.slice(1).map((update) => b.send('ydoc:document:update', { document_id: `note:${note}`, update }))
    await first
    // A busy database makes the moment longer in which rights are read anew.
    const busy = Array.from({ length: 150 }, () => server.admin.get('/api/v1/users/search?query='))
    await server.admin.post(`/api/v1/notes/${note}/update`, { access_control: { read: { user_ids: [bo.id] } } })
    const atAnswer = countOf(storedIn(server), 'document_updates')
    const answers = await Promise.all(acks)
    await Promise.all(busy)
    expect(answers.at(-1)?.error?.code, 'the change came in the midst of the edits').toBe('forbidden')
    expect(countOf(storedIn(server), 'document_updates')).toBe(atAnswer)
    expect(answers.filter(({ ok }) => ok).length + 1, 'what was stored was acknowledged').toBe(atAnswer - before)
  }
})

test('[RI1] no message is posted after the answer to who took somebody out, over either door', async () => {
  await using server = await startServer(generous)
  const bo = await server.person('Bo')
  const channel = await server.admin.channel({ name: 'team', access_control: { write: { user_ids: [bo.id] } } })
  await using b = await bo.join()
  const posts = Array.from({ length: 400 }, (_, i) => b.send('channel:post', { channel_id: channel, content: `s${i}` }))
  const calls = Array.from({ length: 30 }, (_, i) =>
    bo.request('POST', `/api/v1/channels/${channel}/messages/post`, { content: `h${i}` }),
  )
  await posts[0]
  await server.admin.post(`/api/v1/channels/${channel}/update/members/remove`, { user_ids: [bo.id] })
  const atAnswer = countOf(storedIn(server), 'messages')
  const answers = await Promise.all(posts)
  await Promise.all(calls)
  expect(answers.at(-1)?.error?.code).toBe('not-found')
  expect(countOf(storedIn(server), 'messages')).toBe(atAnswer)
})

test('[RI2] nothing said after the answer reaches who was taken out, by event, resume or state', async () => {
  await using server = await startServer(generous)
  const { admin } = server
  const bo = await server.person('Bo')
  const open = await admin.channel({ name: 'open' })
  await using a = await admin.join({ binary: true })
  for (let round = 0; round < 5; round += 1) {
    const channel = await admin.channel({ name: 'team', access_control: { read: { user_ids: [bo.id] } } })
    const note = await admin.note({ access_control: { read: { user_ids: [bo.id] } } })
    await using b = await bo.join()
    await b.ok('ydoc:document:join', { document_id: `note:${note}` })
    await a.ok('ydoc:document:join', { document_id: `note:${note}` })
    const asked: Promise<unknown>[] = []
    for (let i = 0; i < 150; i += 1) {
      asked.push(
        b.send('channel:resume', { channel_id: channel, since: 0 }),
        b.send('ydoc:document:state', { document_id: `note:${note}` }),
      )
    }
    await asked[0]
    await admin.post(`/api/v1/channels/${channel}/update/members/remove`, { user_ids: [bo.id] })
    await admin.post(`/api/v1/notes/${note}/update`, { access_control: {} })
    await a.ok('channel:post', { channel_id: channel, content: 'SECRET' })
    const doc = new Y.Doc()
    doc.getXmlFragment('prosemirror').insert(0, [new Y.XmlElement('secretheading')])
    await a.ok('ydoc:document:update', { document_id: `note:${note}`, update: Y.encodeStateAsUpdate(doc) })
    const answers = await Promise.all(asked)
    const sentinel = await a.ok('channel:post', { channel_id: open, content: `sentinel ${round}` })
    await b.next('events:channel', ({ message_id }) => message_id === sentinel.message.id)
    expect(JSON.stringify(answers)).not.toContain('SECRET')
    expect(JSON.stringify(b.received)).not.toContain('SECRET')
    const bytes = Buffer.from('secretheading').join(',')
    expect(JSON.stringify(b.received)).not.toContain(bytes)
  }
})

test('[RI3] a group that is left, a role and an account that are lost end what they allowed before the answer', async () => {
  await using server = await startServer(generous)
  const { admin } = server
  const group = (await admin.post('/api/v1/groups/create', { name: 'editors' }))['id']
  const channel = await admin.channel({ name: 'editors', access_control: { write: { group_ids: [group] } } })
  for (const act of ['group', 'role', 'account'] as const) {
    const bo = await server.person('Bo')
    await admin.post(`/api/v1/groups/id/${group}/users/add`, { user_ids: [bo.id] })
    await using b = await bo.join()
    const posts = Array.from({ length: 200 }, (_, i) =>
      b.send('channel:post', { channel_id: channel, content: `${act} ${i}` }).catch(() => undefined),
    )
    await posts[0]
    if (act === 'group') await admin.post(`/api/v1/groups/id/${group}/users/remove`, { user_ids: [bo.id] })
    else if (act === 'role') await admin.post(`/api/v1/users/${bo.id}/update`, { role: 'pending' })
    else await admin.delete(`/api/v1/users/${bo.id}`)
    const atAnswer = countOf(storedIn(server), 'messages')
    if (act === 'group') await Promise.all(posts)
    else await b.ended
    await admin.post(`/api/v1/channels/${channel}/update`, { description: act })
    expect(countOf(storedIn(server), 'messages'), act).toBe(atAnswer)
    await b.close()
  }
})

test('[RI4] what a group gives and takes appears in and goes from open lists', async () => {
  await using server = await startServer()
  const { admin } = server
  const bo = await server.person('Bo')
  const group = (await admin.post('/api/v1/groups/create', { name: 'editors' }))['id']
  const access_control = { write: { group_ids: [group] } }
  const channel = await admin.channel({ name: 'editors', access_control })
  const note = await admin.note({ access_control })
  await using b = await bo.join()
  await admin.post(`/api/v1/groups/id/${group}/users/add`, { user_ids: [bo.id] })
  expect(await b.next('events:channel', ({ data }) => data.type === 'channel:created')).toMatchObject({
    data: { channel_id: channel },
  })
  expect(await b.next('events:note')).toEqual({ type: 'note:created', id: note })
  await admin.post(`/api/v1/groups/id/${group}/users/remove`, { user_ids: [bo.id] })
  expect(await b.next('events:channel', ({ data }) => data.type === 'channel:deleted')).toMatchObject({
    data: { channel_id: channel },
  })
  expect(await b.next('events:note', ({ type }) => type === 'note:deleted')).toEqual({ type: 'note:deleted', id: note })
})
