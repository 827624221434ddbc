/** The HTTP routes of the contract as typed calls. */
import {
  type ErrorCode,
  type ErrorReport,
  errors,
  type Params,
  type RouteName,
  type RouteReply,
  routes,
  type SentBody,
  type SentQuery,
} from '@sallyport/protocol'
import { localReport, SallyportError, toReport } from './error.ts'
import { pathOn, serverUrl } from './server-url.ts'
import { type TokenSource, tokenOf } from './token-source.ts'

export interface HttpOptions {
  /** The server. Default: where the page came from. */
  readonly url?: string
  /** Sent as a bearer token. Left out: the cookie. */
  readonly token?: TokenSource
  /** Milliseconds that an answer may take. Default 30,000. */
  readonly timeoutMs?: number
}

type Part<Name extends string, T> =
  Record<string, never> extends T ? { readonly [K in Name]?: T } : { readonly [K in Name]: T }

/** What a call of a route takes; parts that the route does not need may be left out. */
export type RouteRequest<N extends RouteName> = Part<'params', Params<N>> &
  Part<'query', SentQuery<N>> &
  Part<'body', SentBody<N>> & { readonly signal?: AbortSignal }

/** Calls routes by name. */
export interface Http {
  /** Calls a route. Rejects with `SallyportError`; or with the reason of `signal`, when that ended the call. */
  call<N extends RouteName>(
    name: N,
    ...request: object extends RouteRequest<N> ? [request?: RouteRequest<N>] : [request: RouteRequest<N>]
  ): Promise<RouteReply<N>>
}

interface AnyRequest {
  readonly params?: object
  readonly query?: object
  readonly body?: object
  readonly signal?: AbortSignal
}

/**
 * Makes the typed HTTP client.
 * @example
 * const http = createHttp({})
 * const channels = await http.call('channels.list')
 */
export function createHttp(options: HttpOptions = {}): Http {
  const server = serverUrl(options.url)
  const timeoutMs = options.timeoutMs ?? 30_000

  async function call(name: RouteName, request: AnyRequest = {}): Promise<unknown> {
    const { method, path } = routes[name]
    const url = new URL(pathOn(server, fill(path, request.params ?? {})), server)
    for (const [key, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined && value !== null) url.searchParams.set(key, String(value))
    }
    const token = await tokenOf(options.token)
    const headers: Record<string, string> = { accept: 'application/json' }
    if (token !== undefined) headers.authorization = `Bearer ${token}`
    if (method === 'POST') headers['content-type'] = 'application/json'
    const limit = AbortSignal.timeout(timeoutMs)
    const init: RequestInit = {
      method,
      headers,
      credentials: 'same-origin',
      signal: request.signal === undefined ? limit : AbortSignal.any([request.signal, limit]),
      ...(method === 'POST' ? { body: JSON.stringify(request.body ?? {}) } : {}),
    }
    try {
      const response = await fetch(url, init)
      const value = parse(await response.text())
      if (!response.ok) throw new SallyportError(reportOfResponse(response.status, value))
      return value
    } catch (error) {
      if (error instanceof SallyportError || request.signal?.aborted === true) throw error
      throw new SallyportError(localReport('unavailable', 'The server cannot be reached. Try again in a moment.'), {
        uncertain: method !== 'GET',
        cause: error,
      })
    }
  }

  return { call: call as Http['call'] }
}

function fill(path: string, params: object): string {
  const values = new Map<string, unknown>(Object.entries(params))
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))))
}

function parse(text: string): unknown {
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    // Not the server's: a proxy answered. The status decides.
    return {}
  }
}

/** The server's report (problem details, RFC 9457); or, where something before the server answered, what fits the status. */
function reportOfResponse(status: number, value: unknown): ErrorReport {
  const detail = typeof value === 'object' && value !== null && 'detail' in value ? value.detail : undefined
  const report = toReport(typeof detail === 'string' ? { ...(value as object), message: detail } : value)
  return report ?? localReport(codeOf(status), typeof detail === 'string' ? detail : undefined)
}

const codes = new Map<number, ErrorCode>([
  [400, 'invalid-input'],
  [401, 'unauthenticated'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [409, 'conflict'],
  [413, 'too-large'],
  [429, 'rate-limited'],
])

function codeOf(status: number): ErrorCode {
  return codes.get(status) ?? (status >= errors.unavailable.status ? 'unavailable' : 'internal')
}
