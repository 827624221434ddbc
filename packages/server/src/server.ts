/** The composition root: every part is made here once and given what it needs. Starts forwards, stops backwards. */
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { ProtocolError } from '@sallyport/protocol'
import { createAccess } from './access/access.ts'
import { createAccountStore } from './adapters/account-store.ts'
import { type Counters, createCounters } from './adapters/counters.ts'
import { DatabaseError, openDatabase } from './adapters/database.ts'
import { createDocumentStore } from './adapters/document-store.ts'
import { createMemoryBroker } from './adapters/memory-broker.ts'
import { createRoomStore } from './adapters/room-store.ts'
import { createSessionStore } from './adapters/session-store.ts'
import { createAuthenticate } from './auth/authenticate.ts'
import { createOrigins } from './auth/origin.ts'
import { createPasswords } from './auth/passwords.ts'
import { prepareSetup } from './auth/setup.ts'
import { createSignIn } from './auth/sign-in.ts'
import { createTokens } from './auth/tokens.ts'
import { background } from './background.ts'
import { Budgets } from './budget.ts'
import { type Config, ConfigError } from './config.ts'
import { createDocuments } from './documents/documents.ts'
import { createGateway } from './gateway/gateway.ts'
import { createHub } from './gateway/hub.ts'
import { createHandlers } from './handlers/index.ts'
import { securityHeaders } from './http/headers.ts'
import { createHttp, type Http, serveNothingElse } from './http/http.ts'
import { createRoutes } from './http/routes.ts'
import { serveWeb } from './http/web.ts'
import { loadKey, openDataFolder } from './keys.ts'
import { createLifecycle } from './lifecycle.ts'
import type { Clock, Log } from './ports.ts'
import { createChannels } from './rooms/channels.ts'
import { createDelivery } from './rooms/delivery.ts'
import { createMessages } from './rooms/messages.ts'
import { createNotes } from './rooms/notes.ts'
import { Participants } from './rooms/participants.ts'
import { createRights } from './rooms/rights.ts'
import { Rooms } from './rooms/rooms.ts'
import { Sessions } from './rooms/sessions.ts'
import { Usage } from './rooms/usage.ts'
import { version } from './version.ts'

export interface Options {
  readonly config: Config
  readonly log: Log
  /** Folder of the built web app; without it the server answers the API alone. */
  readonly webFolder?: string
}

export interface RunningServer {
  /** Where it listens, like `http://127.0.0.1:8080`. */
  readonly url: string
  readonly port: number
  /** The one-time code of the set-up link, while there is no administrator. */
  setupCode(): string | undefined
  readonly metrics: Counters
  /** Resolves with the reason if storage stops for good: the server refuses everything then and should be started anew. */
  readonly failed: Promise<Error>
  /** Drains and stops: clients are told, what has arrived is finished and durable. Runs once. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const systemClock: Clock = { now: () => Date.now() }
const sweepMs = 10_000

/** Starts a server. Rejects with `ConfigError` when the settings, the folder or the port do not allow it. */
export async function startServer({ config, log, webFolder }: Options): Promise<RunningServer> {
  const clock = systemClock
  const lifecycle = createLifecycle(log)
  const failure = Promise.withResolvers<Error>()
  try {
    openDataFolder(config.DATA_DIR)
    const database = await openDatabase(config.DATABASE_URL ?? `sqlite:${join(config.DATA_DIR, 'sallyport.db')}`, {
      log,
      onFailure: failure.resolve,
    })
    lifecycle.push('database', () => database.close())
    const accounts = createAccountStore(database)
    const sessionStore = createSessionStore(database)
    const store = createRoomStore(database)
    const documentStore = createDocumentStore(database)
    const metrics = createCounters()
    const broker = createMemoryBroker()
    lifecycle.push('broker', () => broker.close())

    const key =
      config.SECRET_KEY === undefined ? loadKey(config.DATA_DIR, 'secret') : new TextEncoder().encode(config.SECRET_KEY)
    const tokens = createTokens({ key, lifetimeMs: config.JWT_EXPIRES_IN })
    const passwords = createPasswords({ parallel: 2 })
    const authenticate = createAuthenticate({ tokens, accounts, sessions: sessionStore, clock })
    const setup = await prepareSetup({ accounts, passwords, config, clock, log })
    const signIn = createSignIn({
      accounts,
      sessions: sessionStore,
      tokens,
      passwords,
      broker,
      clock,
      settings: { signUp: config.ENABLE_SIGNUP, newRole: config.DEFAULT_USER_ROLE },
      setup,
    })

    const access = createAccess({ rooms: store, bypass: config.BYPASS_ADMIN_ACCESS_CONTROL })
    const sessions = new Sessions()
    const rooms = new Rooms(broker)
    const usage = new Usage()
    const hub = createHub({ metrics })
    const delivery = createDelivery({ rooms, outlet: hub })
    const documents = createDocuments({ store: documentStore, clock, log })
    lifecycle.push('documents', () => documents.close())
    const participants = new Participants({ broker, rooms, documents })
    const rights = createRights({
      access,
      accounts,
      store,
      sessions,
      rooms,
      delivery,
      outlet: hub,
      participants,
      documents,
      written: () => messages.written(),
      log,
    })
    await broker.start({
      publication: (publication) => delivery.receive(publication),
      control: (control) => rights.receive(control),
    })

    const channels = createChannels({ store, accounts, access, broker, clock })
    const messages = createMessages({ store, access, broker, clock })
    const notes = createNotes({ store, access, broker, clock })
    const handlers = createHandlers({
      accounts,
      rights,
      rooms,
      usage,
      clock,
      messages,
      store,
      documents,
      participants,
      access,
      broker,
      outlet: hub,
    })

    const secureCookies = config.PUBLIC_URL?.startsWith('https:') ?? false
    let port = config.PORT
    let draining = false
    const origins = createOrigins({ publicUrl: config.PUBLIC_URL, allowed: config.CORS_ALLOW_ORIGIN, port: () => port })
    const ready = async () => {
      await database.ping()
      return !draining
    }
    const routes = createRoutes({
      signIn,
      accounts,
      broker,
      clock,
      channels,
      messages,
      notes,
      store,
      sessions,
      secureCookies,
      version,
      features: { signUp: config.ENABLE_SIGNUP },
      awaitsSetup: () => setup.code() !== undefined,
      ready,
    })
    const budgets = new Budgets({ burst: config.RATE_LIMIT_BURST, perSecond: config.RATE_LIMIT_PER_SECOND })
    const http = createHttp({
      handlers: routes,
      authenticate,
      origins,
      access,
      budgets,
      clock,
      log,
      secure: secureCookies,
    })
    if (webFolder === undefined) serveNothingElse(http.app)
    else await serveWeb(http.app, webFolder)
    lifecycle.push('http', () => http.app.close())
    const gateway = createGateway({
      server: http.app.server,
      handlers,
      authenticate,
      origins,
      access,
      hub,
      sessions,
      rooms,
      budgets,
      closed: (session) => {
        participants.leaveAll(session)
        usage.remove(session)
      },
      settings: {
        deferred: config.ALLOW_DEFERRED_AUTH,
        secureCookies,
        headers: securityHeaders(secureCookies),
        pingIntervalMs: config.WEBSOCKET_SERVER_PING_INTERVAL * 1_000,
        pingTimeoutMs: config.WEBSOCKET_SERVER_PING_TIMEOUT * 1_000,
        capacity: {
          all: config.MAX_CONNECTIONS,
          perAddress: config.MAX_CONNECTIONS_PER_ADDRESS,
          perUser: config.MAX_CONNECTIONS_PER_USER,
        },
      },
      metrics,
      clock,
      log,
    })
    lifecycle.push('gateway', () => gateway.close())
    lifecycle.push('requests', () => http.drain())
    lifecycle.push('connections', () => gateway.drain())

    const sweep = setInterval(() => {
      const now = clock.now()
      budgets.sweep(now)
      usage.sweep(now)
      participants.renewAwareness()
      background(sessionStore.sweep(now), log)
    }, sweepMs)
    sweep.unref()
    lifecycle.push('sweep', () => clearInterval(sweep))

    port = await listen(http.app, config)
    lifecycle.push('readiness', () => {
      draining = true
      http.stopTaking()
    })
    const close = () => lifecycle.close(config.SHUTDOWN_SECONDS * 1_000)
    return {
      url: `http://${config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST}:${port}`,
      port,
      setupCode: () => setup.code(),
      metrics,
      failed: failure.promise,
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await lifecycle.close(config.SHUTDOWN_SECONDS * 1_000)
    throw forOperator(error)
  }
}

/** A fault of the storage at start as one clear line; anything else as it is. */
function forOperator(error: unknown): unknown {
  if (error instanceof DatabaseError) return new ConfigError(error.message, { cause: error })
  if (!(error instanceof ProtocolError) || error.code !== 'unavailable') return error
  return new ConfigError(
    `The database does not work (${error.rule}). Check the disk, or restore the database from a backup.`,
    { cause: error },
  )
}

/** Listens, and says what to do when it cannot. Answers the port. */
async function listen(app: Http['app'], { HOST, PORT }: Config): Promise<number> {
  try {
    await app.listen({ host: HOST, port: PORT })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE')
      throw new ConfigError(
        `PORT: ${PORT} on ${HOST} is in use. Stop what uses it, or choose another: --port ${PORT + 1}`,
      )
    if (code === 'EACCES') throw new ConfigError(`PORT: this user may not listen on ${PORT}. Choose a port above 1023.`)
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new ConfigError(`HOST: ${HOST} is not an address of this machine. Use 127.0.0.1, or 0.0.0.0 for all.`)
    throw error
  }
  return (app.server.address() as AddressInfo).port
}
