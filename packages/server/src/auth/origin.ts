/** Which web origins may talk to the server (CWE-1385). Compared with the settings, never with the Host header (DNS rebinding). */

export interface Origins {
  /** Whether a request with this Origin header may go on. Browsers send one wherever it matters; other clients need none. */
  allows(origin: string | undefined): boolean
}

interface Listening {
  readonly publicUrl: string | undefined
  readonly allowed: readonly string[]
  /** The port that the server listens on: loopback origins with it are ours when there is no public URL. */
  readonly port: () => number
}

export function createOrigins({ publicUrl, allowed, port }: Listening): Origins {
  const listed = new Set(publicUrl ? [publicUrl, ...allowed] : allowed)
  return {
    allows: (origin) => {
      if (origin === undefined) return true
      if (listed.has(origin)) return true
      if (publicUrl) return false
      return ['127.0.0.1', 'localhost', '[::1]'].some((host) => origin === new URL(`http://${host}:${port()}`).origin)
    },
  }
}
