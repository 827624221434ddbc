/** Reads durations as Open WebUI writes them: numbers with ms, s, m, h, d or w, summed (`1d12h`). */
import { z } from 'zod'

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** A zod transform from text to milliseconds. */
export function duration(value: string, context: z.core.$RefinementCtx): number {
  const parts = [...value.matchAll(/(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d|w)/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== value) {
    context.issues.push({ code: 'custom', message: 'must be a duration like 30m, 12h or 7d', input: undefined })
    return z.NEVER
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? 'ms'] ?? 0), 0)
}
