/** What the commands see of the process. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readFile: (path: string) => string
  readonly print: (line: string) => void
  /** Whether logs go to a terminal. */
  readonly terminal: boolean
}
