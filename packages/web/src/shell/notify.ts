/** Short notices in a corner, for what happened outside the place where the person looks. */
import { notifications } from '@mantine/notifications'
import { errorText } from './error-text.ts'

/** Says that something was refused or failed. */
export function notifyError(error: unknown): void {
  notifications.show({ color: 'red', title: 'That did not work', message: errorText(error), autoClose: 8_000 })
}

/** Says that something happened. */
export function notify(message: string): void {
  notifications.show({ message, autoClose: 4_000 })
}
