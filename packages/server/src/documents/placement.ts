/** Finds where each item of an update would stand, in the order in which Yjs would take them in, without doing it. */
import { ProtocolError } from '@sallyport/protocol'
import * as Y from 'yjs'
import { malformed } from './byte-reader.ts'
import { ConflictWork } from './conflict-work.ts'
import { checkAttribute, checkAttributeName, checkElementName, checkMark, nodeDepth, roots } from './content-rules.ts'
import type { Id, Item, Struct } from './update-reader.ts'

/** A Yjs type in the document, whatever its events are. */
interface SharedType {
  readonly parent: SharedType | null
}

/** A type that holds content: in the document, or brought by an item of the update. */
export type Holder = SharedType | Item

/** Where an item stands. `gone`: beside or inside removed content, so that Yjs drops what it brings. */
export type Place =
  | 'gone'
  | {
      readonly kind: 'fragment' | 'element' | 'text'
      readonly holder: Holder
      readonly sub: string | null
      readonly depth: number
    }

/** What placing an update has found out. */
export interface Placement {
  /** The next clock of a client, when the update is taken in. */
  clockOf(client: number): number
}

interface Scan {
  readonly document: Y.Doc
  readonly blocks: ReadonlyMap<number, readonly Struct[]>
  /** The next clock of each client of the update, so far. */
  readonly clocks: Map<number, number>
  readonly places: Map<Struct, Place>
  readonly work: ConflictWork
}

interface Cursor {
  readonly client: number
  readonly structs: readonly Struct[]
  next: number
}

/**
 * Places every item of an update that holds nothing but new structs.
 * Throws `missing-updates` when one builds on what neither the document nor the update has,
 * `invalid-update` when one does not fit where it would stand.
 */
export function placeStructs(document: Y.Doc, blocks: ReadonlyMap<number, readonly Struct[]>): Placement {
  const scan: Scan = { document, blocks, clocks: new Map(), places: new Map(), work: new ConflictWork(document) }
  for (const client of blocks.keys()) scan.clocks.set(client, Y.getState(document.store, client))
  const waiting = new Map<number, { cursor: Cursor; clock: number }[]>()
  const ready: Cursor[] = [...blocks].map(([client, structs]) => ({ client, structs, next: 0 }))
  const cursors = [...ready]
  for (let cursor = ready.pop(); cursor !== undefined; cursor = ready.pop()) {
    const needed = advance(scan, cursor)
    if (needed !== undefined) {
      const list = waiting.get(needed.client) ?? []
      list.push({ cursor, clock: needed.clock })
      waiting.set(needed.client, list)
    }
    const list = waiting.get(cursor.client)
    if (list === undefined) continue
    const reached = clockOf(scan, cursor.client)
    const still = list.filter(({ clock }) => clock >= reached)
    for (const entry of list) if (entry.clock < reached) ready.push(entry.cursor)
    waiting.set(cursor.client, still)
  }
  if (cursors.some(({ structs, next }) => next < structs.length))
    throw new ProtocolError('missing-updates', { rule: 'dependency' })
  return { clockOf: (client) => clockOf(scan, client) }
}

/** Places the structs of a client until one needs another client's; then returns the unit that it needs. */
function advance(scan: Scan, cursor: Cursor): Id | undefined {
  for (; cursor.next < cursor.structs.length; cursor.next += 1) {
    const struct = cursor.structs[cursor.next]
    if (struct === undefined || struct.kind === 'skip') continue
    if (struct.clock > clockOf(scan, struct.client)) throw new ProtocolError('missing-updates', { rule: 'clock-gap' })
    const needed = struct.kind === 'item' ? firstMissing(scan, struct) : undefined
    if (needed !== undefined) return needed
    const place = struct.kind === 'item' ? placeOf(scan, struct) : 'gone'
    scan.places.set(struct, place)
    if (struct.kind === 'item') checkFit(struct, place)
    if (struct.kind === 'item' && place !== 'gone') scan.work.spend(struct, place)
    scan.clocks.set(struct.client, struct.clock + struct.length)
  }
  return undefined
}

function clockOf(scan: Scan, client: number): number {
  return scan.clocks.get(client) ?? Y.getState(scan.document.store, client)
}

function firstMissing(scan: Scan, item: Item): Id | undefined {
  for (const id of [item.origin, item.rightOrigin, item.parent]) {
    if (id === null || typeof id === 'string' || id.clock < clockOf(scan, id.client)) continue
    // Yjs does not look whether a unit of the same client is there, and fails half-way.
    if (id.client === item.client) throw malformed('self-reference')
    return id
  }
  return undefined
}

function placeOf(scan: Scan, item: Item): Place {
  if (typeof item.parent === 'string') {
    if (!roots.includes(item.parent)) throw malformed('root-name')
    return { kind: 'fragment', holder: scan.document.getXmlFragment(item.parent), sub: item.sub, depth: 0 }
  }
  if (item.parent !== null) return placeInside(scan, item.parent, item.sub)
  const left = item.origin === null ? undefined : placeBeside(scan, item.origin)
  const right = item.rightOrigin === null ? undefined : placeBeside(scan, item.rightOrigin)
  if (left === 'gone' || right === 'gone') return 'gone'
  if (left !== undefined && right !== undefined && (left.holder !== right.holder || left.sub !== right.sub)) {
    throw malformed('neighbours-apart')
  }
  return left ?? right ?? 'gone'
}

/** The place of what stands beside a known unit. */
function placeBeside(scan: Scan, id: Id): Place {
  const struct = findStruct(scan, id)
  if (struct instanceof Y.GC) return 'gone'
  if (!(struct instanceof Y.Item)) return scan.places.get(struct) ?? 'gone'
  return struct.parent instanceof Y.AbstractType ? inside(struct.parent, struct.parentSub) : 'gone'
}

/** The place of what a known unit holds. */
function placeInside(scan: Scan, id: Id, sub: string | null): Place {
  const struct = findStruct(scan, id)
  if (struct instanceof Y.GC) return 'gone'
  if (struct instanceof Y.Item) {
    if (struct.content instanceof Y.ContentDeleted) return 'gone'
    if (struct.content instanceof Y.ContentType) return inside(struct.content.type, sub)
    throw malformed('parent-kind')
  }
  const place = scan.places.get(struct)
  if (place === undefined || place === 'gone' || struct.kind !== 'item') return 'gone'
  if (struct.content.type === 'deleted') return 'gone'
  if (struct.content.type !== 'element' && struct.content.type !== 'text') throw malformed('parent-kind')
  return { kind: struct.content.type, holder: struct, sub, depth: place.depth + 1 }
}

function inside(type: SharedType, sub: string | null): Place {
  if (type instanceof Y.XmlElement) return { kind: 'element', holder: type, sub, depth: depthOf(type) }
  if (type instanceof Y.XmlText) return { kind: 'text', holder: type, sub, depth: depthOf(type) }
  if (type instanceof Y.XmlFragment) return { kind: 'fragment', holder: type, sub, depth: depthOf(type) }
  throw malformed('parent-kind')
}

function depthOf(type: SharedType): number {
  let depth = 0
  for (let holder: SharedType | null = type.parent; holder !== null && depth <= nodeDepth; holder = holder.parent)
    depth += 1
  return depth
}

/** The struct that holds a unit which is known to be there. */
function findStruct(scan: Scan, id: Id): Y.Item | Y.GC | Struct {
  const stored = scan.document.store.clients.get(id.client) ?? []
  const struct =
    id.clock < Y.getState(scan.document.store, id.client)
      ? stored[Y.findIndexSS(stored, id.clock)]
      : findAmong(scan.blocks.get(id.client) ?? [], id.clock)
  if (struct === undefined) throw malformed('dependency')
  return struct
}

function findAmong(structs: readonly Struct[], clock: number): Struct | undefined {
  let low = 0
  let high = structs.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const struct = structs[middle]
    if (struct === undefined) return undefined
    if (clock < struct.clock) high = middle - 1
    else if (clock >= struct.clock + struct.length) low = middle + 1
    else return struct
  }
  return undefined
}

/** Refuses content that its place does not take, and content that no place takes. */
function checkFit(item: Item, place: Place): void {
  const { content } = item
  if (content.type === 'element') checkElementName(content.name)
  if (content.type === 'format') checkMark(content.key, content.value)
  const sub = place === 'gone' ? item.sub : place.sub
  if (sub !== null) checkAttributeName(sub)
  if (sub !== null && content.type === 'any') checkAttribute(sub, content.value)
  if (place === 'gone' || content.type === 'deleted') return
  if (place.depth >= nodeDepth) throw malformed('node-depth')
  if (!fits(content.type, place.kind, place.sub !== null)) throw malformed('content-place')
}

function fits(type: Item['content']['type'], kind: 'fragment' | 'element' | 'text', attribute: boolean): boolean {
  if (attribute) return kind === 'element' && type === 'any'
  if (kind === 'text') return type === 'string' || type === 'format'
  return type === 'element' || type === 'text'
}
