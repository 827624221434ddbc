/** What went wrong, in words that say what to do next. */
import { SallyportError } from '@sallyport/client'

/** The text of anything that was thrown: the server's own words where it answered. */
export function errorText(error: unknown): string {
  if (error instanceof SallyportError) {
    const issues = (error.issues ?? []).map(({ path, message }) => `${fieldOf(path)} ${message}.`)
    return [error.message, ...issues].join(' ')
  }
  if (error instanceof TypeError) return 'The server cannot be reached. Check your connection and try again.'
  return 'Something failed in this page. Load it again; tell the operator if it stays.'
}

/** The messages of a refusal by the field they concern, for a form that has these fields. */
export function fieldErrors(error: unknown, fields: readonly string[]): Record<string, string> {
  if (!(error instanceof SallyportError)) return {}
  const entries = (error.issues ?? []).map(({ path, message }) => [fieldOf(path), message] as const)
  return Object.fromEntries(entries.filter(([field]) => fields.includes(field)))
}

function fieldOf(path: string): string {
  return path.split('.').at(-1) ?? path
}
