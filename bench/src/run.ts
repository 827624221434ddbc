/** What every benchmark is told. */

export interface Run {
  /** A smoke run: everything once, figures without meaning. */
  readonly quick: boolean
  /** Whether server and load generator have a core each. */
  readonly pinned: boolean
  /** Folder for processor profiles of the servers; none without. */
  readonly profiles: string | undefined
  readonly print: (text: string) => void
}
