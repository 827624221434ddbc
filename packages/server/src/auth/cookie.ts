/** The cookie of the web app: HttpOnly, same-site, and bound to the host where TLS allows it (ASVS 3.3). */
import { parseCookie, stringifySetCookie } from 'cookie'

const secureName = '__Host-sallyport'
const plainName = 'sallyport'

/** The token in a Cookie header. */
export function cookieToken(header: string | undefined): string | undefined {
  if (!header) return undefined
  const cookies = parseCookie(header)
  return cookies[secureName] ?? cookies[plainName]
}

/** A Set-Cookie value that keeps the token until it expires, or removes it. */
export function setCookie(
  token: string | null,
  { secure, expiresAt }: { readonly secure: boolean; readonly expiresAt: number },
): string {
  return stringifySetCookie({
    name: secure ? secureName : plainName,
    value: token ?? '',
    path: '/',
    httpOnly: true,
    secure,
    sameSite: 'strict',
    expires: new Date(token === null ? 0 : expiresAt),
  })
}
