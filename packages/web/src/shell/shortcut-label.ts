/** How a shortcut is written on the person's machine. */

/** The label of a key pressed with ⌘ on Apple machines and with Ctrl elsewhere. */
export function shortcutLabel(key: string): string {
  return /Mac|iPhone|iPad/.test(navigator.userAgent) ? `⌘${key}` : `Ctrl ${key}`
}
