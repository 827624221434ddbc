/** Arranges messages for reading: days, groups by author, and the line before what is new. */
import type { Message } from '@sallyport/protocol'
import { dateOf, dayLabel } from '../shell/time.ts'

/** Messages of one author within this time stand under one name. */
const groupNanoseconds = 5 * 60 * 1_000_000_000

/** One line of the list. */
export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly label: string }
  | { readonly kind: 'new'; readonly key: string }
  | { readonly kind: 'message'; readonly key: string; readonly message: Message; readonly grouped: boolean }

interface RowOptions {
  readonly me: string
  /** Messages of others after this time (ns) are new; undefined: none are marked. */
  readonly newAfter: number | undefined
}

/** The lines for messages in the order of posting. */
export function rowsOf(messages: readonly Message[], { me, newAfter }: RowOptions): readonly Row[] {
  const rows: Row[] = []
  let marked = newAfter === undefined
  let before: Message | undefined
  for (const message of messages) {
    const day = dateOf(message.created_at).toDateString()
    const newDay = before === undefined || dateOf(before.created_at).toDateString() !== day
    if (newDay) rows.push({ kind: 'day', key: day, label: dayLabel(dateOf(message.created_at)) })
    const firstNew = !marked && message.user_id !== me && message.created_at > (newAfter ?? 0)
    if (firstNew) {
      rows.push({ kind: 'new', key: 'new' })
      marked = true
    }
    const grouped = !newDay && !firstNew && before !== undefined && continues(before, message)
    rows.push({ kind: 'message', key: message.id, message, grouped })
    before = message
  }
  return rows
}

function continues(before: Message, message: Message): boolean {
  return (
    before.user_id === message.user_id &&
    before.deleted_at === null &&
    message.reply_to_message === null &&
    message.created_at - before.created_at < groupNanoseconds
  )
}
