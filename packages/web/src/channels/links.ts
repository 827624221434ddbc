/** Finds the web addresses in a text; only http and https count, so nothing in a message can run. */

/** A piece of a text: plain, or an address to link to. */
export interface Piece {
  readonly text: string
  readonly href?: string
}

const candidate = /\bhttps?:\/\/[^\s<>"'`]+/gi

/** The text in pieces; joined they are the text again. */
export function linkify(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(candidate)) {
    const address = trimmed(match[0])
    const href = safeHref(address)
    if (href === undefined) continue
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) })
    pieces.push({ text: address, href })
    end = match.index + address.length
  }
  if (end < text.length) pieces.push({ text: text.slice(end) })
  return pieces
}

/** The address that a browser would open, or undefined when it is not a plain http or https one. */
export function safeHref(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  const plain = (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === ''
  return plain ? url.href : undefined
}

/** A sentence's own punctuation does not belong to the address at its end. */
function trimmed(address: string): string {
  const cut = address.replace(/[.,;:!?*_~]+$/, '')
  return cut.endsWith(')') && !cut.includes('(') ? trimmed(cut.slice(0, -1)) : cut
}
