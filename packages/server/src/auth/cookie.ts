/** The cookie of the web app: HttpOnly, same-site, and bound to the host where TLS allows it (ASVS 3.3). */
import { parseCookie, stringifySetCookie } from 'cookie'

const secureName = '__Host-sallyport'
const plainName = 'sallyport'
const nameOf = (secure: boolean) => (secure ? secureName : plainName)

/**
 * The token in a Cookie header: of the one cookie that this server sets. A server that people reach by https ignores
 * the plain name, which a page of a sibling host or a reader of unencrypted traffic could have planted (CWE-1275).
 */
export function cookieToken(header: string | undefined, secure: boolean): string | undefined {
  return header === undefined ? undefined : parseCookie(header)[nameOf(secure)]
}

/** A Set-Cookie value that keeps the token until it expires, or removes it. */
export function setCookie(
  token: string | null,
  { secure, expiresAt }: { readonly secure: boolean; readonly expiresAt: number },
): string {
  return stringifySetCookie({
    name: nameOf(secure),
    value: token ?? '',
    path: '/',
    httpOnly: true,
    secure,
    sameSite: 'strict',
    expires: new Date(token === null ? 0 : expiresAt),
  })
}
