/** What may stand in a note at all: roots, node names, attributes, marks and the addresses in them. */
import { malformed } from './byte-reader.ts'
import { isInherited, type Value } from './values.ts'

/** The root types of a document, all of them XML fragments: Open WebUI's editor uses one name, Tiptap's default is the other. */
export const roots: readonly string[] = ['prosemirror', 'default']

/** How deep nodes may be nested: Yjs and every editor walk them recursively. */
export const nodeDepth = 64

const name = /^[A-Za-z_][\w.:-]{0,63}$/
/** Marks that may overlap have a hash behind their name. */
const markName = /^[A-Za-z_][\w.:-]{0,63}(?:--[A-Za-z0-9+/=]{1,44})?$/
/** Event handlers; `once` and `only` are none. */
const handler = /^on[a-z]{3,}$/i

/** Elements that run, load or restyle something wherever a document is rendered. */
const refusedElements = new Set(
  (
    'applet base body embed form frame frameset head html iframe link math meta noscript object param portal ' +
    'script style svg template'
  ).split(' '),
)

/** Attributes that hold code or style. */
const refusedAttributes = new Set(['srcdoc', 'style', 'formaction'])

const addressName = /(?:href|src|srcset|url|uri|action|poster|cite|background|ping|^data)$/i

/** What browsers leave out of an address before they look for its scheme, and some that renderers may. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const ignored = /[\u0000-\u0020\u007f-\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/
const dangerousScheme = /^(?:javascript|jscript|vbscript|livescript|mocha|view-source|filesystem|file):/
const safeData = /^data:image\/(?:png|jpe?g|gif|webp|avif|bmp|x-icon)[;,]/

/** Refuses the name of an element that no note may hold. */
export function checkElementName(value: string): void {
  if (!name.test(value) || isInherited(value) || refusedElements.has(value.toLowerCase()))
    throw malformed('element-name')
}

/** Refuses an attribute by its name, or by the address that it holds. */
export function checkAttribute(key: string, value: Value): void {
  checkAttributeName(key)
  checkAddresses(key, value)
}

/** Refuses the name of an attribute that no node may have. */
export function checkAttributeName(key: string): void {
  if (!name.test(key) || isInherited(key) || handler.test(key) || refusedAttributes.has(key.toLowerCase())) {
    throw malformed('attribute-name')
  }
}

/** Refuses a mark by its name, or by the addresses and handlers among its attributes. */
export function checkMark(key: string, value: Value): void {
  if (!markName.test(key) || isInherited(key)) throw malformed('mark-name')
  // The attributes of a mark become attributes of an element, as those of a node do.
  if (isObject(value)) for (const attribute of Object.keys(value)) checkAttributeName(attribute)
  checkAddresses(key, value)
}

/** Walks a value whose depth is already bounded. */
function checkAddresses(key: string, value: Value): void {
  if (typeof value === 'string') {
    if (addressName.test(key) && isDangerous(value)) throw malformed('address')
  } else if (Array.isArray(value)) {
    for (const entry of value) checkAddresses(key, entry)
  } else if (isObject(value)) {
    for (const [inner, entry] of Object.entries(value)) checkAddresses(inner, entry)
  }
}

function isObject(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether an address runs code or brings a document of its own when it is followed or shown. */
function isDangerous(address: string): boolean {
  const start = startOf(address)
  if (start.startsWith('data:')) return !safeData.test(start)
  return dangerousScheme.test(start)
}

/** The first characters of an address as a browser reads them. The rest may be megabytes of image. */
function startOf(address: string): string {
  let start = ''
  for (const character of address) {
    if (!ignored.test(character)) start += character
    if (start.length >= 64) break
  }
  return start.toLowerCase()
}
