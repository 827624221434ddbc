/** Writes the corpus of hostile Yjs updates: each with the code and the rule that must refuse it. Run again after a change. */
import { writeFile } from 'node:fs/promises'
import {
  createEncoder,
  type Encoder,
  toUint8Array,
  writeAny,
  writeUint8,
  writeUint8Array,
  writeVarString,
  writeVarUint,
} from 'lib0/encoding'
import * as Y from 'yjs'

/** The client ids of the base document: the first belongs to the victim, the second to the sender of the updates. */
const victim = 1
const sender = 2
const fresh = 3

type Id = readonly [client: number, clock: number]
type Write = (encoder: Encoder) => void

interface Case {
  readonly name: string
  readonly bytes: Uint8Array
  readonly code: 'invalid-update' | 'missing-updates' | 'too-large'
  readonly rule: string
}

function encode(write: Write): Uint8Array {
  const encoder = createEncoder()
  write(encoder)
  return toUint8Array(encoder)
}

const id =
  ([client, clock]: Id): Write =>
  (encoder) => {
    writeVarUint(encoder, client)
    writeVarUint(encoder, clock)
  }

/** Where an item says that it stands. */
interface Where {
  readonly origin?: Id
  readonly right?: Id
  readonly parent?: string | Id
  readonly sub?: string
}

function item(ref: number, { origin, right, parent, sub }: Where, content: Write): Write {
  return (encoder) => {
    writeUint8(encoder, ref | (origin ? 0x80 : 0) | (right ? 0x40 : 0) | (sub === undefined ? 0 : 0x20))
    if (origin) id(origin)(encoder)
    if (right) id(right)(encoder)
    if (!origin && !right) {
      writeUint8(encoder, typeof parent === 'string' ? 1 : 0)
      if (typeof parent === 'string') writeVarString(encoder, parent)
      else id(parent ?? [0, 0])(encoder)
      if (sub !== undefined) writeVarString(encoder, sub)
    }
    content(encoder)
  }
}

const text = (where: Where, value: string): Write => item(4, where, (encoder) => writeVarString(encoder, value))
const element = (where: Where, name: string): Write =>
  item(7, where, (encoder) => {
    writeVarUint(encoder, 3)
    writeVarString(encoder, name)
  })
const sharedType = (where: Where, kind: number): Write => item(7, where, (encoder) => writeVarUint(encoder, kind))
const any = (where: Where, value: unknown): Write =>
  item(8, where, (encoder) => {
    writeVarUint(encoder, 1)
    writeAny(encoder, value as Parameters<typeof writeAny>[1])
  })
const rawAny = (where: Where, bytes: readonly number[]): Write =>
  item(8, where, (encoder) => {
    writeVarUint(encoder, 1)
    writeUint8Array(encoder, Uint8Array.from(bytes))
  })
const format = (where: Where, key: string, json: string): Write =>
  item(6, where, (encoder) => {
    writeVarString(encoder, key)
    writeVarString(encoder, json)
  })
const gap =
  (kind: 0 | 10, length: number): Write =>
  (encoder) => {
    writeUint8(encoder, kind)
    writeVarUint(encoder, length)
  }

interface Block {
  readonly client: number
  readonly clock?: number
  readonly structs: readonly Write[]
  /** What the header says, when it lies. */
  readonly announced?: number
}

interface Deletions {
  readonly client: number
  readonly ranges: readonly Id[]
}

function update(blocks: readonly Block[], deletions: readonly Deletions[] = [], announced = blocks.length): Uint8Array {
  return encode((encoder) => {
    writeVarUint(encoder, announced)
    for (const { client, clock = 0, structs, announced: count = structs.length } of blocks) {
      writeVarUint(encoder, count)
      writeVarUint(encoder, client)
      writeVarUint(encoder, clock)
      for (const struct of structs) struct(encoder)
    }
    writeVarUint(encoder, deletions.length)
    for (const { client, ranges } of deletions) {
      writeVarUint(encoder, client)
      writeVarUint(encoder, ranges.length)
      for (const range of ranges) id(range)(encoder)
    }
  })
}

const one = (struct: Write): Uint8Array => update([{ client: fresh, structs: [struct] }])
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
const concat = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))

/** A paragraph of the victim (1:0) with the text (1:1) `victim text` (1:2 to 1:12), and one of the sender (2:0, 2:1, 2:2). */
function baseDocument(): Uint8Array[] {
  const doc = new Y.Doc()
  return [victim, sender].map((client) => {
    doc.clientID = client
    const before = Y.encodeStateVector(doc)
    const paragraph = new Y.XmlElement('paragraph')
    doc.transact(() => {
      const root = doc.getXmlFragment('prosemirror')
      root.insert(root.length, [paragraph])
      paragraph.insert(0, [new Y.XmlText()])
      const content = paragraph.get(0)
      if (content instanceof Y.XmlText) content.insert(0, client === victim ? 'victim text' : 'sender')
    })
    return Y.encodeStateAsUpdate(doc, before)
  })
}

const inRoot: Where = { parent: 'prosemirror' }
const inParagraph: Where = { parent: [victim, 0] }
const inText: Where = { origin: [victim, 12] }
const attribute = (sub: string): Where => ({ parent: [victim, 0], sub })
/** The last struct that a valid update of the sender holds. */
const typed = text({ origin: [sender, 7] }, 'x')

function malformed(): Case[] {
  const valid = update([{ client: sender, clock: 8, structs: [typed] }], [{ client: victim, ranges: [[3, 2]] }])
  const refused = (name: string, bytes: Uint8Array, rule: string): Case => ({
    name,
    bytes,
    code: 'invalid-update',
    rule,
  })
  const cuts = times(valid.length, (length) =>
    refused(`YJ-01 cut after ${length} bytes`, valid.subarray(0, length), ''),
  )
  const v2 = Y.convertUpdateFormatV1ToV2(valid)
  return [
    ...cuts.map((cut) => ({ ...cut, rule: '*' })),
    refused('YJ-01 all zero', new Uint8Array(32), 'trailing-bytes'),
    refused('YJ-01 all ones', new Uint8Array(32).fill(255), 'number-range'),
    refused('YJ-01 50 bytes behind it', concat(valid, new Uint8Array(50)), 'trailing-bytes'),
    refused('YJ-01 the second format', v2, '*'),
    refused('YJ-01 a number in a longer form', concat(Uint8Array.of(0x80, 0x00), Uint8Array.of(0)), 'number-form'),
    refused(
      'YJ-01 text that is not UTF-8',
      one(item(4, inText, (encoder) => writeUint8Array(encoder, Uint8Array.of(2, 0xc3, 0x28)))),
      'utf-8',
    ),
    refused('YJ-04 one block too many', update([{ client: sender, clock: 8, structs: [typed] }], [], 2), '*'),
    refused('YJ-04 one struct too many', update([{ client: sender, clock: 8, structs: [typed], announced: 2 }]), '*'),
    refused('YJ-04 no struct', update([{ client: sender, clock: 8, structs: [] }]), '*'),
    refused(
      'YJ-04 a client twice',
      update([
        { client: fresh, structs: [text(inText, 'a')] },
        { client: fresh, structs: [text(inText, 'b')] },
      ]),
      'client-twice',
    ),
    refused(
      'YJ-04 deletions cut',
      update([{ client: fresh, structs: [text(inText, 'half')] }], [{ client: victim, ranges: [[2, 1]] }]).slice(0, -1),
      '*',
    ),
    refused('YJ-04 one deletion too many', concat(valid.subarray(0, -3), Uint8Array.of(2, 3, 2)), '*'),
    refused(
      'YJ-04 deletions of a client twice',
      update(
        [],
        [
          { client: victim, ranges: [[2, 1]] },
          { client: victim, ranges: [[4, 1]] },
        ],
      ),
      'client-twice',
    ),
    refused('YJ-05 thirty million structs announced', Uint8Array.of(1, 0x80, 0x87, 0xa7, 0x0e, 3, 0), 'count'),
    refused('YJ-05 thirty million blocks announced', Uint8Array.of(0x80, 0x87, 0xa7, 0x0e, 1, 3, 0), 'count'),
    refused('YJ-05 thirty million deletions announced', Uint8Array.of(0, 1, 1, 0x80, 0x87, 0xa7, 0x0e), 'count'),
    refused(
      'YJ-05 thirty million values announced',
      one(rawAny(attribute('a'), [117, 0x80, 0x87, 0xa7, 0x0e])),
      'count',
    ),
    refused(
      'YJ-10 overlapping deletions',
      update(
        [],
        [
          {
            client: victim,
            ranges: [
              [2, 5],
              [3, 5],
            ],
          },
        ],
      ),
      'deletion-order',
    ),
    refused('YJ-10 an empty deletion', update([], [{ client: victim, ranges: [[2, 0]] }]), 'deletion-order'),
  ]
}

function clocks(): Case[] {
  const refused = (name: string, bytes: Uint8Array): Case => ({ name, bytes, code: 'invalid-update', rule: 'clock' })
  const huge = Number.MAX_SAFE_INTEGER
  return [
    refused('YJ-07 removed content of length 2^53 - 1', one(gap(0, huge))),
    refused(
      'YJ-07 a skip of length 2^53 - 1',
      update([{ client: fresh, structs: [gap(10, huge), text(inText, 'x')] }]),
    ),
    refused('YJ-07 deleted content of length 2^53 - 1', one(item(1, inText, (encoder) => writeVarUint(encoder, huge)))),
    refused('YJ-07 a clock of 2^53 - 1', update([{ client: fresh, clock: huge, structs: [text(inText, 'x')] }])),
    refused(
      'YJ-08 64 clients at the end of numbers',
      update(times(64, (index) => ({ client: 100 + index, structs: [gap(0, huge)] }))),
    ),
    refused('YJ-10 a deletion up to 2^53 - 1', update([], [{ client: victim, ranges: [[2, huge - 2]] }])),
    { ...refused('YJ-07 an empty text', one(text(inText, ''))), rule: 'empty-struct' },
    { ...refused('YJ-07 removed content of length 0', one(gap(0, 0))), rule: 'empty-struct' },
  ]
}

function dependencies(): Case[] {
  const missing = (name: string, bytes: Uint8Array, rule: string): Case => ({
    name,
    bytes,
    code: 'missing-updates',
    rule,
  })
  const refused = (name: string, bytes: Uint8Array, rule: string): Case => ({
    name,
    bytes,
    code: 'invalid-update',
    rule,
  })
  return [
    missing(
      'YJ-09 an update before its predecessor',
      update([{ client: sender, clock: 20, structs: [typed] }]),
      'clock-gap',
    ),
    missing(
      'YJ-09 a skip over what is missing',
      update([{ client: sender, clock: 8, structs: [gap(10, 5), typed] }]),
      'clock-gap',
    ),
    missing('YJ-09 an unknown left origin', one(text({ origin: [77, 0] }, 'x')), 'dependency'),
    missing('YJ-09 an unknown right origin', one(text({ right: [victim, 500] }, 'x')), 'dependency'),
    missing('YJ-09 an unknown parent', one(element({ parent: [77, 0] }, 'paragraph')), 'dependency'),
    missing(
      'YJ-09 two that wait for each other',
      update([
        { client: 3, structs: [text({ origin: [4, 0] }, 'x')] },
        { client: 4, structs: [text({ origin: [3, 0] }, 'y')] },
      ]),
      'dependency',
    ),
    missing('YJ-10 a deletion of what never was', update([], [{ client: 77, ranges: [[0, 5]] }]), 'deletion'),
    missing('YJ-10 a deletion beyond the end', update([], [{ client: victim, ranges: [[10, 500]] }]), 'deletion'),
    refused(
      'YJ-09 left of itself',
      update([{ client: fresh, structs: [text({ origin: [fresh, 0] }, 'x')] }]),
      'self-reference',
    ),
    refused(
      'YJ-09 inside what comes later',
      update([{ client: fresh, structs: [element({ parent: [fresh, 5] }, 'paragraph')] }]),
      'self-reference',
    ),
    refused('YJ-09 a text as parent', one(element({ parent: [victim, 3] }, 'paragraph')), 'parent-kind'),
    refused(
      'YJ-09 between neighbours of two texts',
      one(text({ origin: [victim, 12], right: [sender, 2] }, 'x')),
      'neighbours-apart',
    ),
    refused(
      'YJ-11 neighbours in the wrong order',
      one(text({ origin: [victim, 5], right: [victim, 3] }, 'x')),
      'neighbours-crossed',
    ),
    refused(
      'YJ-11 neighbours that never touched',
      one(text({ origin: [victim, 3], right: [victim, 6] }, 'x')),
      'neighbours-parted',
    ),
    refused(
      "YJ-11 the victim's client id",
      update([{ client: victim, clock: 13, structs: [text({ origin: [victim, 12] }, 'HIJACKED')] }]),
      'client-owner',
    ),
    refused(
      "YJ-11 the victim's client id, from its start",
      update([{ client: victim, structs: [gap(0, 40)] }]),
      'client-owner',
    ),
  ]
}

function content(): Case[] {
  const refused = (name: string, struct: Write, rule: string): Case => ({
    name,
    bytes: one(struct),
    code: 'invalid-update',
    rule,
  })
  const nested = (depth: number): number[] => [...times(depth, () => [117, 1]).flat(), 126]
  const deep = '['.repeat(100) + ']'.repeat(100)
  const addresses = [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' \u0001\u200bjava\tscr\nipt\u00a0:alert(1)',
    'vbscript:msgbox(1)',
    'data:text/html,<script>1</script>',
    'data:image/svg+xml;base64,PHN2Zz4=',
    'data:,x',
    `${' '.repeat(5_000)}javascript:alert(1)`,
    'file:///etc/passwd',
  ]
  return [
    refused('YJ-16 an unknown root', element({ parent: 'elsewhere' }, 'paragraph'), 'root-name'),
    refused('YJ-16 a root named like a prototype', element({ parent: '__proto__' }, 'paragraph'), 'root-name'),
    {
      name: 'YJ-16 5,000 roots',
      bytes: update([{ client: fresh, structs: times(5_000, (index) => element({ parent: `r${index}` }, 'p')) }]),
      code: 'invalid-update',
      rule: 'root-name',
    },
    refused('YJ-16 a root used as text', text(inRoot, 'hidden'), 'content-place'),
    refused('YJ-16 a root used as map', any({ parent: 'prosemirror', sub: 'key' }, 'value'), 'content-place'),
    refused('YJ-16 text in an element', text(inParagraph, 'x'), 'content-place'),
    refused('YJ-16 an element in a text', element(inText, 'paragraph'), 'content-place'),
    refused('YJ-16 an element as attribute', element(attribute('a'), 'paragraph'), 'content-place'),
    refused('YJ-16 a value among nodes', any({ origin: [victim, 0] }, 1), 'content-place'),
    refused('YJ-16 a value in a text', any(inText, 1), 'content-place'),
    refused(
      'YJ-17 a subdocument',
      item(9, inText, (encoder) => {
        writeVarString(encoder, 'guid')
        writeAny(encoder, {})
      }),
      'content-kind',
    ),
    refused(
      'YJ-17 binary content',
      item(3, inText, (encoder) => writeUint8Array(encoder, Uint8Array.of(1, 7))),
      'content-kind',
    ),
    refused(
      'YJ-17 an embed',
      item(5, inText, (encoder) => writeVarString(encoder, '{"image":"x"}')),
      'content-kind',
    ),
    refused(
      'YJ-17 old JSON content',
      item(2, inText, (encoder) => {
        writeVarUint(encoder, 1)
        writeVarString(encoder, '1')
      }),
      'content-kind',
    ),
    refused(
      'YJ-17 an unknown kind of content',
      item(11, inText, () => {}),
      'content-kind',
    ),
    refused('YJ-17 a skip with flags', (encoder) => writeUint8Array(encoder, Uint8Array.of(0x2a, 1, 1, 1)), '*'),
    ...[
      [0, 'array'],
      [1, 'map'],
      [2, 'text'],
      [4, 'fragment'],
      [5, 'hook'],
      [7, 'unknown type'],
    ].map(([kind, name]) =>
      refused(`YJ-17 a shared ${name}`, sharedType({ origin: [victim, 0] }, Number(kind)), 'content-type'),
    ),
    ...['script', 'SCRIPT', 'iframe', 'object', 'embed', 'style', 'svg', 'p onload', 'a><b', '', '__proto__'].map(
      (name) => refused(`YJ-17 an element "${name}"`, element({ origin: [victim, 0] }, name), 'element-name'),
    ),
    ...['onload', 'OnClick', 'srcdoc', 'style', 'a b', 'x"', '__proto__', 'constructor', ''].map((name) =>
      refused(`YJ-17 an attribute "${name}"`, any(attribute(name), 'x'), 'attribute-name'),
    ),
    ...addresses.map((address, index) =>
      refused(`YJ-17 address ${index} as attribute`, any(attribute('href'), address), 'address'),
    ),
    ...addresses.map((address, index) =>
      refused(`YJ-17 address ${index} in a mark`, format(inText, 'link', JSON.stringify({ href: address })), 'address'),
    ),
    refused('YJ-17 an address in a list', any(attribute('images'), [{ src: 'javascript:1' }]), 'address'),
    refused('YJ-17 a handler in a mark', format(inText, 'link', '{"onclick":"x"}'), 'attribute-name'),
    refused('YJ-17 a mark with a bad name', format(inText, 'a b', '{}'), 'mark-name'),
    refused('YJ-17 a mark without JSON', format(inText, 'bold', '{'), 'json'),
    refused('YJ-14 a value 1,000 deep', rawAny(attribute('a'), nested(1_000)), 'value-depth'),
    refused('YJ-14 a value 5,000 deep', rawAny(attribute('a'), nested(5_000)), 'value-depth'),
    refused('YJ-14 JSON 100 deep', format(inText, 'bold', deep), 'value-depth'),
    refused('YJ-14 JSON 20,000 deep', format(inText, 'bold', '['.repeat(20_000)), 'json'),
    refused(
      'YJ-14 a value with 1,001 keys',
      any(attribute('a'), Object.fromEntries(times(1_001, (index) => [`k${index}`, 1]))),
      'value-keys',
    ),
    refused(
      'YJ-15 the key __proto__',
      rawAny(attribute('a'), [118, 1, 9, ...Buffer.from('__proto__'), 118, 0]),
      'value-key',
    ),
    refused('YJ-15 the key __proto__ in JSON', format(inText, 'bold', '{"__proto__":{"a":1}}'), 'value-key'),
    refused('YJ-15 a key twice', rawAny(attribute('a'), [118, 2, 1, 97, 126, 1, 97, 126]), 'value-key-twice'),
    refused('YJ-15 a big integer', rawAny(attribute('a'), [122, 0, 0, 0, 0, 0, 0, 0, 1]), 'value-type'),
    refused('YJ-15 bytes in a value', rawAny(attribute('a'), [116, 1, 1]), 'value-type'),
    refused(
      'YJ-15 two values at once',
      item(8, attribute('a'), (encoder) => {
        writeVarUint(encoder, 2)
        writeAny(encoder, 1)
        writeAny(encoder, 2)
      }),
      'content-kind',
    ),
  ]
}

function sizes(): Case[] {
  const large = (name: string, bytes: Uint8Array, rule: string): Case => ({ name, bytes, code: 'too-large', rule })
  const chain = times(100, (index) =>
    element(index === 0 ? { origin: [victim, 0] } : { parent: [fresh, index - 1] }, 'q'),
  )
  const crowd = times(1_600, () => text({ parent: [fresh, 0] }, 'x'))
  return [
    {
      name: 'YJ-14 nodes 100 deep',
      bytes: update([{ client: fresh, structs: chain }]),
      code: 'invalid-update',
      rule: 'node-depth',
    },
    {
      name: 'YJ-20 1,600 texts that all claim to be the first',
      bytes: update([{ client: fresh, structs: [sharedType({ origin: [victim, 0] }, 6), ...crowd] }]),
      code: 'invalid-update',
      rule: 'neighbours-parted',
    },
    large(
      'YJ-13 201 client ids in one session',
      update(times(201, (index) => ({ client: 1_000 + index, structs: [text(inText, 'x')] }))),
      'clients-per-session',
    ),
    large(
      'YJ-13 1,001 client ids in one update',
      update(times(1_001, (index) => ({ client: 1_000 + index, structs: [gap(0, 1)] }))),
      'clients-per-update',
    ),
  ]
}

const cases = [...malformed(), ...clocks(), ...dependencies(), ...content(), ...sizes()]
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const corpus = {
  base: baseDocument().map(base64),
  valid: base64(update([{ client: sender, clock: 8, structs: [typed] }])),
  cases: cases.map(({ name, bytes, code, rule }) => ({ name, code, rule, bytes: base64(bytes) })),
}
const target = new URL('../packages/server/test/corpus/hostile-updates.json', import.meta.url)
await writeFile(target, `${JSON.stringify(corpus, undefined, 1)}\n`)
