/** The colour of a person: the same everywhere, derived from the id. */

const colors = [
  '#c2410c',
  '#a16207',
  '#4d7c0f',
  '#15803d',
  '#0f766e',
  '#0369a1',
  '#1d4ed8',
  '#6d28d9',
  '#a21caf',
  '#be123c',
] as const

/** A colour with enough contrast for white text. */
export function colorOf(user: string): string {
  let sum = 0
  for (const character of user) sum = (sum * 31 + character.charCodeAt(0)) >>> 0
  return colors[sum % colors.length] ?? colors[0]
}
