/**
 * THE PIPELINE. Every connection and every message goes through this file, top to bottom; ARCHITECTURE.md draws it.
 *
 *   connection   origin → admit → authenticate → open session
 *   message      known → spend → parse → permit → handle → acknowledge
 */
import type { Server as HttpServer } from 'node:http'
import { clientEvents, type Input, isClientEvent, limits, ProtocolError, reportOf, room } from '@sallyport/protocol'
import type { Socket } from 'socket.io'
import type { Access } from '../access/access.ts'
import type { Authenticate, Identity } from '../auth/authenticate.ts'
import type { Origins } from '../auth/origin.ts'
import type { Budgets } from '../budget.ts'
import type { Handlers } from '../handlers/index.ts'
import type { Clock, Log, Metrics } from '../ports.ts'
import type { Rooms } from '../rooms/rooms.ts'
import { Session } from '../rooms/session.ts'
import type { Sessions } from '../rooms/sessions.ts'
import { Connection } from './connection.ts'
import { Connections } from './connections.ts'
import { encodeAcknowledgement, encodeEvent } from './frames.ts'
import {
  addressOf,
  type Capacity,
  checkCapacity,
  checkOrigin,
  checkQuery,
  currentIdentity,
  type Proof,
  proofOf,
} from './handshake.ts'
import type { Hub } from './hub.ts'
import { Outbox, Tick } from './outbox.ts'
import { known, parse } from './parse.ts'
import { type Arrival, createTransport, type Heartbeat, onEveryRequest, onTransport } from './transport.ts'

interface Dependencies {
  readonly server: HttpServer
  readonly handlers: Handlers
  readonly authenticate: Authenticate
  readonly origins: Origins
  readonly access: Access
  readonly hub: Hub
  readonly sessions: Sessions
  readonly rooms: Rooms
  readonly budgets: Budgets
  /** Called when a session has ended: whatever it held is let go. */
  readonly closed: (session: Session) => void
  readonly settings: Heartbeat & {
    readonly deferred: boolean
    readonly secureCookies: boolean
    readonly headers: Readonly<Record<string, string>>
    readonly capacity: Capacity
  }
  readonly metrics: Metrics
  readonly clock: Clock
  readonly log: Log
}

export interface Gateway {
  /** Takes no more connections, lets the messages that have arrived finish, and sends the clients elsewhere. */
  drain(): Promise<void>
  close(): Promise<void>
}

type Handle = (session: Session, input: unknown) => unknown

/** Says that a message waits for the identity of its sender. */
const waits = Symbol('waits')

export function createGateway(parts: Dependencies): Gateway {
  const { handlers, authenticate, origins, access, hub, sessions, rooms, budgets, settings, metrics, clock, log } =
    parts
  const connections = new Connections()
  const tick = new Tick()
  const claimed = new WeakSet<object>()
  let draining = false

  const io = createTransport(parts.server, settings)

  // ---- connection ------------------------------------------------------------------------------------------------

  onEveryRequest(io, {
    check: (request) => {
      checkOrigin(request, origins)
      checkQuery(request)
      if (draining) throw new ProtocolError('draining', { rule: 'draining' })
      const ofAddress = connections.transportsOf(addressOf(request))
      checkCapacity(settings.capacity, { all: io.engine.clientsCount, ofAddress })
    },
    refused: (request, error) => refusal(error, { event: 'connect', address: addressOf(request) }),
    headers: settings.headers,
  })

  // Counted from the upgrade on, whether or not anybody ever says who they are.
  onTransport(io, (request) => connections.opened(addressOf(request)))

  io.use((socket, next) => {
    admitted(socket).then(
      () => next(),
      (error: unknown) => {
        const report = refusal(error, { event: 'connect', address: addressOf(socket.request) })
        next(Object.assign(new Error(report.code), { data: report }))
        setImmediate(() => socket.conn.close())
      },
    )
  })

  io.on('connection', (socket) => {
    const outbox = new Outbox(socket.request.socket, tick, clock)
    const connection = new Connection({ socket, outbox, address: addressOf(socket.request) })
    connections.add(connection)
    metrics.connection('opened')
    socket.onAny((event: string, ...args: unknown[]) => arrive(connection, event, args))
    socket.on('disconnect', (reason) => {
      connection.clearDeadline()
      depart(connection, reason)
    })
    const { proof } = socket.data as { proof: Proof }
    if (proof.token !== undefined) connection.enqueue(() => begin(connection, proof), 0)
    else connection.endAt(clock.now() + limits.deferredMs, clock.now(), () => hub.end(connection, 'unauthenticated'))
  })

  /** `authenticate`: strict unless connections before sign-in were allowed; then a bad token counts as none. */
  async function admitted(socket: Socket): Promise<void> {
    const { conn } = socket
    // One transport, one person: a second CONNECT on it would be another (SB-07).
    if (claimed.has(conn)) throw new ProtocolError('unauthenticated', { rule: 'second-connect' })
    claimed.add(conn)
    const proof = proofOf(socket, settings.secureCookies)
    try {
      await authenticate(proof.token)
      socket.data = { proof }
    } catch (error) {
      if (!settings.deferred || !(error instanceof ProtocolError)) throw error
      const release = connections.reserveAnonymous(addressOf(socket.request))
      conn.once('close', release)
      socket.data = { proof: { ...proof, token: undefined }, release }
    }
  }

  /** The first turn of a connection that brought a token. */
  async function begin(connection: Connection, proof: Proof): Promise<void> {
    try {
      await identify(connection, proof.token)
    } catch (error) {
      hub.end(connection, reportOf(error).code)
    }
  }

  /** `open session`: gives a connection its identity, or renews it. One connection is one person's for life (SB-08). */
  async function identify(connection: Connection, token: string | undefined): Promise<void> {
    const { session } = connection
    if (token === undefined && session) return
    const identity = await currentIdentity(authenticate, access, token)
    if (connection.state.name === 'ended') throw new ProtocolError('unauthenticated', { rule: 'connection-ended' })
    if (session && session.user !== identity.standing.id) {
      hub.end(connection, 'unauthenticated')
      throw new ProtocolError('unauthenticated', { rule: 'second-person' })
    }
    connection.endAt(identity.claims.expiresAt, clock.now(), () => hub.end(connection, 'unauthenticated'))
    if (session) session.renew(identity)
    else open(connection, identity)
  }

  function open(connection: Connection, identity: Identity): void {
    if (sessions.of(identity.standing.id).size >= settings.capacity.perUser) {
      throw new ProtocolError('server-full', { rule: 'connections-per-user' })
    }
    const { proof, release } = connection.socket.data as { proof: Proof; release?: () => void }
    release?.()
    const session = new Session({ id: connection.id, mark: crypto.randomUUID(), binary: proof.binary, identity })
    connection.state = { name: 'awaiting-messages', session }
    sessions.add(session)
    hub.open(session, connection)
    rooms.join(room.user(session.user), session)
    log.info({ session: session.id, user: session.user, address: connection.address }, 'connection opened')
  }

  /** Lets go of all that a connection held. At its end from this side or the other, whichever comes first. */
  function depart(connection: Connection, reason: string): void {
    if (!connections.delete(connection)) return
    metrics.connection('closed', reason)
    const session = connection.end()
    if (!session) return
    session.close()
    parts.closed(session)
    rooms.leaveAll(session)
    sessions.remove(session)
    hub.close(session)
    log.info({ session: session.id, user: session.user, reason }, 'connection closed')
  }

  hub.onEnd(depart)

  // ---- message ---------------------------------------------------------------------------------------------------

  function arrive(connection: Connection, event: string, args: unknown[]): void {
    const { bytes, acknowledgement } = args.at(-1) as Arrival
    const payload = args.slice(0, -1)
    const message = { event, payload, bytes, acknowledgement }
    try {
      connection.enqueue(() => answer(connection, message), bytes)
    } catch (error) {
      refuse(connection, message, error)
      // Who neither reads nor waits would have refusals pile up.
      if (connection.outbox.backlog > limits.outgoingBytes) hub.end(connection, 'slow')
    }
  }

  interface Message {
    readonly event: string
    readonly payload: readonly unknown[]
    readonly bytes: number
    readonly acknowledgement: number | undefined
  }

  async function answer(connection: Connection, message: Message): Promise<void> {
    const { event } = message
    const { state, outbox } = connection
    if (state.name === 'ended' || outbox.closed) return
    const started = clock.now()
    let outcome = 'ok'
    try {
      const value = await receive(connection, message)
      if (value === waits) return
      const flat = isClientEvent(event) && clientEvents[event].flat ? (value as object) : {}
      reply(connection, message, { ok: true, value, ...flat })
    } catch (error) {
      outcome = refuse(connection, message, error)
    }
    // What waited for the sender to say who it is; it was bounded when it was kept.
    if (state.name === 'awaiting-identity' && connection.session) for (const turn of state.early.splice(0)) await turn()
    metrics.event(isClientEvent(event) ? event : 'unknown', outcome, clock.now() - started)
  }

  /** `acknowledge`: in order with everything else that goes out. */
  function reply(connection: Connection, { acknowledgement }: Message, answer: object): void {
    if (acknowledgement === undefined) return
    if (!connection.outbox.add(encodeAcknowledgement(acknowledgement, answer))) hub.end(connection, 'slow')
  }

  /** The steps of a message. Each throws its refusal; nothing has changed until `handle`. */
  async function receive(connection: Connection, message: Message): Promise<unknown> {
    const { event, payload, bytes } = message
    const name = known(event)
    const { id, address, session: spender } = connection
    const cost = clientEvents[name].cost + Math.floor(bytes / limits.bytesPerUnit)
    budgets.spend({ connection: id, user: spender?.user, address }, cost, clock.now())
    const input = parse(name, payload, bytes)
    if (name === 'user-join') await identify(connection, (input as Input<'user-join'>).auth?.token)
    if (name === 'ydoc:document:join' && connection.awaitIdentity(() => answer(connection, message))) return waits
    const { session } = connection
    // While rights are being decided nothing is permitted by those of before.
    while (session?.settling) await session.settling
    const permitted = access.permit(session, clientEvents[name].needs, input)
    if (permitted) await permitted
    if (!session || session.closed) throw new ProtocolError('unauthenticated', { rule: 'no-session' })
    return (handlers[name] as unknown as Handle)(session, input)
  }

  /** The one way to say no: to the acknowledgement, or as an `error` event; logged with the rule, shown without. */
  function refuse(connection: Connection, message: Message, error: unknown): string {
    const event = isClientEvent(message.event) ? message.event : 'unknown'
    const report = refusal(error, { event, session: connection.id })
    if (message.acknowledgement === undefined) connection.outbox.add(encodeEvent('error', { event, ...report }))
    else reply(connection, message, { ok: false, error: report })
    const { code } = report
    const struck = code === 'unknown-event' || code === 'invalid-input' || code === 'too-large'
    if (struck && connection.strike(clock.now())) hub.end(connection, code)
    return code
  }

  function refusal(error: unknown, facts: object) {
    const report = reportOf(error)
    if (error instanceof ProtocolError) log.debug({ ...facts, code: report.code, rule: error.rule }, 'refused')
    else log.error({ ...facts, error }, 'handler failed')
    return report
  }

  return {
    drain: async () => {
      draining = true
      // Who does not read now would hold up the end.
      for (const connection of connections)
        if (connection.outbox.backlog > limits.outgoingBytes) hub.end(connection, 'slow')
      await Promise.all([...connections].map((connection) => connection.drained()))
      for (const connection of connections) hub.end(connection, 'draining')
    },
    close: async () => {
      io.engine.close()
    },
  }
}
