/** Which updates of a document have been seen, by offset: pure. */

/** Knows whether an offset was left out. Offsets may come in any order: an acknowledgement can be later than a publication. */
export class Offsets {
  #last: number
  readonly #ahead = new Set<number>()

  /** Everything up to and with `last` has been seen. */
  constructor(last: number) {
    this.#last = last
  }

  /** Whether a later offset than the next has been seen. */
  get gap(): boolean {
    return this.#ahead.size > 0
  }

  see(offset: number): void {
    if (offset > this.#last) this.#ahead.add(offset)
    while (this.#ahead.delete(this.#last + 1)) this.#last += 1
  }

  /** The state at an offset came: it holds whatever was missed before it was asked for, so no gap is left. */
  reset(offset: number): void {
    this.#last = Math.max(offset, ...this.#ahead)
    this.#ahead.clear()
  }
}
