/** One form for every error: RFC 9457 problem details with the code of the catalogue, whoever found it. */
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { errors, ProtocolError, reportOf } from '@sallyport/protocol'
import type { Headers } from './headers.ts'

/** Open WebUI's clients take a 401 with exactly this detail as "signed out". */
const signedOut = 'Your session has expired or the token is invalid. Please sign in again.'

const contentType = 'application/problem+json; charset=utf-8'

/** An answer that is complete but for the security headers. */
export interface Problem {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** The answer to anything that was thrown. `status`: when HTTP has a closer one than the catalogue. */
export function problemOf(error: unknown, status?: number): Problem {
  const report = reportOf(error)
  const spec = errors[report.code]
  const body = {
    type: `/docs/errors#${report.code}`,
    title: spec.summary,
    status: status ?? spec.status,
    detail: report.code === 'unauthenticated' ? signedOut : report.message,
    code: report.code,
    retry: report.retry,
    ...(report.issues ? { issues: report.issues } : {}),
    ...(report.retry_after === undefined ? {} : { retry_after: report.retry_after }),
  }
  return {
    status: status ?? spec.status,
    headers: {
      'content-type': contentType,
      ...(report.retry_after === undefined ? {} : { 'retry-after': String(Math.ceil(report.retry_after)) }),
    },
    body: JSON.stringify(body),
  }
}

/** Refusals of the HTTP library (body too large, not JSON, bad URL) by our codes. Their own texts repeat what was sent. */
export function fromLibrary(error: unknown): ProtocolError | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  if (status === 413) return new ProtocolError('too-large', { rule: 'body-bytes' })
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const ofAddress = code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH'
  return malformed(ofAddress ? 'the address is not valid' : 'the body must be JSON in UTF-8', code || 'http')
}

/** `invalid-input` about the request as such. */
export function malformed(message: string, rule: string): ProtocolError {
  return new ProtocolError('invalid-input', { rule, issues: [{ path: '', message }] })
}

/** What Node's parser refuses, before there is a request: the answer, or undefined when nobody is there to read it. */
export function problemOfParser(error: Error & { readonly code?: string }): Problem | undefined {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return undefined
  if (error.code === 'HPE_HEADER_OVERFLOW')
    return problemOf(new ProtocolError('too-large', { rule: 'header-bytes' }), 431)
  if (error.code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return problemOf(new ProtocolError('too-large', { rule: 'chunk-extensions' }))
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return problemOf(malformed('the request took too long to arrive', 'request-timeout'), 408)
  return problemOf(malformed('the request is not valid HTTP', 'http-syntax'))
}

/** Writes an answer to a bare socket and ends it. */
export function writeProblem(socket: Duplex, { status, headers, body }: Problem, security: Headers): void {
  const all = { ...security, ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  socket.end(`${[`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines].join('\r\n')}\r\n\r\n${body}`)
}
