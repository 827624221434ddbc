/** Shows what the server said of a form's fields beside these fields. */
import type { UseFormReturnType } from '@mantine/form'
import { useEffect, useRef } from 'react'
import { fieldErrors } from '../shell/error-text.ts'

/** Sets the field errors of a form whenever a new refusal arrives. */
export function useFieldErrors<T extends Record<string, unknown>>(form: UseFormReturnType<T>, error: unknown): void {
  const target = useRef(form)
  target.current = form
  useEffect(() => {
    if (error !== null) target.current.setErrors(fieldErrors(error, Object.keys(target.current.getValues())))
  }, [error])
}
