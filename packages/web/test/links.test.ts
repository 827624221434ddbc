/** Links in messages. */
import { expect, test } from 'vitest'
import { linkify, safeHref } from '../src/channels/links.ts'

test('[WB4] a message links plain http and https addresses and nothing else', () => {
  const text = 'See https://example.com/a?b=c, (http://x.example/y) and javascript:alert(1) or data:text/html,hi.'
  const pieces = linkify(text)
  expect(pieces.map((piece) => piece.text).join('')).toBe(text)
  expect(pieces.flatMap(({ href }) => href ?? [])).toEqual(['https://example.com/a?b=c', 'http://x.example/y'])
})

test('[WB4] text that looks like HTML stays text', () => {
  expect(linkify('<img src=x onerror=alert(1)>')).toEqual([{ text: '<img src=x onerror=alert(1)>' }])
  expect(linkify('"https://example.com/"><script>')[1]).toEqual({
    text: 'https://example.com/',
    href: 'https://example.com/',
  })
})

test('[WB4] an address with another scheme, or with a name and password in it, is no link', () => {
  for (const address of [
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://example.com/',
    'https://bank@evil.example/',
  ]) {
    expect(safeHref(address)).toBeUndefined()
  }
})
