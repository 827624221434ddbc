/** Where the access token comes from. */

/** An access token, or a function that is asked for it each time it is needed. Left out: the cookie of the browser. */
export type TokenSource = string | (() => string | undefined | Promise<string | undefined>)

/** The token as of now. */
export async function tokenOf(source: TokenSource | undefined): Promise<string | undefined> {
  return typeof source === 'function' ? await source() : source
}
