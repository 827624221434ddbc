/** The key under which a client posts a message once, however often it sends it. */
import { z } from 'zod'
import { limits } from './limits.ts'

/** A client's own name for a message: `client_key` of the event, `temp_id` of Open WebUI's route. */
export const clientKey = z
  .string()
  .max(limits.clientKey)
  .regex(/^[\w:.-]+$/, 'may hold letters, digits and _ : . -')
