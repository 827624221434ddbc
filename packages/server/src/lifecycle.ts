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
      const limit = AbortSignal.timeout(Math.max(deadline - Date.now(), leastMs))
      try {
        await Promise.race([stop(), expiry(limit)])
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

function expiry(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
