/** The steps of a message that need nothing but the contract: `known` and `parse`. */
import {
  type ClientEvent,
  checkPayload,
  clientEvents,
  isClientEvent,
  issuesOf,
  limits,
  ProtocolError,
} from '@sallyport/protocol'

/** `known`: the event is in the contract, or `unknown-event`. */
export function known(event: string): ClientEvent {
  if (!isClientEvent(event)) throw new ProtocolError('unknown-event', { rule: 'contract' })
  return event
}

/**
 * `parse`: the checked, stripped and cleaned input. Throws `too-large` when the event took more bytes on the wire than it
 * may, and `invalid-input` with the paths of what is wrong, never the values.
 */
export function parse(name: ClientEvent, payload: readonly unknown[], bytes: number): unknown {
  const spec = clientEvents[name]
  const most = 'bytes' in spec ? (spec.bytes ?? limits.eventBytes) : limits.eventBytes
  if (bytes > most) throw new ProtocolError('too-large', { rule: 'event-bytes' })
  if (payload.length > 1) {
    throw new ProtocolError('invalid-input', {
      issues: [{ path: '', message: 'must be one object' }],
      rule: 'arguments',
    })
  }
  const given = 'ignores' in spec ? without(payload[0], spec.ignores) : payload[0]
  checkPayload(given)
  const parsed = spec.input.safeParse(given)
  if (parsed.success) return parsed.data
  throw new ProtocolError('invalid-input', {
    issues: issuesOf(parsed.error),
    rule: 'schema',
  })
}

function without(payload: unknown, fields: readonly string[]): unknown {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return payload
  return Object.fromEntries(Object.entries(payload).filter(([name]) => !fields.includes(name)))
}
