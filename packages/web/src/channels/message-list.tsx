/** The messages of a channel or thread, newest at the bottom. */

import { Button, Loader, VisuallyHidden } from '@mantine/core'
import type { Message } from '@sallyport/protocol'
import { IconArrowDown } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { ErrorAlert } from '../shell/error-alert.tsx'
import classes from './message-list.module.css'
import { MessageRow, type RowContext } from './message-row.tsx'
import { PendingRow } from './pending-row.tsx'
import { rowsOf } from './rows.ts'
import { useNewMessageText } from './use-new-message-text.ts'
import type { usePosting } from './use-posting.ts'
import { useScroll } from './use-scroll.ts'

interface MessageListProps {
  readonly label: string
  readonly messages: readonly Message[]
  readonly older: 'none' | 'idle' | 'loading'
  readonly olderError?: unknown
  readonly onOlder: () => void
  readonly posting: ReturnType<typeof usePosting>
  readonly context: RowContext
  readonly newAfter: number | undefined
  readonly start: ReactNode
  readonly onAtEnd?: (atEnd: boolean) => void
}

/** A list, not a log: older messages that come in above must not be read aloud. New ones go to one polite live region. */
export function MessageList({
  label,
  messages,
  older,
  olderError,
  onOlder,
  posting,
  context,
  newAfter,
  start,
  onAtEnd,
}: MessageListProps) {
  const list = useRef<HTMLElement>(null)
  const rows = useMemo(() => rowsOf(messages, { me: context.me, newAfter }), [messages, context.me, newAfter])
  const lastMessage = messages.at(-1)?.id
  const [activeId, setActiveId] = useState<string>()
  const active = messages.some(({ id }) => id === activeId) ? activeId : lastMessage
  const { atEnd, toEnd } = useScroll({
    list,
    first: messages[0]?.id,
    last: `${lastMessage}:${posting.pending.length}`,
    onNearStart: onOlder,
  })
  const announcement = useNewMessageText(messages, context.me)

  useEffect(() => onAtEnd?.(atEnd), [atEnd, onAtEnd])
  // Whoever sends wants to see what they sent.
  const sending = posting.pending.length
  useEffect(() => {
    if (sending > 0) toEnd()
  }, [sending, toEnd])

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
    const row = event.target instanceof HTMLElement && event.target.matches('[data-message]') ? event.target : undefined
    if (row === undefined || list.current === null) return
    event.preventDefault()
    const all = [...list.current.querySelectorAll<HTMLElement>('[data-message]')]
    all[all.indexOf(row) + (event.key === 'ArrowUp' ? -1 : 1)]?.focus()
  }

  return (
    <div className={classes.frame}>
      <section ref={list} className={classes.scroll} aria-label={label}>
        <div className={classes.content}>
          {older === 'none' ? (
            start
          ) : (
            <div className={classes.older}>
              {older === 'loading' && <Loader size="sm" aria-label="Loading older messages" />}
            </div>
          )}
          <ErrorAlert error={olderError} onRetry={onOlder} />
          <ol
            className={classes.list}
            aria-label={label}
            onKeyDown={onKeyDown}
            onFocus={(event) => {
              const row = event.target.closest<HTMLElement>('[data-message]')
              if (row !== null) setActiveId(row.dataset['message'])
            }}
          >
            {rows.map((row) => {
              if (row.kind === 'message') {
                return (
                  <MessageRow
                    key={row.key}
                    message={row.message}
                    grouped={row.grouped}
                    tabbable={row.message.id === active}
                    context={context}
                  />
                )
              }
              return row.kind === 'day' ? (
                <li key={row.key} className={classes.day}>
                  <span>{row.label}</span>
                </li>
              ) : (
                <li key={row.key} className={classes.new}>
                  <span>New messages</span>
                </li>
              )
            })}
            {posting.pending.map((entry) => (
              <PendingRow key={entry.key} entry={entry} onRetry={posting.retry} onDrop={posting.drop} />
            ))}
          </ol>
        </div>
      </section>
      {!atEnd && (
        <Button
          className={classes.latest ?? ''}
          size="xs"
          radius="xl"
          variant="default"
          leftSection={<IconArrowDown size={14} />}
          onClick={toEnd}
        >
          Jump to latest
        </Button>
      )}
      <VisuallyHidden aria-live="polite">{announcement}</VisuallyHidden>
    </div>
  )
}
