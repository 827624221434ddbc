/** The contract of the document store, on every database. */

import { randomUUID } from 'node:crypto'
import { ProtocolError } from '@sallyport/protocol'
import { describe, expect, test } from 'vitest'
import { backends, refusalOf, type Stores } from './store-harness.ts'

async function openNote(stores: Stores) {
  const [ana, bo] = [await stores.addUser('Ana'), await stores.addUser('Bo')]
  const note = (await stores.addNote(ana.id, null)).note.id
  const append = (bytes: readonly number[], user = ana.id, clients: readonly number[] = []) =>
    stores.documents.append(note, { update: Uint8Array.from(bytes), user, clients, at: 1 })
  return { documents: stores.documents, db: stores.database.db, ana: ana.id, bo: bo.id, note, append }
}

async function damageOf(promise: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await promise.catch((reason: unknown) => reason)
  return error instanceof ProtocolError && error.code === 'unavailable' ? error.rule : undefined
}

describe.each(backends)('documents on $name', ({ open }) => {
  test('a new document is empty, and an unknown one is not there', async () => {
    await using stores = await open()
    const { documents, note } = await openNote(stores)
    expect(await documents.load(note)).toEqual({
      epoch: 'e1',
      snapshot: null,
      snapshotOffset: 0,
      updates: [],
      owners: new Map(),
    })
    expect(await documents.load(randomUUID())).toBeUndefined()
    const update = { update: Uint8Array.of(1), user: randomUUID(), clients: [], at: 1 }
    expect(await refusalOf(documents.append(randomUUID(), update))).toBe('not-found')
    expect(await refusalOf(documents.append(randomUUID(), { ...update, clients: [1] }))).toBe('not-found')
    expect(await refusalOf(documents.compact(randomUUID(), { offset: 0, state: Uint8Array.of(1), at: 1 }))).toBe(
      'not-found',
    )
  })

  test('[ST22] updates are stored in the order of calling, with consecutive offsets', async () => {
    await using stores = await open()
    const { documents, note, append } = await openNote(stores)
    const offsets = await Promise.all(
      Array.from({ length: 200 }, (_, index) => append([index], undefined, index % 10 === 0 ? [index] : [])),
    )
    expect(offsets).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
    const stored = await documents.load(note)
    expect(stored?.updates.map(({ offset, update }) => [offset, ...update])).toEqual(
      Array.from({ length: 200 }, (_, index) => [index + 1, index]),
    )
  })

  test('only the update is stored, not the buffer that it is a part of', async () => {
    await using stores = await open()
    const { documents, ana, note } = await openNote(stores)
    const frame = Buffer.from('secret|update|secret')
    await documents.append(note, { update: frame.subarray(7, 13), user: ana, clients: [], at: 1 })
    expect((await documents.load(note))?.updates[0]?.update).toEqual(new Uint8Array(Buffer.from('update')))
  })

  test('[ST23] a Yjs client id belongs to the person who brought it first', async () => {
    await using stores = await open()
    const { documents, ana, bo, note, append } = await openNote(stores)
    await append([1], ana, [7, 4_294_967_295, 7])
    await append([2], ana, [7])
    expect(await refusalOf(append([3], bo, [8, 7]))).toBe('conflict')
    const race = await Promise.all([
      refusalOf(append([4], bo, [9])),
      refusalOf(append([5], ana, [9])),
      refusalOf(append([6], bo, [9])),
    ])
    expect(race).toEqual(['none', 'conflict', 'none'])
    const stored = await documents.load(note)
    expect(stored?.owners).toEqual(
      new Map([
        [7, ana],
        [4_294_967_295, ana],
        [9, bo],
      ]),
    )
    expect(stored?.updates.map(({ update }) => update[0])).toEqual([1, 2, 4, 6])
    const other = (await stores.addNote(bo, null)).note.id
    expect(await documents.append(other, { update: Uint8Array.of(1), user: bo, clients: [7], at: 1 })).toBe(1)
  })

  test('[ST24] a snapshot takes the place of the updates up to its offset, and never of a newer one', async () => {
    await using stores = await open()
    const { documents, note, append } = await openNote(stores)
    for (const byte of [1, 2, 3, 4]) await append([byte])
    const compact = (offset: number, byte: number) =>
      refusalOf(documents.compact(note, { offset, state: Uint8Array.of(byte), at: 1 }))
    expect(await compact(3, 33)).toBe('none')
    const stored = {
      epoch: 'e1',
      snapshot: Uint8Array.of(33),
      snapshotOffset: 3,
      updates: [{ offset: 4, update: Uint8Array.of(4) }],
      owners: new Map(),
    }
    expect(await documents.load(note)).toEqual(stored)
    expect([await compact(2, 22), await compact(5, 55)]).toEqual(['conflict', 'conflict'])
    expect(await documents.load(note)).toEqual(stored)
    const [, , appended] = await Promise.all([compact(4, 44), compact(3, 34), append([5])])
    expect(appended).toBe(5)
    expect(await documents.load(note)).toEqual({
      ...stored,
      snapshot: Uint8Array.of(44),
      snapshotOffset: 4,
      updates: [{ offset: 5, update: Uint8Array.of(5) }],
    })
  })

  test('[ST25] a document with a damaged row is refused and left as it is; others work', async () => {
    await using stores = await open()
    const { documents, db, ana, note, append } = await openNote(stores)
    for (const byte of [1, 2, 3]) await append([byte, byte])
    const other = (await stores.addNote(ana, null)).note.id
    const rows = () =>
      db.selectFrom('document_updates').selectAll().where('note_id', '=', note).orderBy('offset').execute()
    const before = await rows()
    const second = db.updateTable('document_updates').where('note_id', '=', note).where('offset', '=', 2)
    for (const bytes of [Uint8Array.of(2, 3), Uint8Array.of(2), new Uint8Array()]) {
      await second.set({ bytes }).execute()
      expect(await damageOf(documents.load(note))).toBe('document-damaged')
    }
    expect((await rows())[1]?.bytes).toEqual(new Uint8Array())
    await second.set({ bytes: Uint8Array.of(2, 2) }).execute()
    expect((await documents.load(note))?.updates).toHaveLength(3)
    expect(await rows()).toEqual(before)
    // A missing row is damage too, in the middle and at the end.
    for (const offset of [2, 3]) {
      await db.deleteFrom('document_updates').where('note_id', '=', note).where('offset', '=', offset).execute()
      expect(await damageOf(documents.load(note))).toBe('document-damaged')
    }
    expect(await documents.load(other)).toMatchObject({ updates: [] })
    expect(await documents.append(other, { update: Uint8Array.of(1), user: ana, clients: [], at: 1 })).toBe(1)
  })

  test('[ST25] a damaged snapshot is refused and left as it is', async () => {
    await using stores = await open()
    const { documents, db, note, append } = await openNote(stores)
    await append([1])
    await documents.compact(note, { offset: 1, state: Uint8Array.of(1, 2, 3), at: 1 })
    await db
      .updateTable('document_snapshots')
      .set({ state: Uint8Array.of(1, 2, 7) })
      .where('note_id', '=', note)
      .execute()
    expect(await damageOf(documents.load(note))).toBe('document-damaged')
    expect((await db.selectFrom('document_snapshots').select('state').executeTakeFirst())?.state).toEqual(
      Uint8Array.of(1, 2, 7),
    )
  })
})
