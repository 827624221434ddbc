/** The error catalogue: every code that a client can be told. Clients decide by `code` and `retry`, never by text. */

interface ErrorSpec {
  /** The status of an HTTP answer with this error. */
  readonly status: number
  /** The application close code when the error ends a connection: 4000-4499 come back, 4500-4999 do not. */
  readonly close?: number
  /** Whether the same request may succeed later without being changed. */
  readonly retry: boolean
  /** What happened, in words for the person who meets it. */
  readonly summary: string
  /** What to do next. */
  readonly remedy: string
}

export const errors = {
  unauthenticated: {
    status: 401,
    close: 4500,
    retry: false,
    summary: 'The session is missing, expired or ended.',
    remedy: 'Sign in again.',
  },
  'invalid-credentials': {
    status: 400,
    retry: false,
    summary: 'The e-mail address or the password is not right.',
    remedy: 'Check both and try again.',
  },
  'account-pending': {
    status: 403,
    retry: false,
    summary: 'The account waits for an administrator.',
    remedy: 'Ask an administrator to activate it.',
  },
  'sign-up-closed': {
    status: 403,
    retry: false,
    summary: 'Signing up is closed on this server.',
    remedy: 'Ask an administrator for an account.',
  },
  'setup-closed': {
    status: 403,
    retry: false,
    summary: 'The set-up link is not valid, or an administrator exists already.',
    remedy: 'Use the link that the server printed at its last start, or sign in.',
  },
  'origin-refused': {
    status: 403,
    retry: false,
    summary: 'This site may not use the server.',
    remedy: 'Add the site to PUBLIC_URL or CORS_ALLOW_ORIGIN.',
  },
  forbidden: {
    status: 403,
    retry: false,
    summary: 'You may see this but not change it.',
    remedy: 'Ask its owner for the right.',
  },
  'not-found': {
    status: 404,
    retry: false,
    summary: 'It does not exist, or you may not see it.',
    remedy: 'Check the link, or ask its owner for access.',
  },
  'unknown-event': {
    status: 400,
    close: 4501,
    retry: false,
    summary: 'The event is not in the contract.',
    remedy: 'Use an event of the reference.',
  },
  'invalid-input': {
    status: 400,
    close: 4502,
    retry: false,
    summary: 'The request does not have the required form.',
    remedy: 'Correct the fields that are named.',
  },
  'too-large': {
    status: 413,
    close: 4503,
    retry: false,
    summary: 'The request is larger than allowed.',
    remedy: 'Send less at once.',
  },
  conflict: {
    status: 409,
    retry: false,
    summary: 'It clashes with what is there.',
    remedy: 'Load the current state and try again.',
  },
  'invalid-update': {
    status: 422,
    retry: false,
    summary: 'The edit is not a valid change of this document.',
    remedy: 'Load the document again; the edit was not kept.',
  },
  'missing-updates': {
    status: 409,
    retry: true,
    summary: 'The edit builds on edits that the server does not have.',
    remedy: 'Send the missing edits first: synchronise by state vector.',
  },
  'not-joined': {
    status: 409,
    retry: true,
    summary: 'The document is not open on this connection.',
    remedy: 'Join the document first.',
  },
  'rate-limited': {
    status: 429,
    close: 4001,
    retry: true,
    summary: 'Too many requests in a short time.',
    remedy: 'Wait a little and try again.',
  },
  slow: {
    status: 503,
    close: 4002,
    retry: true,
    summary: 'The connection could not take the data fast enough.',
    remedy: 'Connect again; what was missed is sent.',
  },
  'server-full': {
    status: 503,
    close: 4003,
    retry: true,
    summary: 'The server takes no more connections now.',
    remedy: 'Try again in a while.',
  },
  draining: {
    status: 503,
    close: 4004,
    retry: true,
    summary: 'The server is restarting.',
    remedy: 'Connect again in a moment.',
  },
  unavailable: {
    status: 503,
    retry: true,
    summary: 'Storage did not take it; nothing was changed.',
    remedy: 'Keep the page open; it is tried again.',
  },
  internal: {
    status: 500,
    retry: true,
    summary: 'Something failed on the server.',
    remedy: 'Try again; tell the operator if it stays.',
  },
} as const satisfies Record<string, ErrorSpec>

export type ErrorCode = keyof typeof errors

/** One thing wrong with a request: where, and what. Never the value itself. */
export interface Issue {
  readonly path: string
  readonly message: string
}

/** What a client is told of a refusal. */
export interface ErrorReport {
  readonly code: ErrorCode
  readonly message: string
  readonly retry: boolean
  /** Seconds to wait, where the server knows. */
  readonly retry_after?: number
  readonly issues?: readonly Issue[]
}

/** Optional parts of a refusal. `rule` names the rule that denied: for log and audit, never sent. */
interface Detail {
  readonly issues?: readonly Issue[]
  readonly retryAfter?: number
  readonly rule?: string
}

/** An expected refusal: safe to show. Everything else that is thrown is a bug and is answered `internal`. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly code: ErrorCode
  readonly issues: readonly Issue[] | undefined
  readonly retryAfter: number | undefined
  readonly rule: string | undefined

  constructor(code: ErrorCode, detail: Detail = {}) {
    super(errors[code].summary)
    this.code = code
    this.issues = detail.issues
    this.retryAfter = detail.retryAfter
    this.rule = detail.rule
  }
}

/** The report of anything that was thrown. */
export function reportOf(error: unknown): ErrorReport {
  const known = error instanceof ProtocolError ? error : new ProtocolError('internal')
  const { summary, remedy, retry } = errors[known.code]
  return {
    code: known.code,
    message: `${summary} ${remedy}`,
    retry,
    ...(known.retryAfter === undefined ? {} : { retry_after: known.retryAfter }),
    ...(known.issues === undefined ? {} : { issues: known.issues }),
  }
}
