/** The HTTP door: every route of the contract behind the same steps as an event, one catch, one form of error. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Body,
  checkPayload,
  issuesOf,
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
import type { Budgets } from '../budget.ts'
import type { Clock, Log } from '../ports.ts'
import { headersOf, securityHeaders } from './headers.ts'
import { parseJsonBody } from './json-body.ts'
import { fromLibrary, malformed, type Problem, problemOf, problemOfParser, writeProblem } from './problem.ts'
import { Requests } from './requests.ts'

/** What a route's handler gets: who asks, and the checked input. */
export interface RouteContext<N extends RouteName> {
  /** There for every route that needs somebody; on the others, whoever is signed in. */
  readonly identity: Identity | undefined
  /** The token of the request as it came: on routes that need nobody it may be worth nothing. */
  readonly token: string | undefined
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
  readonly budgets: Budgets
  readonly clock: Clock
  readonly log: Log
  /** Whether people reach the server by https. */
  readonly secure: boolean
}

export interface Http {
  readonly app: FastifyInstance
  /** Takes no more connections and requests from now on. */
  stopTaking(): void
  /** Lets the requests that are under way finish, then ends all connections. */
  drain(): Promise<void>
}

interface AnyRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly needs: Need
  readonly cost: number
  readonly params: z.ZodType
  readonly query: z.ZodType
  readonly body: z.ZodType
}

/** Who asks, as found before the body was read. */
interface Caller {
  /** The state of rights in which they were recognised. */
  readonly epoch: number
  readonly identity: Identity | undefined
  readonly token: string | undefined
}

/** An HTTP server with all routes of the contract, not listening yet. */
export function createHttp(parts: Dependencies): Http {
  const { handlers, authenticate, origins, access, budgets, clock, log, secure } = parts
  const security = securityHeaders(secure)
  const requests = new Requests()
  const callers = new WeakMap<FastifyRequest, Caller>()

  const app = Fastify({
    bodyLimit: limits.bodyBytes,
    // Slow headers and bodies are cut (AB-08).
    requestTimeout: 30_000,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 100 },
    forceCloseConnections: true,
    // What the libraries would answer by themselves goes the way of all errors.
    http: { requireHostHeader: false },
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => refuse(error, request, reply),
    clientErrorHandler: (error, socket) => {
      const problem = socket.writable ? problemOfParser(error) : undefined
      if (problem) writeProblem(socket, problem, security)
      else socket.destroy()
    },
  })
  app.server.on('checkExpectation', (_: IncomingMessage, response: ServerResponse) => {
    const { status, headers, body } = problemOf(malformed('the Expect header asks for too much', 'expect'), 417)
    const length = { 'content-length': Buffer.byteLength(body), connection: 'close' }
    response.writeHead(status, { ...security, ...headers, ...length }).end(body)
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) =>
    parseJsonBody(request.headers['content-type'], body),
  )

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headersOf(request.url, security))
    requests.begin(request.raw, reply.raw)
    requests.admit()
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined)
      throw malformed('the Host header is missing', 'host')
    const own = isOwn(request)
    if (request.method !== 'GET' && request.method !== 'HEAD' && !own)
      throw new ProtocolError('origin-refused', { rule: 'fetch-site' })
    if (!origins.allows(request.headers.origin)) throw new ProtocolError('origin-refused', { rule: 'origin' })
  })
  app.addHook('onSend', async (_, reply) => {
    if (requests.draining) reply.header('connection', 'close')
  })
  app.setErrorHandler(refuse)

  for (const [name, route] of Object.entries(routes) as [RouteName, AnyRoute][]) {
    const handle = handlers[name] as unknown as (context: unknown) => unknown
    app.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      // Before the body is read: who cannot pay or is nobody makes no more work.
      onRequest: async (request) => {
        budgets.spend({ address: request.ip }, route.cost, clock.now())
        const token = tokenOf(request, secure)
        const epoch = access.epoch()
        const identity = await identityOf(token, route.needs)
        budgets.spend({ user: identity?.standing.id }, route.cost, clock.now())
        callers.set(request, { identity, token, epoch })
      },
      handler: (request, reply) =>
        requests.handle(request.raw, async () => {
          const { token, identity } = await current(request, route.needs)
          const epoch = access.epoch()
          const params = parse(route.params, request.params, 'params')
          await access.permit(identity, route.needs, params)
          const query = parse(route.query, request.query, 'query')
          const body = parse(route.body, request.body ?? {}, 'body')
          const setCookie = (value: string) => reply.header('set-cookie', value)
          const value = await handle({ identity, token, address: request.ip, params, query, body, setCookie })
          // What was read may be newer than the right to it.
          if (route.method === 'GET' && epoch !== access.epoch()) {
            await access.permit(await identityOf(token, route.needs), route.needs, params)
          }
          return reply.send(value)
        }),
    })
  }

  /** Who calls, as they are now: a body can take its time, and rights can change meanwhile. */
  async function current(request: FastifyRequest, need: Need): Promise<Omit<Caller, 'epoch'>> {
    const caller = callers.get(request)
    if (!caller) throw new Error('a request reached its handler without its caller')
    if (caller.epoch === access.epoch()) return caller
    return { token: caller.token, identity: await identityOf(caller.token, need) }
  }

  /** Routes that need nobody still know who is signed in, if somebody is. */
  async function identityOf(token: string | undefined, need: Need): Promise<Identity | undefined> {
    if (need !== 'none') return authenticate(token)
    return token === undefined ? undefined : authenticate(token).catch(unlessRefused)
  }

  /** The one way to say no: logged with the rule, shown without. */
  function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const known = error instanceof ProtocolError ? error : fromLibrary(error)
    const { code } = reportOf(known ?? error)
    const facts = { method: request.method, route: request.routeOptions.url, code, rule: known?.rule }
    if (known) log.debug(facts, 'refused')
    else log.error({ ...facts, error }, 'handler failed')
    return answer(reply, problemOf(known ?? error))
  }

  function answer(reply: FastifyReply, { status, headers, body }: Problem): FastifyReply {
    return reply
      .status(status)
      .headers({ ...security, ...headers })
      .send(body)
  }

  return {
    app,
    stopTaking: () => requests.stopTaking(app.server),
    drain: () => requests.drain(app.server),
  }
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
function tokenOf(request: FastifyRequest, secure: boolean): string | undefined {
  const { authorization, cookie } = request.headers
  const bearer = authorization === undefined ? undefined : (/^Bearer ([\w.-]+)$/.exec(authorization)?.[1] ?? '')
  const ambient = cookieToken(cookie, secure)
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
  throw new ProtocolError('invalid-input', { rule: `schema-${part}`, issues: issuesOf(parsed.error) })
}
