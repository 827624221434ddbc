/** Where the server is. */

/** The URL of the server; by default the one that the page came from. Throws `TypeError` when there is none. */
export function serverUrl(url: string | undefined): URL {
  const { location } = globalThis as { readonly location?: { readonly origin?: string } }
  const given = url ?? location?.origin
  if (given === undefined) throw new TypeError('Outside a browser the `url` of the server must be given.')
  return new URL(given)
}

/** The path of something on the server, under the path that the server itself is at. */
export function pathOn(server: URL, path: string): string {
  return server.pathname.replace(/\/+$/, '') + path
}
