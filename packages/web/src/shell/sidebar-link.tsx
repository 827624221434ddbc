/** A link of the sidebar, bold and with a number while something in it is unread. */
import type { ReactNode } from 'react'
import { Link, useRoute } from 'wouter'
import classes from './sidebar.module.css'

interface SidebarLinkProps {
  readonly href: string
  readonly icon: ReactNode
  readonly label: string
  readonly unread?: number
  readonly testId?: string
}

/** The link, as an entry of a list. */
export function SidebarLink({ href, icon, label, unread = 0, testId }: SidebarLinkProps) {
  const [active] = useRoute(href)
  return (
    <li>
      <Link
        href={href}
        className={classes.link ?? ''}
        data-testid={testId}
        data-unread={unread > 0 || undefined}
        aria-current={active ? 'page' : undefined}
        title={label}
      >
        <span className={classes.icon} aria-hidden>
          {icon}
        </span>
        <span className={classes.label}>{label}</span>
        {unread > 0 && (
          <span className={classes.badge}>
            <span aria-hidden>{unread > 99 ? '99+' : unread}</span>
            <span className={classes.hidden}>{unread} unread</span>
          </span>
        )}
      </Link>
    </li>
  )
}
