/** The same typing for every server: one character per edit, the caret moving on and now and then somewhere else. */

export interface Keystroke {
  readonly at: number
  readonly text: string
}

const letters = 'etaoin shrdlu'

/** Characters that a document has before the typing begins. */
export const initialText = 'The quick brown fox jumps over the lazy dog. '.repeat(45).slice(0, 2_000)

/** The keystrokes of a fixed trace, for a document that has `length` characters. */
export function typingTrace(count: number, length: number): readonly Keystroke[] {
  let state = 12_345
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return Math.floor((state / 4_294_967_296) * below)
  }
  let caret = length
  return Array.from({ length: count }, (_, index) => {
    if (random(40) === 0) caret = random(length + index)
    const at = caret
    caret += 1
    return { at, text: letters[random(letters.length)] ?? 'e' }
  })
}
