/** Reads a JSON body strictly: UTF-8 and nothing else (RFC 8259 §8.1), each key of an object once. */
import { isUtf8 } from 'node:buffer'
import { limits } from '@sallyport/protocol'
import { malformed } from './problem.ts'

/**
 * The value of a body. Throws `invalid-input`; two readers never understand one body differently (CWE-436).
 * What is nested too deep or has too many keys is refused before it is parsed, which would take a hundred times longer.
 */
export function parseJsonBody(contentType: string | undefined, body: Buffer): unknown {
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(contentType ?? '')?.[1]
  if ((charset !== undefined && !/^utf-?8$/i.test(charset)) || !isUtf8(body)) throw notJson('charset')
  // Open WebUI's client names the type on requests without a body, too.
  if (body.length === 0) return undefined
  const text = body.toString('utf8')
  checkShape(text)
  return parsed(text)
}

function notJson(rule: string): Error {
  return malformed('the body must be JSON in UTF-8', rule)
}

/** Without the parser's own message, which repeats what was sent. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw notJson('json')
  }
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

/**
 * One pass without recursion over what may yet turn out to be no JSON. A string is a key when a colon follows inside an
 * object, so a set for each open object (none for arrays) is all there is to keep.
 */
function checkShape(text: string): void {
  const open: (Set<string> | undefined)[] = []
  let containers = 0
  let keys = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '{' || character === '[') {
      containers += 1
      open.push(character === '{' ? new Set() : undefined)
      if (open.length > limits.depth || containers > limits.keys) throw malformed('the body is too complex', 'shape')
    } else if (character === '}' || character === ']') open.pop()
    else if (character === '"') {
      const end = endOfString(text, at)
      const names = open.at(-1)
      if (names !== undefined && isKey(text, end)) {
        keys += 1
        if (keys > limits.keys) throw malformed('the body is too complex', 'shape')
        // Parsed, because one key can be spelled in many ways.
        const name = String(parsed(text.slice(at, end)))
        if (names.has(name)) throw malformed('the body names a key twice', 'duplicate-key')
        names.add(name)
      }
      at = end - 1
    }
  }
}

/** The index after the string that begins at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (character === quote) return at + 1
    if (character === backslash) at += 1
  }
  return text.length
}

/** Whether a colon follows, after blanks. */
function isKey(text: string, end: number): boolean {
  let at = end
  while (text.charCodeAt(at) <= 0x20) at += 1
  return text.charCodeAt(at) === colon
}
