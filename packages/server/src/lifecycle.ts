/** Starts forwards, stops backwards: whatever was started pushes its stop, and `close` runs them in reverse, once. */
import type { Log } from './ports.ts'

export interface Lifecycle {
  /** Remembers how to stop something that has just been started. */
  push(name: string, stop: () => Promise<void> | void): void
  /**
   * Stops everything in reverse order. A stop that fails or outlasts `deadlineMs` is logged and passed over; what comes
   * after it still gets a second of its own, so that a slow part does not keep storage from closing.
   */
  close(deadlineMs: number): Promise<void>
}

/** What every part gets, however late it is. */
const leastMs = 1_000

export function createLifecycle(log: Log): Lifecycle {
  const stops: { readonly name: string; readonly stop: () => Promise<void> | void }[] = []
  let closing: Promise<void> | undefined

  async function closeAll(deadlineMs: number): Promise<void> {
    const deadline = Date.now() + deadlineMs
    for (const { name, stop } of stops.reverse()) {
      const limitMs = Math.max(deadline - Date.now(), leastMs)
      try {
        if ((await within(limitMs, stop)) === late) log.error({ part: name, limitMs }, 'part did not stop in time')
      } catch (error) {
        log.error({ part: name, error }, 'part did not stop in order')
      }
    }
  }

  return {
    push: (name, stop) => {
      stops.push({ name, stop })
    },
    close: (deadlineMs) => {
      closing ??= closeAll(deadlineMs)
      return closing
    },
  }
}

const late = Symbol('late')

async function within(limitMs: number, stop: () => Promise<void> | void): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<symbol>()
  const timer = setTimeout(resolve, limitMs, late)
  try {
    return await Promise.race([stop(), promise])
  } finally {
    clearTimeout(timer)
  }
}
