/** What a schema found wrong, as clients are told it. */
import type { z } from 'zod'
import type { Issue } from './errors.ts'

const most = 10

/** The first ten things that a schema found: where, and what; never the value. */
export function issuesOf(error: z.ZodError): readonly Issue[] {
  return error.issues.slice(0, most).map(({ path, message }) => ({ path: path.join('.'), message }))
}
