/** The colour and the initials that stand for a person in avatars and carets. */

/** Each carries white text with a contrast of 4.5 at least. */
const colors = [
  '#0f7763',
  '#1d6fb8',
  '#7b4fc9',
  '#b83280',
  '#c0392b',
  '#a8530b',
  '#7a6a00',
  '#3d7a1f',
  '#4a5fc1',
  '#8f4ba8',
  '#b3405c',
  '#2f6f7f',
] as const

/** The colour of a person, the same on every page and for everybody. */
export function personColor(id: string): string {
  let hash = 0
  for (const character of id) hash = (hash * 31 + character.charCodeAt(0)) >>> 0
  return colors[hash % colors.length] ?? colors[0]
}

/** The first letters of the first and last word of a name. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '')
  const picked = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return picked.map((word) => [...(word ?? '?')][0]?.toUpperCase() ?? '').join('')
}
