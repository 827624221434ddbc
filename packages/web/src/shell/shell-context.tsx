/** What pages ask of the shell around them: dialogs and the sidebar of phones. */
import { createContext, useContext } from 'react'

/** The dialogs that open from anywhere. */
export type ShellDialog = 'create-channel' | 'direct-message' | 'account' | 'switcher'

interface ShellValue {
  readonly open: (dialog: ShellDialog) => void
  readonly openSidebar: () => void
}

export const ShellContext = createContext<ShellValue | undefined>(undefined)

/** The shell around the page. */
export function useShell(): ShellValue {
  const value = useContext(ShellContext)
  if (value === undefined) throw new Error('useShell needs a Shell around it')
  return value
}
