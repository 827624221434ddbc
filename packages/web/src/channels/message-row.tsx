/** One message with its author, text, reactions and what can be done with it. */

import { Anchor, Text } from '@mantine/core'
import type { Message } from '@sallyport/protocol'
import { IconMessages } from '@tabler/icons-react'
import { memo, useState } from 'react'
import { PersonAvatar } from '../people/person-avatar.tsx'
import { clockTime, fullTime, timeAgo } from '../shell/time.ts'
import classes from './message.module.css'
import { MessageBody } from './message-body.tsx'
import { MessageEditor } from './message-editor.tsx'
import { MessageTools } from './message-tools.tsx'
import { Reactions } from './reactions.tsx'
import type { MessageActions } from './use-message-actions.tsx'

/** What rows have in common in one list. */
export interface RowContext {
  readonly me: string
  readonly canWrite: boolean
  readonly canManage: boolean
  readonly actions: MessageActions
  /** Opens the thread of a message; left out inside a thread. */
  readonly onThread?: (message: string) => void
}

interface MessageRowProps {
  readonly message: Message
  readonly grouped: boolean
  /** The one row of the list that Tab reaches; arrow keys go to the others. */
  readonly tabbable: boolean
  readonly context: RowContext
}

/** The row; its tools appear under the pointer and with the focus. */
export const MessageRow = memo(function MessageRow({ message, grouped, tabbable, context }: MessageRowProps) {
  const [hovered, setHovered] = useState(false)
  const [focused, setFocused] = useState(false)
  const [editing, setEditing] = useState(false)
  const name = message.user?.name ?? 'Somebody who left'
  const deleted = message.deleted_at !== null
  const edited = !deleted && message.updated_at > message.created_at
  return (
    <li
      className={classes.row}
      data-testid="message"
      data-message={message.id}
      data-grouped={grouped || undefined}
      tabIndex={tabbable ? 0 : -1}
      onMouseEnter={() => setHovered(true)}
      onMouseLeave={() => setHovered(false)}
      onFocus={() => setFocused(true)}
      onBlur={(event) => setFocused(event.currentTarget.contains(event.relatedTarget))}
    >
      <div className={classes.aside}>
        {grouped ? (
          <time className={classes.sideTime} dateTime={isoOf(message)} aria-hidden>
            {clockTime(message.created_at)}
          </time>
        ) : (
          <PersonAvatar id={message.user_id} name={name} />
        )}
      </div>
      <div className={classes.main}>
        <div className={grouped ? classes.hidden : classes.head}>
          <Text component="span" fw={620} size="sm">
            {name}
          </Text>
          <Text component="time" dateTime={isoOf(message)} title={fullTime(message.created_at)} size="xs" c="dimmed">
            {clockTime(message.created_at)}
          </Text>
        </div>
        {message.reply_to_message !== null && (
          <Text size="xs" c="dimmed" lineClamp={1} className={classes.quote}>
            {message.reply_to_message.user?.name}: {message.reply_to_message.content || 'deleted message'}
          </Text>
        )}
        {deleted && (
          <Text size="sm" c="dimmed" fs="italic">
            This message was deleted.
          </Text>
        )}
        {editing && <MessageEditor message={message} onSave={context.actions.edit} onClose={() => setEditing(false)} />}
        {!deleted && !editing && (
          <MessageBody content={message.content} edited={edited ? fullTime(message.updated_at) : undefined} />
        )}
        <Reactions
          reactions={message.reactions}
          me={context.me}
          onToggle={context.canWrite ? (reaction, add) => context.actions.react(message, reaction, add) : undefined}
        />
        {context.onThread !== undefined && message.reply_count > 0 && (
          <Anchor
            component="button"
            type="button"
            size="xs"
            fw={550}
            className={classes.thread}
            onClick={() => context.onThread?.(message.id)}
          >
            <IconMessages size={14} aria-hidden />
            {message.reply_count === 1 ? '1 reply' : `${message.reply_count} replies`}
            <Text component="span" size="xs" c="dimmed">
              {timeAgo(message.latest_reply_at)}
            </Text>
          </Anchor>
        )}
      </div>
      {(hovered || focused) && !editing && !deleted && (
        <MessageTools message={message} context={context} onEdit={() => setEditing(true)} />
      )}
    </li>
  )
})

function isoOf(message: Message): string {
  return new Date(message.created_at / 1_000_000).toISOString()
}
