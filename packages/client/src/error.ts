/** The error that every refused or failed request of this package rejects with. */
import { type ErrorCode, type ErrorReport, errors, type Issue } from '@sallyport/protocol'

/** A refusal by the server, or (code `unavailable`) a request that could not be made. Decide by `code` and `retry`, never by the text. */
export class SallyportError extends Error {
  override readonly name = 'SallyportError'
  readonly code: ErrorCode
  /** Whether the same request may succeed later without being changed. */
  readonly retry: boolean
  /** Seconds to wait before the next try, where the server knows. */
  readonly retryAfter: number | undefined
  /** What is wrong with the input, by field. */
  readonly issues: readonly Issue[] | undefined
  /** True when the request was sent and its outcome is not known: it may have been carried out. */
  readonly uncertain: boolean

  constructor(report: ErrorReport, options: { readonly uncertain?: boolean; readonly cause?: unknown } = {}) {
    super(report.message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = report.code
    this.retry = report.retry
    this.retryAfter = report.retry_after
    this.issues = report.issues
    this.uncertain = options.uncertain ?? false
  }

  /** What the server would have said, for a status line. */
  get report(): ErrorReport {
    return {
      code: this.code,
      message: this.message,
      retry: this.retry,
      ...(this.retryAfter === undefined ? {} : { retry_after: this.retryAfter }),
      ...(this.issues === undefined ? {} : { issues: this.issues }),
    }
  }

  /** The same error after an earlier try whose outcome is not known. */
  asUncertain(): SallyportError {
    return new SallyportError(this.report, { uncertain: true, cause: this })
  }
}

/** A report made here, not by the server. */
export function localReport(code: ErrorCode, message = `${errors[code].summary} ${errors[code].remedy}`): ErrorReport {
  return { code, message, retry: errors[code].retry }
}

/** The report in something that came over the wire, or undefined. A code this version does not know counts as `internal`. */
export function toReport(value: unknown): ErrorReport | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { code, message, retry, retry_after, issues } = value as Record<string, unknown>
  if (typeof code !== 'string' || typeof message !== 'string') return undefined
  const known = isCode(code) ? code : 'internal'
  return {
    code: known,
    message,
    retry: typeof retry === 'boolean' ? retry : errors[known].retry,
    ...(typeof retry_after === 'number' ? { retry_after } : {}),
    ...(Array.isArray(issues) ? { issues: issues as readonly Issue[] } : {}),
  }
}

/** Whether a connection that ended with this report must not be opened again by itself. */
export function isFinal(report: ErrorReport): boolean {
  const spec = errors[report.code]
  return 'close' in spec && spec.close >= 4500
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(errors, code)
}
