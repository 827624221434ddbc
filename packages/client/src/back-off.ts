/** How long to wait before the next try. */

/** The bounds of a back-off, in milliseconds. */
export interface BackOff {
  readonly delayMs: number
  readonly delayMaxMs: number
}

/**
 * Milliseconds before try number `attempt` (0 is the first): doubled each time up to the maximum, then 50-100 % of that,
 * so that clients which lost a server together do not come back together. Never less than `retryAfter` seconds.
 */
export function backOff(bounds: BackOff, attempt: number, random: number, retryAfter = 0): number {
  const full = Math.min(bounds.delayMaxMs, bounds.delayMs * 2 ** Math.min(attempt, 30))
  const spread = full * (0.5 + random / 2)
  return retryAfter * 1_000 > spread ? retryAfter * 1_000 + full * random : spread
}
