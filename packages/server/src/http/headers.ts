/** The security headers of every answer (ASVS 3.4). */

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const always = {
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
} as const

export type Headers = Readonly<Record<string, string>>

/**
 * The headers of an answer that holds data or an error: no cache stores it. `secure`: people reach the server by https,
 * and their browsers shall never try without for a year.
 */
export function securityHeaders(secure: boolean): Headers {
  return secure ? { ...always, 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : always
}

/** The same for a path: files with a hash in their name may be kept for ever. */
export function headersOf(path: string, usual: Headers): Headers {
  return path.startsWith('/assets/') ? { ...usual, 'cache-control': 'public, max-age=31536000, immutable' } : usual
}
