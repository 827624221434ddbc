/** The words for people who type. */

/** The sentence about people who type; empty for nobody. */
export function typingText(names: readonly string[]): string {
  const [first, second, ...others] = names
  if (first === undefined) return ''
  if (second === undefined) return `${first} is typing…`
  if (others.length === 0) return `${first} and ${second} are typing…`
  return `${first}, ${second} and ${others.length} more are typing…`
}
