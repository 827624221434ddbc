/** Writes to the connections of this node: an event is encoded once for all who get it, and nobody waits for a slow one. */
import { type ErrorCode, limits, ProtocolError, reportOf, serverEvents } from '@sallyport/protocol'
import type { Metrics, Publication } from '../ports.ts'
import type { Outlet } from '../rooms/delivery.ts'
import type { Session } from '../rooms/session.ts'
import type { Connection } from './connection.ts'
import { encodeEvent, withoutBinary } from './frames.ts'

export interface Hub extends Outlet {
  open(session: Session, connection: Connection): void
  close(session: Session): void
  /** Has somebody told of every connection that is ended from this side. */
  onEnd(told: (connection: Connection, code: ErrorCode) => void): void
  /** Tells a connection why and closes its transport, from which every client comes back by itself if it may. */
  end(target: Session | Connection, code: ErrorCode): void
}

/** What a peer gets to answer a close before its socket is destroyed. */
const closeMs = 1_000

export function createHub({ metrics }: { readonly metrics: Metrics }): Hub {
  let ended: (connection: Connection, code: ErrorCode) => void = () => {}
  const connections = new Map<Session, Connection>()

  function end(target: Session | Connection, code: ErrorCode): void {
    const connection = 'outbox' in target ? target : connections.get(target)
    if (!connection || connection.state.name === 'ended') return
    // Nobody stays in a room while a transport takes its time to close.
    ended(connection, code)
    if (code === 'slow') {
      connection.outbox.cut()
      return
    }
    connection.outbox.add(encodeEvent('error', { event: null, ...reportOf(new ProtocolError(code)) }))
    connection.outbox.flush()
    // Closing the namespace would strand Open WebUI's client: it comes back only when the transport closes.
    connection.socket.conn.close()
    connection.cutAfter(closeMs)
  }

  function deliver(publication: Publication, receivers: readonly Session[]): void {
    const { event } = publication
    const { sheddable } = serverEvents[event]
    const frames = framesOf(publication)
    let sent = 0
    for (const session of receivers) {
      const outbox = connections.get(session)?.outbox
      if (!outbox) continue
      if (sheddable && outbox.backlog > limits.sheddingBytes) {
        metrics.shed(event)
        continue
      }
      if (!outbox.add(frames(session.binary))) end(session, 'slow')
      sent += 1
    }
    metrics.delivered(event, sent)
  }

  return {
    open: (session, connection) => {
      connections.set(session, connection)
    },
    close: (session) => {
      connections.delete(session)
    },
    onEnd: (told) => {
      ended = told
    },
    deliver,
    idle: async (session) => {
      await connections.get(session)?.idle()
    },
    send: (session, event, payload) => deliver({ room: `user:${session.user}`, event, payload }, [session]),
    end,
  }
}

/** The frame of a publication in either form of its bytes, each encoded at its first use; without bytes there is one form. */
function framesOf({ event, payload, plain }: Publication): (binary: boolean) => Buffer {
  const oneForm = plain === undefined && !Object.values(payload).some((value) => value instanceof Uint8Array)
  let withBytes: Buffer | undefined
  let withNumbers: Buffer | undefined
  return (binary) => {
    if (binary || oneForm) {
      withBytes ??= encodeEvent(event, payload)
      return withBytes
    }
    withNumbers ??= encodeEvent(event, withoutBinary(plain ?? payload))
    return withNumbers
  }
}
