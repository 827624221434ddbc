/** What the provider does when something is wrong, against a server that does what the test says. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { Awareness, applyAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { type Client, connect } from '../src/client.ts'
import type { SallyportError } from '../src/error.ts'
import { NoteProvider } from '../src/note-provider.ts'
import { startProxy } from './support/proxy.ts'
import { type Answer, never, report, type ScriptedServer, startScripted } from './support/scripted-server.ts'
import { holds, reaches, waitFor } from './support/wait-for.ts'

const note = '00000000-0000-4000-8000-0000000000d1'
const documentId = `note:${note}`

interface Scripted extends ScriptedServer {
  /** What the server has. */
  readonly truth: Y.Doc
  /** Sends the state of the truth to everybody; `state` replaces it. */
  sendState(state?: Uint8Array): void
  offset: number
}

/** A server with one document. It does not check anything. */
async function startNotes(level: 'read' | 'write', answers: Record<string, Answer> = {}): Promise<Scripted> {
  const truth = new Y.Doc()
  const server: Scripted = Object.assign(
    await startScripted({
      'ydoc:document:join': () => {
        server.sendState()
        return { offset: server.offset, epoch: 'e', level }
      },
      'ydoc:document:state': () => {
        server.sendState()
        return { offset: server.offset, epoch: 'e' }
      },
      'ydoc:document:update': ({ update }) => {
        Y.applyUpdate(truth, update as Uint8Array)
        server.offset += 1
        return { offset: server.offset, changed: true }
      },
      ...answers,
    }),
    {
      truth,
      offset: 0,
      sendState: (state = Y.encodeStateAsUpdate(truth)) =>
        server.emit('ydoc:document:state', {
          document_id: documentId,
          state,
          sessions: [],
          offset: server.offset,
          epoch: 'e',
          state_vector: Y.encodeStateVector(truth),
        }),
    },
  )
  return server
}

function open(url: string, document = new Y.Doc()): NoteProvider & { readonly client: Client } {
  const client = connect({ url, reconnectDelayMs: 10, reconnectDelayMaxMs: 40 })
  const provider = new NoteProvider({ client, note, document })
  onTestFinished(() => {
    provider.destroy()
    client.close()
  })
  return Object.assign(provider, { client })
}

function write(document: Y.Doc, text: string): void {
  document.getText('t').insert(document.getText('t').length, text)
}

function read(document: Y.Doc): string {
  return document.getText('t').toString()
}

/** An edit of somebody else, as the server sends it on. */
function edit(server: Scripted, text: string, options: { readonly lose?: boolean } = {}): void {
  const before = Y.encodeStateVector(server.truth)
  write(server.truth, text)
  server.offset += 1
  const update = Y.encodeStateAsUpdate(server.truth, before)
  if (options.lose === true) return
  server.emit('ydoc:document:update', {
    document_id: documentId,
    user_id: 'u',
    socket_id: 's',
    update,
    offset: server.offset,
  })
}

function failure(provider: NoteProvider): Promise<[SallyportError, NoteProvider]> {
  type Listener = (error: SallyportError, provider: NoteProvider) => void
  return waitFor((listener: Listener) => {
    provider.on('connection-error', listener)
    return () => provider.off('connection-error', listener)
  })
}

test('[CL12] while an update is not acknowledged, further edits are merged into one', async () => {
  await using server = await startNotes('write')
  const provider = open(server.url)
  await holds(provider, () => provider.synced)
  server.answers['ydoc:document:update'] = () => never
  const arrived = server.arrival('ydoc:document:update')
  write(provider.document, 'a')
  await arrived
  for (const letter of 'bcd') write(provider.document, letter)
  expect(provider.unsyncedChanges).toBe(4)
  expect(server.all('ydoc:document:update')).toHaveLength(1)
  // Leaving sends what waits, in one piece.
  provider.disconnect()
  await server.arrival('ydoc:document:leave')
  const updates = server.all('ydoc:document:update').map(({ update }) => update as Uint8Array)
  const copy = new Y.Doc()
  for (const update of updates) Y.applyUpdate(copy, update)
  expect(updates).toHaveLength(2)
  expect(read(copy)).toBe('abcd')
})

test('[CL12] what the others write is not sent back', async () => {
  await using server = await startNotes('write')
  const provider = open(server.url)
  await holds(provider, () => provider.synced)
  edit(server, 'hello')
  await holds(provider, () => read(provider.document) === 'hello')
  write(provider.document, '!')
  await holds(provider, () => !provider.hasUnsyncedChanges)
  expect(server.all('ydoc:document:update')).toHaveLength(1)
  expect(read(server.truth)).toBe('hello!')
})

test('[CL14] an update that was lost on the way is fetched when a later offset comes', async () => {
  await using server = await startNotes('write')
  const provider = open(server.url)
  await holds(provider, () => provider.synced)
  edit(server, 'lost ', { lose: true })
  edit(server, 'found')
  await holds(provider, () => read(provider.document) === 'lost found')
  expect(server.all('ydoc:document:state')).toHaveLength(1)
})

test('[CL14] the offsets of own updates are no gap', async () => {
  await using server = await startNotes('write')
  const provider = open(server.url)
  await holds(provider, () => provider.synced)
  for (const letter of 'abc') {
    write(provider.document, letter)
    await holds(provider, () => !provider.hasUnsyncedChanges)
    edit(server, letter.toUpperCase())
    await holds(provider, () => read(provider.document).endsWith(letter.toUpperCase()))
  }
  await provider.client.send('heartbeat')
  expect(server.all('ydoc:document:state')).toEqual([])
  expect(read(provider.document)).toBe('aAbBcC')
})

test('[CL14] the offset of an own update that changed nothing hides no update of the others', async () => {
  await using server = await startNotes('write')
  const provider = open(server.url)
  await holds(provider, () => provider.synced)
  edit(server, 'lost ', { lose: true })
  server.answers['ydoc:document:update'] = () => ({ offset: server.offset, changed: false })
  write(provider.document, 'x')
  await holds(provider, () => !provider.hasUnsyncedChanges)
  edit(server, 'found')
  await holds(provider, () => read(provider.document).includes('lost found'))
})

test('[CL14] an update that the server cannot place is sent again with all that it lacks', async () => {
  await using server = await startNotes('write')
  const provider = open(server.url)
  await holds(provider, () => provider.synced)
  const take = server.answers['ydoc:document:update'] as Answer
  let refused = 0
  server.answers['ydoc:document:update'] = (payload, socket) => {
    refused += 1
    if (refused > 1) return take(payload, socket)
    throw report('missing-updates')
  }
  write(provider.document, 'hello')
  await holds(provider, () => provider.unsyncedChanges === 0)
  expect(read(server.truth)).toBe('hello')
  expect(server.all('ydoc:document:state')).toHaveLength(1)
})

test('[CL14] a server that can place nothing is given up, not asked for ever', async () => {
  await using server = await startNotes('write', {
    'ydoc:document:update': () => {
      throw report('missing-updates')
    },
  })
  const provider = open(server.url)
  await holds(provider, () => provider.synced)
  const failed = failure(provider)
  write(provider.document, 'hello')
  expect((await failed)[0].code).toBe('missing-updates')
  expect(provider.status).toBe('disconnected')
  expect(read(provider.document)).toBe('hello')
  expect(server.all('ydoc:document:update').length).toBeLessThanOrEqual(3)
})

test('[CL14] a document that is not open on the server any more is joined again', async () => {
  await using server = await startNotes('write')
  const provider = open(server.url)
  await holds(provider, () => provider.synced)
  const take = server.answers['ydoc:document:update'] as Answer
  server.answers['ydoc:document:update'] = () => {
    server.answers['ydoc:document:update'] = take
    throw report('not-joined')
  }
  write(provider.document, 'hello')
  await holds(provider, () => provider.unsyncedChanges === 0)
  expect(read(server.truth)).toBe('hello')
  expect(server.all('ydoc:document:join')).toHaveLength(2)
})

test.each(['invalid-update', 'forbidden', 'too-large'] as const)(
  '[CL13] an update refused with %s is told once, nothing more is sent, and reading goes on',
  async (code) => {
    await using server = await startNotes('write', {
      'ydoc:document:update': () => {
        throw report(code)
      },
    })
    const provider = open(server.url)
    await holds(provider, () => provider.synced)
    const refusals: string[] = []
    provider.on('refused', (refusal) => refusals.push(refusal.code))
    write(provider.document, 'mine ')
    await holds(provider, () => refusals.length === 1)
    write(provider.document, 'more ')
    edit(server, 'theirs')
    await holds(provider, () => read(provider.document).includes('theirs'))
    expect(refusals).toEqual([code])
    expect(server.all('ydoc:document:update')).toHaveLength(1)
    expect(provider).toMatchObject({ status: 'connected', synced: true, hasUnsyncedChanges: true })
    expect(provider.error?.code).toBe(code)
  },
)

test('[CL12] an update refused for now is sent again', async () => {
  await using server = await startNotes('write')
  const provider = open(server.url)
  await holds(provider, () => provider.synced)
  const take = server.answers['ydoc:document:update'] as Answer
  server.answers['ydoc:document:update'] = () => {
    server.answers['ydoc:document:update'] = take
    throw report('rate-limited', 0.05)
  }
  write(provider.document, 'hello')
  await holds(provider, () => provider.unsyncedChanges === 0)
  expect(read(server.truth)).toBe('hello')
})

test('[CL15] an update that cannot be read is replaced by the state', async () => {
  await using server = await startNotes('write')
  const provider = open(server.url)
  await holds(provider, () => provider.synced)
  edit(server, 'hello', { lose: true })
  const broken = Uint8Array.of(1, 2, 3)
  server.emit('ydoc:document:update', {
    document_id: documentId,
    user_id: 'u',
    socket_id: 's',
    update: broken,
    offset: 1,
  })
  await holds(provider, () => read(provider.document) === 'hello')
  expect(provider.status).toBe('connected')
})

test('[CL15] a state that cannot be read is asked for once more, then the note is given up', async () => {
  await using server = await startNotes('write')
  const send = server.sendState
  server.sendState = () => send(Uint8Array.of(1, 2, 3))
  const provider = open(server.url)
  const [error] = await failure(provider)
  expect(error.code).toBe('invalid-update')
  expect(provider).toMatchObject({ status: 'disconnected', synced: false })
  expect(server.all('ydoc:document:state')).toHaveLength(1)
})

test('[CL15] a state that can be read at the second time opens the note', async () => {
  await using server = await startNotes('write')
  write(server.truth, 'hello')
  const send = server.sendState
  server.sendState = () => {
    server.sendState = send
    send(Uint8Array.of(1, 2, 3))
  }
  const provider = open(server.url)
  await holds(provider, () => provider.synced)
  expect(read(provider.document)).toBe('hello')
})

test('[CL15] awareness that cannot be read is told, and the note stays open', async () => {
  await using server = await startNotes('write')
  const provider = open(server.url)
  await holds(provider, () => provider.synced)
  const failed = failure(provider)
  server.emit('ydoc:awareness:update', { document_id: documentId, user_id: 'u', update: Uint8Array.of(9, 9) })
  expect((await failed)[0].code).toBe('invalid-update')
  expect(provider.status).toBe('connected')
})

test('[CL15] a note that was restored to an older state is not filled again with what was taken out', async () => {
  await using server = await startNotes('write')
  await using proxy = await startProxy(server.url)
  const provider = open(proxy.url)
  await holds(provider, () => provider.synced)
  const failed = failure(provider)
  server.answers['ydoc:document:join'] = () => {
    const state = Y.encodeStateAsUpdate(new Y.Doc())
    server.emit('ydoc:document:state', {
      document_id: documentId,
      state,
      sessions: [],
      offset: 0,
      epoch: 'another',
      state_vector: Y.encodeStateVector(new Y.Doc()),
    })
    return { offset: 0, epoch: 'another', level: 'write' }
  }
  proxy.cut()
  expect((await failed)[0].code).toBe('conflict')
})

test('[CL13] what a level withheld is sent when the person may write again', async () => {
  await using server = await startNotes('read')
  const provider = open(server.url)
  await holds(provider, () => provider.synced)
  expect(provider.readOnly).toBe(true)
  const refusals: string[] = []
  provider.on('refused', (refusal) => refusals.push(refusal.code))
  write(provider.document, 'hello')
  expect(refusals).toEqual(['forbidden'])
  server.emit('room:level', { document_id: documentId, level: 'write' })
  await holds(provider, () => provider.unsyncedChanges === 0)
  expect(provider.readOnly).toBe(false)
  expect(read(server.truth)).toBe('hello')
  expect(server.all('ydoc:document:update')).toHaveLength(1)
})

test('[CL9] a note that may not be opened is told as such, and tried again only on demand', async () => {
  await using server = await startNotes('write')
  const join = server.answers['ydoc:document:join'] as Answer
  server.answers['ydoc:document:join'] = () => {
    throw report('not-found')
  }
  const provider = open(server.url)
  expect((await failure(provider))[0].code).toBe('not-found')
  expect(provider.status).toBe('disconnected')
  server.answers['ydoc:document:join'] = join
  provider.connect()
  await holds(provider, () => provider.synced)
  expect(provider.error).toBeUndefined()
})

test('[CL17] a second provider of the same note on the same client is refused until the first is destroyed', async () => {
  await using server = await startNotes('write')
  const client = connect({ url: server.url })
  onTestFinished(() => client.close())
  await reaches(client, 'connected')
  const first = new NoteProvider({ client, note })
  expect(() => new NoteProvider({ client, note })).toThrow(expect.objectContaining({ code: 'conflict' }))
  first.destroy()
  const second = new NoteProvider({ client, note })
  await holds(second, () => second.synced)
  second.destroy()
})

test('[CL11] edits that are too large for one request go in the pieces in which they were written', async () => {
  await using server = await startNotes('write')
  await using proxy = await startProxy(server.url)
  const provider = open(proxy.url)
  await holds(provider, () => provider.synced)
  proxy.shut()
  await holds(provider, () => provider.status === 'disconnected')
  for (const letter of 'abc') write(provider.document, letter.repeat(600_000))
  proxy.open()
  await holds(provider, () => provider.synced && !provider.hasUnsyncedChanges)
  expect(read(server.truth)).toBe(read(provider.document))
  expect(server.all('ydoc:document:update')).toHaveLength(3)
})

test('[CL18] a page that goes away sends what waits and takes its caret along, and only while the provider lives', async () => {
  const listeners = new Set<() => void>()
  vi.stubGlobal('addEventListener', (event: string, listener: () => void) => {
    if (event === 'pagehide') listeners.add(listener)
  })
  vi.stubGlobal('removeEventListener', (_: string, listener: () => void) => listeners.delete(listener))
  onTestFinished(() => {
    vi.unstubAllGlobals()
  })
  await using server = await startNotes('write')
  const provider = open(server.url)
  await holds(provider, () => provider.synced)
  server.answers['ydoc:document:update'] = () => never
  write(provider.document, 'a')
  write(provider.document, 'b')
  for (const hide of listeners) hide()
  const awareness = new Awareness(new Y.Doc())
  onTestFinished(() => awareness.destroy())
  await provider.client.send('heartbeat')
  for (const { update } of server.all('ydoc:document:update')) Y.applyUpdate(server.truth, update as Uint8Array)
  expect(read(server.truth)).toBe('ab')
  const [here, gone] = server.all('ydoc:awareness:update').map(({ update }) => update as Uint8Array)
  applyAwarenessUpdate(awareness, here as Uint8Array, null)
  expect(awareness.states.has(provider.document.clientID)).toBe(true)
  applyAwarenessUpdate(awareness, gone as Uint8Array, null)
  expect(awareness.states.has(provider.document.clientID)).toBe(false)
  provider.destroy()
  expect(listeners.size).toBe(0)
})

test('[CL2] a listener of a provider that throws does not stop the note, and its error is not swallowed', async () => {
  const raised: unknown[] = []
  const queue = globalThis.queueMicrotask
  const spy = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) =>
    queue(() => {
      try {
        task()
      } catch (error) {
        raised.push(error)
      }
    }),
  )
  onTestFinished(() => spy.mockRestore())
  await using server = await startNotes('write')
  write(server.truth, 'hello')
  const provider = open(server.url)
  const broken = new Error('broken listener')
  provider.once('status', () => {
    throw broken
  })
  await holds(provider, () => provider.synced)
  expect(read(provider.document)).toBe('hello')
  expect(raised).toEqual([broken])
})
