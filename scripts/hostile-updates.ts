/** Writes the corpus of hostile Yjs updates: each with the code and the rule that must refuse it. Run again after a change. */
import { writeFile } from 'node:fs/promises'
import { type Encoder, writeUint8Array, writeVarUint } from 'lib0/encoding'
import * as Y from 'yjs'
import { content } from './hostile-updates-content.ts'
import {
  attribute,
  type Case,
  concat,
  element,
  fresh,
  gap,
  inText,
  item,
  one,
  rawAny,
  sender,
  sharedType,
  text,
  times,
  typed,
  update,
  victim,
} from './hostile-updates-writer.ts'

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

const parentOfNoForm = (encoder: Encoder): void => writeUint8Array(encoder, Uint8Array.of(4, 2, 1, 97, 1, 97))

function malformed(): Case[] {
  const valid = update([{ client: sender, clock: 8, structs: [typed] }], [{ client: victim, ranges: [[3, 2]] }])
  const refused = (name: string, bytes: Uint8Array, rule: string): Case => ({
    name,
    bytes,
    code: 'invalid-update',
    rule,
  })
  const cuts = times(valid.length, (length) =>
    refused(`YJ-01 cut after ${length} bytes`, valid.subarray(0, length), length === 0 ? 'truncated' : '*'),
  )
  const v2 = Y.convertUpdateFormatV1ToV2(valid)
  return [
    ...cuts,
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
    refused(
      'YJ-04 a text longer than the bytes',
      one(item(4, inText, (encoder) => writeUint8Array(encoder, Uint8Array.of(100, 97)))),
      'truncated',
    ),
    refused('YJ-04 a parent of no form', one(parentOfNoForm), 'parent-form'),
    refused(
      'YJ-04 a client without deletions',
      update(
        [],
        [
          { client: fresh, ranges: [] },
          { client: victim, ranges: times(3, (index) => [2 + index * 2, 1]) },
        ],
      ),
      'empty-block',
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
    refused(
      'YJ-09 a text of the same update as parent',
      update([{ client: fresh, structs: [text(inText, 'x'), element({ parent: [fresh, 0] }, 'paragraph')] }]),
      'parent-kind',
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
