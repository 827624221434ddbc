/** Times as people say them. Channels, messages and notes count nanoseconds; accounts count seconds. */

const nanosecondsPerMs = 1_000_000
const steps = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
] as const

/** The date of a time in nanoseconds. */
export function dateOf(nanoseconds: number): Date {
  return new Date(nanoseconds / nanosecondsPerMs)
}

/** How long ago a time in nanoseconds was; the date after a week; empty for null. */
export function timeAgo(nanoseconds: number | null): string {
  if (nanoseconds === null) return ''
  const passed = Date.now() - nanoseconds / nanosecondsPerMs
  if (passed > 7 * 86_400_000) return dateOf(nanoseconds).toLocaleDateString(undefined, { dateStyle: 'medium' })
  const step = steps.find(({ ms }) => passed >= ms)
  if (step === undefined) return 'just now'
  return new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' }).format(
    -Math.floor(passed / step.ms),
    step.unit,
  )
}

/** The time of day. */
export function clockTime(nanoseconds: number): string {
  return dateOf(nanoseconds).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })
}

/** Date and time in full. */
export function fullTime(nanoseconds: number): string {
  return dateOf(nanoseconds).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'short' })
}

/** The day in words: today, yesterday, or the date. */
export function dayLabel(date: Date): string {
  const today = new Date()
  const days = Math.round((startOfDay(today) - startOfDay(date)) / 86_400_000)
  if (days === 0) return 'Today'
  if (days === 1) return 'Yesterday'
  const sameYear = date.getFullYear() === today.getFullYear()
  return date.toLocaleDateString(undefined, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  })
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}
