/** The handlers, one for each event of the contract: a missing or an extra one does not compile. */
import type { ClientEvent, Input, Reply } from '@sallyport/protocol'
import type { Session } from '../rooms/session.ts'
import { type ChannelHandlers, createChannelHandlers } from './channel.ts'
import { createDocumentHandlers, type DocumentHandlers } from './document.ts'
import { createSessionHandlers, type SessionHandlers } from './session.ts'

/** Handles an event that has passed the pipeline: the session holds what the event needs, the input is clean. */
export type Handler<E extends ClientEvent> = (session: Session, input: Input<E>) => Promise<Reply<E>> | Reply<E>
export type Handlers = { readonly [E in ClientEvent]: Handler<E> }

export function createHandlers(parts: SessionHandlers & ChannelHandlers & DocumentHandlers): Handlers {
  return {
    ...createSessionHandlers(parts),
    ...createChannelHandlers(parts),
    ...createDocumentHandlers(parts),
  }
}
