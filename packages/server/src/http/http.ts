/** The HTTP door: every route of the contract behind the same steps as an event, one catch, one form of error. */
import {
  type Body,
  checkPayload,
  errors,
  limits,
  type Need,
  type Params,
  ProtocolError,
  type Query,
  type RouteName,
  type RouteReply,
  reportOf,
  routes,
} from '@sallyport/protocol'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Access } from '../access/access.ts'
import type { Authenticate, Identity } from '../auth/authenticate.ts'
import { cookieToken } from '../auth/cookie.ts'
import type { Origins } from '../auth/origin.ts'
import type { Log } from '../ports.ts'
import { securityHeaders } from './headers.ts'

/** What a route's handler gets: who asks, and the checked input. */
export interface RouteContext<N extends RouteName> {
  /** There for every route that needs somebody; on the others, whoever is signed in. */
  readonly identity: Identity | undefined
  readonly address: string
  readonly params: Params<N>
  readonly query: Query<N>
  readonly body: Body<N>
  /** Sets the cookie of the web app, or removes it. */
  readonly setCookie: (value: string) => void
}

export type RouteHandler<N extends RouteName> = (context: RouteContext<N>) => Promise<RouteReply<N>> | RouteReply<N>
export type RouteHandlers = { readonly [N in RouteName]: RouteHandler<N> }

interface Dependencies {
  readonly handlers: RouteHandlers
  readonly authenticate: Authenticate
  readonly origins: Origins
  readonly access: Access
  readonly log: Log
}

interface AnyRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly needs: Need
  readonly params: z.ZodType
  readonly query: z.ZodType
  readonly body: z.ZodType
}

/** An HTTP server with all routes of the contract, not listening yet. */
export function createHttp({ handlers, authenticate, origins, access, log }: Dependencies): FastifyInstance {
  const app = Fastify({
    bodyLimit: limits.bodyBytes,
    // Slow headers and bodies are cut (AB-08).
    requestTimeout: 30_000,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 100 },
    forceCloseConnections: true,
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders(request))
    const own = isOwn(request)
    if (request.method !== 'GET' && request.method !== 'HEAD' && !own)
      throw new ProtocolError('origin-refused', { rule: 'fetch-site' })
    if (!origins.allows(request.headers.origin)) throw new ProtocolError('origin-refused', { rule: 'origin' })
  })
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, log))

  for (const [name, route] of Object.entries(routes) as [RouteName, AnyRoute][]) {
    const handle = handlers[name] as unknown as (context: unknown) => unknown
    app.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: async (request, reply) => {
        const identity = await identityOf(request, route.needs)
        const params = parse(route.params, request.params, 'params')
        await access.permit(identity, route.needs, params)
        const query = parse(route.query, request.query, 'query')
        const body = parse(route.body, request.body ?? {}, 'body')
        const setCookie = (value: string) => reply.header('set-cookie', value)
        return reply.send(await handle({ identity, address: request.ip, params, query, body, setCookie }))
      },
    })
  }

  /** Routes that need nobody still know who is signed in, if somebody is. */
  async function identityOf(request: FastifyRequest, need: Need): Promise<Identity | undefined> {
    const token = tokenOf(request)
    if (need !== 'none') return authenticate(token)
    return token === undefined ? undefined : authenticate(token).catch(unlessRefused)
  }

  return app
}

/** Answers every address that is no route with `not-found`. Called when no web app is served. */
export function serveNothingElse(app: FastifyInstance): void {
  app.setNotFoundHandler(() => {
    throw new ProtocolError('not-found', { rule: 'no-route' })
  })
}

function unlessRefused(error: unknown): undefined {
  if (!(error instanceof ProtocolError)) throw error
}

/** The token of a request: the Authorization header, or the cookie. Both at once must agree (TK-35). */
function tokenOf(request: FastifyRequest): string | undefined {
  const { authorization, cookie } = request.headers
  const bearer = authorization === undefined ? undefined : (/^Bearer ([\w.-]+)$/.exec(authorization)?.[1] ?? '')
  const ambient = cookieToken(cookie)
  if (bearer !== undefined && ambient !== undefined && bearer !== ambient) {
    throw new ProtocolError('unauthenticated', { rule: 'ambiguous-credentials' })
  }
  return bearer ?? ambient
}

/** Whether the browser, if it is one that says so, calls from our own pages: a cookie rides along only then (ASVS 3.5). */
function isOwn(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site']
  return site === undefined || site === 'same-origin' || site === 'none' || request.headers.origin !== undefined
}

function parse(schema: z.ZodType, value: unknown, part: string): unknown {
  checkPayload(value)
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new ProtocolError('invalid-input', {
    rule: `schema-${part}`,
    issues: parsed.error.issues.slice(0, 10).map(({ path, message }) => ({ path: path.join('.'), message })),
  })
}

/** Open WebUI's clients take a 401 with exactly this detail as "signed out". */
const signedOut = 'Your session has expired or the token is invalid. Please sign in again.'

/** One form for every error: RFC 9457 problem details, with the code of the catalogue. */
function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  const known = error instanceof ProtocolError ? error : fromFastify(error)
  const report = reportOf(known ?? error)
  const { status, summary } = errors[report.code]
  const facts = { method: request.method, route: request.routeOptions.url, code: report.code, rule: known?.rule }
  if (known) log.debug(facts, 'refused')
  else log.error({ ...facts, error }, 'handler failed')
  if (report.retry_after !== undefined) reply.header('retry-after', Math.ceil(report.retry_after))
  return reply
    .status(status)
    .type('application/problem+json; charset=utf-8')
    .send({
      type: `/docs/errors#${report.code}`,
      title: summary,
      status,
      detail: report.code === 'unauthenticated' ? signedOut : report.message,
      code: report.code,
      retry: report.retry,
      ...(report.issues ? { issues: report.issues } : {}),
      ...(report.retry_after === undefined ? {} : { retry_after: report.retry_after }),
    })
}

/** Fastify's own refusals (body too large, not JSON, bad URL) by our codes. */
function fromFastify(error: unknown): ProtocolError | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  if (status === 413) return new ProtocolError('too-large', { rule: 'body-bytes' })
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined
  return new ProtocolError('invalid-input', { rule: 'http', issues: [{ path: '', message: 'must be JSON in UTF-8' }] })
}
