/** The buttons that appear on a message. */

import { ActionIcon, Paper, Tooltip } from '@mantine/core'
import type { Message } from '@sallyport/protocol'
import { IconMessageReply, IconPencil, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './message.module.css'
import type { RowContext } from './message-row.tsx'
import { ReactionPicker } from './reaction-picker.tsx'

interface MessageToolsProps {
  readonly message: Message
  readonly context: RowContext
  readonly onEdit: () => void
}

/** Shows what the person may do with the message; nothing when that is nothing. */
export function MessageTools({ message, context, onEdit }: MessageToolsProps) {
  const { me, canWrite, canManage, actions, onThread } = context
  const mine = message.user_id === me
  if (!canWrite && onThread === undefined) return null
  return (
    <Paper withBorder shadow="sm" className={classes.tools} role="group" aria-label="What to do with the message">
      {canWrite && <ReactionPicker onPick={(name) => actions.react(message, name, true)} />}
      {onThread !== undefined && (
        <Tool label="Reply in a thread" onClick={() => onThread(message.id)}>
          <IconMessageReply size={18} />
        </Tool>
      )}
      {canWrite && mine && (
        <Tool label="Edit" onClick={onEdit}>
          <IconPencil size={18} />
        </Tool>
      )}
      {canWrite && (mine || canManage) && (
        <Tool label="Delete" onClick={() => actions.askRemove(message)}>
          <IconTrash size={18} />
        </Tool>
      )}
    </Paper>
  )
}

function Tool({
  label,
  onClick,
  children,
}: {
  readonly label: string
  readonly onClick: () => void
  readonly children: ReactNode
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon size={28} aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  )
}
