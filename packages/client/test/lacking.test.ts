/** What the server lacks of a document. */
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { lacking } from '../src/lacking.ts'

/** A document with text of which a part was deleted, and a server that has all of it. */
function pair(): { readonly document: Y.Doc; readonly server: Y.Doc } {
  const document = new Y.Doc()
  document.getText('t').insert(0, 'hello world')
  document.getText('t').delete(2, 3)
  const server = new Y.Doc()
  Y.applyUpdate(server, Y.encodeStateAsUpdate(document))
  return { document, server }
}

/** The server's answer to the state vector of the document, taken into the document. */
function answer(document: Y.Doc, server: Y.Doc) {
  const state = Y.encodeStateAsUpdate(server, Y.encodeStateVector(document))
  Y.applyUpdate(document, state)
  return { state, stateVector: Y.encodeStateVector(server) }
}

test('[CL11] a server that has everything is sent nothing, also when there are deletions', () => {
  const { document, server } = pair()
  expect(lacking(document, answer(document, server))).toBeUndefined()
  server.getText('t').insert(0, 'x')
  server.getText('t').delete(3, 2)
  expect(lacking(document, answer(document, server))).toBeUndefined()
})

test('[CL11] text that the server lacks is found', () => {
  const { document, server } = pair()
  document.getText('t').insert(3, 'offline ')
  const update = lacking(document, answer(document, server))
  Y.applyUpdate(server, update as Uint8Array)
  expect(server.getText('t').toString()).toBe(document.getText('t').toString())
})

test('[CL11] a deletion alone is found', () => {
  const { document, server } = pair()
  document.getText('t').delete(0, 1)
  const update = lacking(document, answer(document, server))
  Y.applyUpdate(server, update as Uint8Array)
  expect(server.getText('t').toString()).toBe(document.getText('t').toString())
})

test('[CL11] an empty document lacks nothing of an empty one', () => {
  const document = new Y.Doc()
  expect(lacking(document, answer(document, new Y.Doc()))).toBeUndefined()
})
