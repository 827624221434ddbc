/** Runs a promise that nobody waits for, so that its failure is logged and not lost. */
import type { Log } from './ports.ts'

/** Lets `work` run; a rejection is logged as a bug. */
export function background(work: Promise<unknown>, log: Log): void {
  work.catch((error: unknown) => log.error({ error }, 'background work failed'))
}
