/** The frame of the app for signed-in people: sidebar, page, dialogs and shortcuts. */
import { Drawer } from '@mantine/core'
import { useDisclosure, useHotkeys } from '@mantine/hooks'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { CreateChannelDialog } from '../channels/create-channel-dialog.tsx'
import { DirectMessageDialog } from '../channels/direct-message-dialog.tsx'
import { AccountDialog } from '../session/account-dialog.tsx'
import { EndedBanner } from './ended-banner.tsx'
import classes from './shell.module.css'
import { ShellContext, type ShellDialog } from './shell-context.tsx'
import { Sidebar } from './sidebar.tsx'
import { Switcher } from './switcher.tsx'
import { useLiveLists } from './use-live-lists.ts'

/** Shows a page inside the frame. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const [dialog, setDialog] = useState<ShellDialog>()
  const [sidebar, { open: openSidebar, close: closeSidebar }] = useDisclosure(false)
  const [location] = useLocation()
  useLiveLists()
  useHotkeys([['mod+K', () => setDialog('switcher')]], [], true)
  // Whoever goes somewhere wants to see it, not the drawer over it.
  useEffect(() => {
    if (location !== '') closeSidebar()
  }, [location, closeSidebar])

  const value = useMemo(() => ({ open: setDialog, openSidebar }), [openSidebar])
  const close = () => setDialog(undefined)
  return (
    <ShellContext value={value}>
      <a href="#page" className="skip-link">
        Skip to the page
      </a>
      <div className={classes.shell}>
        <aside className={classes.sidebar} aria-label="Sidebar">
          <Sidebar />
        </aside>
        <main id="page" tabIndex={-1} className={classes.page}>
          <EndedBanner />
          {children}
        </main>
      </div>
      <Drawer
        opened={sidebar}
        onClose={closeSidebar}
        size={300}
        padding={0}
        withCloseButton={false}
        attributes={{ content: { 'aria-label': 'Sidebar' } }}
        classNames={{ body: classes.drawer ?? '' }}
      >
        <Sidebar />
      </Drawer>
      <CreateChannelDialog opened={dialog === 'create-channel'} onClose={close} />
      <DirectMessageDialog opened={dialog === 'direct-message'} onClose={close} />
      <AccountDialog opened={dialog === 'account'} onClose={close} />
      <Switcher opened={dialog === 'switcher'} onClose={close} />
    </ShellContext>
  )
}
