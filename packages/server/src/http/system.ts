/** Routes about the server itself. Strangers learn no more than a sign-in page needs. */
import { ProtocolError } from '@sallyport/protocol'
import type { RouteHandlers } from './http.ts'

export interface SystemRoutes {
  readonly version: string
  readonly features: { readonly signUp: boolean }
  /** Whether the first administrator is still to be made. */
  readonly awaitsSetup: () => boolean
  /** Rejects unless storage answers; false while the node drains. */
  readonly ready: () => Promise<boolean>
}

type Names = 'config' | 'version' | 'health' | 'ready'

export function createSystemRoutes({
  version,
  features,
  awaitsSetup,
  ready,
}: SystemRoutes): Pick<RouteHandlers, Names> {
  return {
    config: () => ({
      status: true as const,
      name: 'Sallyport',
      version,
      default_locale: 'en-US',
      onboarding: awaitsSetup(),
      oauth: { providers: {} },
      features: {
        auth: true,
        enable_signup: features.signUp && !awaitsSetup(),
        enable_login_form: true,
        enable_websocket: true,
        enable_channels: true,
        enable_notes: true,
      },
    }),
    version: () => ({ version, deployment_id: '' }),
    health: () => ({ status: true }),
    ready: async () => {
      if (!(await ready())) throw new ProtocolError('draining')
      return { status: true }
    },
  }
}
