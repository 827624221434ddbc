/** Keys that name one request of one client. */

/** 128 random bits as text. Unlike `crypto.randomUUID` it also works in pages without TLS. */
export function uniqueKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
