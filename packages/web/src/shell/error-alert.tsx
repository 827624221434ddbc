/** Says what went wrong, and offers to try again where that can help. */
import { Alert, Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { errorText } from './error-text.ts'

/** An alert with the text of an error; nothing without one. */
export function ErrorAlert({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  if (error === null || error === undefined) return null
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      c="var(--mantine-color-text)"
    >
      {errorText(error)}
      {onRetry !== undefined && (
        <Button mt="xs" size="xs" variant="default" onClick={onRetry} display="block">
          Try again
        </Button>
      )}
    </Alert>
  )
}
