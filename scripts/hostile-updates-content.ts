/** Hostile updates whose content must not stand in a note: places, names, addresses and values. */
import { writeAny, writeUint8Array, writeVarString, writeVarUint } from 'lib0/encoding'
import {
  any,
  attribute,
  type Case,
  element,
  format,
  fresh,
  inParagraph,
  inRoot,
  inText,
  item,
  one,
  rawAny,
  sharedType,
  text,
  times,
  update,
  victim,
  type Write,
} from './hostile-updates-writer.ts'

/** Updates that only their content makes wrong. */
export function content(): Case[] {
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
    refused('YJ-15 an integer in a longer form', rawAny(attribute('a'), [125, 0x80, 0x00]), 'number-form'),
    refused(
      'YJ-15 an integer beyond 2^53',
      rawAny(attribute('a'), [125, ...times(8, () => 255), 0x7f]),
      'number-range',
    ),
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
