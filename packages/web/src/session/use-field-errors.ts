/** Shows what the server said of a form's fields beside these fields. */

import type { UseFormReturnType } from '@mantine/form'
import { SallyportError } from '@sallyport/client'
import { useEffect, useRef } from 'react'
import { fieldErrors } from '../shell/error-text.ts'

/** Sets the field errors of a form whenever a new refusal arrives. Returns the error when the fields do not say it all. */
export function useFieldErrors<T extends Record<string, unknown>>(form: UseFormReturnType<T>, error: unknown): unknown {
  const target = useRef(form)
  target.current = form
  useEffect(() => {
    if (error !== null) target.current.setErrors(fieldErrors(error, Object.keys(target.current.getValues())))
  }, [error])
  if (!(error instanceof SallyportError) || error.issues === undefined || error.issues.length === 0) return error
  const shown = Object.keys(fieldErrors(error, Object.keys(form.getValues())))
  return shown.length === error.issues.length ? undefined : error
}
