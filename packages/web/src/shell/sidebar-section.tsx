/** One group of links in the sidebar, with its heading and the button that adds to it. */
import { ActionIcon, Skeleton, Tooltip } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'
import { ErrorAlert } from './error-alert.tsx'
import classes from './sidebar.module.css'

interface SidebarSectionProps {
  readonly title: string
  readonly add: string
  readonly onAdd: () => void
  readonly busy?: boolean
  readonly query: {
    readonly isPending: boolean
    readonly error: Error | null
    readonly data: unknown
    readonly refetch: () => unknown
  }
  readonly children: ReactNode
}

/** The section; a skeleton until its list is there. */
export function SidebarSection({ title, add, onAdd, busy = false, query, children }: SidebarSectionProps) {
  const heading = useId()
  return (
    <section className={classes.section} aria-labelledby={heading}>
      <div className={classes.heading}>
        <h2 id={heading}>{title}</h2>
        <Tooltip label={add}>
          <ActionIcon size="sm" aria-label={add} onClick={onAdd} loading={busy}>
            <IconPlus size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      {query.isPending &&
        [72, 56, 64].map((width) => <Skeleton key={width} height={14} width={`${width}%`} mx={10} my={10} />)}
      {query.error !== null && query.data === undefined && (
        <ErrorAlert error={query.error} onRetry={() => query.refetch()} />
      )}
      {!query.isPending && <ul className={classes.list}>{children}</ul>}
    </section>
  )
}
