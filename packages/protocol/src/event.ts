/** How an event is declared: once, here; types, validation, permission, cost, metrics and reference derive from it. */
import { z } from 'zod'
import { limits } from './limits.ts'
import type { Need } from './permissions.ts'

/** The declaration of an event that clients send. */
export interface EventSpec<I extends z.ZodType, R extends z.ZodType> {
  readonly summary: string
  /** What the session must hold before the handler runs. */
  readonly needs: Need
  /** Units of the session's budget. 1 is an event that reads memory; a durable write costs more. */
  readonly cost: number
  /** The payload; fields that it does not name are stripped. */
  readonly input: I
  /** The value of the acknowledgement. */
  readonly reply: R
  /** Bytes of the event on the wire. Default `limits.eventBytes`. */
  readonly bytes?: number
  /** Fields that clients are known to send and nobody reads: dropped before the payload is looked at. */
  readonly ignores?: readonly string[]
  /** The acknowledgement also carries the reply's fields beside `ok`, as Open WebUI's clients read it. */
  readonly flat?: boolean
}

/** Declares an event that clients send. */
export function event<I extends z.ZodType, R extends z.ZodType>(spec: EventSpec<I, R>): EventSpec<I, R> {
  return spec
}

/** The declaration of an event that the server sends. */
export interface ServerEventSpec<P extends z.ZodType> {
  readonly summary: string
  readonly payload: P
  /** Whether it may be dropped for a slow reader, because a later one replaces it. */
  readonly sheddable: boolean
}

/** Declares an event that the server sends. */
export function serverEvent<P extends z.ZodType>(spec: ServerEventSpec<P>): ServerEventSpec<P> {
  return spec
}

/** The reply of an event that answers nothing but its success. */
export const nothing = z.object({})

/**
 * Bytes on the wire: binary, or an array of numbers 0-255 as Open WebUI's client sends it.
 * Parsed to a `Uint8Array`; `max` bytes at most. One look at each number, and none when there are too many.
 */
export function bytes(max: number = limits.updateBytes) {
  return z
    .custom<Uint8Array | number[]>((value) => value instanceof Uint8Array || Array.isArray(value), 'must be bytes')
    .transform((value, context): Uint8Array => {
      if (value.length > max) return fail(context, `must be ${max} bytes at most`)
      if (value instanceof Uint8Array) return value
      const result = new Uint8Array(value.length)
      for (let index = 0; index < result.length; index += 1) {
        const number: unknown = value[index]
        if (typeof number !== 'number' || (number & 0xff) !== number) {
          return fail(context, 'must be bytes: whole numbers from 0 to 255')
        }
        result[index] = number
      }
      return result
    })
    .meta({ description: `bytes, ${max} at most: binary or an array of numbers` })
}

function fail(context: z.core.$RefinementCtx, message: string): never {
  context.issues.push({ code: 'custom', message, input: undefined })
  return z.NEVER
}
