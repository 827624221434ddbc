/** Answers that count only as long as nothing has changed since their question. */
import { background } from './background.ts'
import { SallyportError } from './error.ts'

/** A counter of changes, and one timer; both are void after `next()`. */
export class Turn {
  #count = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  /** From now on no answer to an earlier question counts, and nothing that was put off happens. */
  next(): void {
    this.#count += 1
    clearTimeout(this.#timer)
  }

  /** Continues with the answer to a request, or with its refusal. Any other error is a bug and is raised. */
  await<T>(request: Promise<T>, done: (value: T) => void, failed: (error: SallyportError) => void): void {
    const count = this.#count
    background(
      request.then(
        (value) => {
          if (count === this.#count) done(value)
        },
        (error: unknown) => {
          if (!(error instanceof SallyportError)) throw error
          if (count === this.#count) failed(error)
        },
      ),
    )
  }

  /** Does something in a while; replaces what was put off before. */
  later(delayMs: number, action: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(action, delayMs)
  }
}
