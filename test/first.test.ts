import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { startServer } from './harness/start-server.ts'

test('[GW1] a message reaches the others of a channel', async () => {
  await using server = await startServer()
  const ana = await server.person('Ana')
  const bo = await server.person('Bo')
  const channel = await ana.channel()
  await using a = await ana.join()
  await using b = await bo.join()
  const { message, offset } = await a.ok('channel:post', { channel_id: channel, content: 'hello' })
  expect(offset).toBe(1)
  const seen = await b.next('events:channel', (payload) => payload.data.type === 'message')
  expect(seen.data.data.content).toBe('hello')
  expect(seen.data.data.id).toBe(message.id)
  const note = await ana.note({ access_control: { write: { user_ids: [bo.id] } } })
  console.log(
    await a.ok('ydoc:document:join', { document_id: `note:${note}` }),
    await b.ok('ydoc:document:join', { document_id: `note:${note}` }),
  )
  console.log(JSON.stringify(await a.next('ydoc:document:state')), JSON.stringify(await b.next('ydoc:document:state')))
  const doc = new Y.Doc()
  const p = new Y.XmlElement('paragraph')
  p.insert(0, [new Y.XmlText('hi there')])
  doc.getXmlFragment('prosemirror').insert(0, [p])
  console.log(
    await a.send('ydoc:document:update', {
      document_id: `note:${note}`,
      update: Array.from(Y.encodeStateAsUpdate(doc)),
    }),
  )
  console.log(await b.next('ydoc:document:update'))
  console.log(await b.send('nope', {}), await b.send('channel:post', { channel_id: 3 }))
})
