/** Finds where each item of an update would stand, in the order in which Yjs would take them in, without doing it. */
import { ProtocolError } from '@sallyport/protocol'
import * as Y from 'yjs'
import { malformed } from './byte-reader.ts'
import { checkAttribute, checkAttributeName, checkElementName, checkMark, nodeDepth, roots } from './content-rules.ts'
import { Rehearsal, type Run } from './rehearsal.ts'
import type { Id, Item, Struct } from './update-reader.ts'

/** A Yjs type in the document, whatever its events are. */
interface SharedType {
  readonly parent: SharedType | null
}

/** A type that holds content: in the document, or brought by an item of the update. */
type Holder = SharedType | Item

/** Where an item stands. `gone`: beside or inside removed content, so that Yjs drops what it brings. */
type Place =
  | 'gone'
  | {
      readonly kind: 'fragment' | 'element' | 'text'
      readonly holder: Holder
      readonly sub: string | null
      readonly depth: number
    }

/** What placing an update has found out. */
interface Placement {
  /** The next clock of a client, when the update is taken in. */
  clockOf(client: number): number
}

/** A struct of the document, or one of the update. */
type Known = Y.Item | Y.GC | Struct

interface Scan {
  readonly document: Y.Doc
  /** The struct that holds a unit which is known to be there. */
  find(unit: Id): Known
  /** The next clock of each client of the update, so far. */
  readonly clocks: Map<number, number>
  readonly places: Map<Struct, Place>
  readonly rehearsal: Rehearsal
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
  const stored = (client: number) => document.store.clients.get(client) ?? []
  const sent = (client: number) => blocks.get(client) ?? []
  const find = (unit: Id) => findStruct(document, blocks, unit)
  const scan: Scan = {
    document,
    find,
    clocks: new Map(),
    places: new Map(),
    rehearsal: new Rehearsal({ stored, sent }, find),
  }
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
    if (struct.kind === 'item') placeItem(scan, struct)
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

function placeItem(scan: Scan, item: Item): void {
  const left = item.origin === null ? null : scan.find(item.origin)
  const right = item.rightOrigin === null ? null : scan.find(item.rightOrigin)
  const place = left === null && right === null ? placeByParent(scan, item) : placeBetween(scan, left, right)
  scan.places.set(item, place)
  checkFit(item, place)
  if (place === 'gone') return
  scan.rehearsal.insert(item, place, { left: runAt(left, item.origin), right: runAt(right, item.rightOrigin) })
}

/** The run from a unit on. Only structs with a place get here, and those are items. */
function runAt(struct: Known | null, unit: Id | null): Run | null {
  if (struct === null || unit === null) return null
  if (!(struct instanceof Y.Item) && (struct instanceof Y.GC || struct.kind !== 'item')) throw malformed('dependency')
  return { struct, clock: unit.clock }
}

function placeByParent(scan: Scan, { parent, sub }: Item): Place {
  if (parent === null) return 'gone'
  if (typeof parent !== 'string') return placeInside(scan, parent, sub)
  if (!roots.includes(parent)) throw malformed('root-name')
  return { kind: 'fragment', holder: scan.document.getXmlFragment(parent), sub, depth: 0 }
}

function placeBetween(scan: Scan, leftStruct: Known | null, rightStruct: Known | null): Place {
  const left = leftStruct === null ? undefined : placeBeside(scan, leftStruct)
  const right = rightStruct === null ? undefined : placeBeside(scan, rightStruct)
  if (left === 'gone' || right === 'gone') return 'gone'
  if (left !== undefined && right !== undefined && (left.holder !== right.holder || left.sub !== right.sub)) {
    throw malformed('neighbours-apart')
  }
  return left ?? right ?? 'gone'
}

/** The place of what stands beside a struct. */
function placeBeside(scan: Scan, struct: Known): Place {
  if (struct instanceof Y.GC) return 'gone'
  if (!(struct instanceof Y.Item)) return scan.places.get(struct) ?? 'gone'
  return struct.parent instanceof Y.AbstractType ? inside(struct.parent, struct.parentSub) : 'gone'
}

/** The place of what a known unit holds. */
function placeInside(scan: Scan, id: Id, sub: string | null): Place {
  const struct = scan.find(id)
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

function findStruct(document: Y.Doc, blocks: ReadonlyMap<number, readonly Struct[]>, id: Id): Known {
  const stored = document.store.clients.get(id.client) ?? []
  const struct =
    id.clock < Y.getState(document.store, id.client)
      ? stored[Y.findIndexSS(stored, id.clock)]
      : findAmong(blocks.get(id.client) ?? [], id.clock)
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
