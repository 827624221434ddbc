/** The line at the top of each page: what it is, its actions, and the state of the connection. */
import { Burger, Group, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useChannels } from '../channels/use-channels.ts'
import { ConnectionPill } from './connection-pill.tsx'
import classes from './page-header.module.css'
import { useShell } from './shell-context.tsx'

interface PageHeaderProps {
  /** The name of the page in the tab of the browser. */
  readonly name: string
  /** What stands in the line; the name when left out. */
  readonly title?: ReactNode
  readonly actions?: ReactNode
}

/** The header of a page. */
export function PageHeader({ name, title, actions }: PageHeaderProps) {
  const { openSidebar } = useShell()
  const unread = useChannels().data?.reduce((sum, channel) => sum + channel.unread_count, 0) ?? 0
  useDocumentTitle(`${unread > 0 ? `(${unread}) ` : ''}${name} · Sallyport`)
  return (
    <header className={classes.header}>
      <Burger size="sm" hiddenFrom="sm" onClick={openSidebar} aria-label="Open the sidebar" />
      <div className={classes.title}>
        {title ?? (
          <Title order={1} size="h4" lineClamp={1}>
            {name}
          </Title>
        )}
      </div>
      <Group gap="xs" wrap="nowrap">
        <ConnectionPill />
        {actions}
      </Group>
    </header>
  )
}
