/** Who is signed in here: the one place that knows, and that everything else asks. */
import { createHttp, SallyportError } from '@sallyport/client'
import type { RouteReply, SignedIn } from '@sallyport/protocol'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import { clearDrafts } from '../channels/drafts.ts'

export type Http = ReturnType<typeof createHttp>

/** What is known of the session. */
export type SessionState =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly error: Error }
  | { readonly status: 'signed-out' }
  | { readonly status: 'pending' }
  | { readonly status: 'signed-in'; readonly account: SignedIn }

interface SessionValue {
  readonly http: Http
  readonly state: SessionState
  /** Takes up the session that a sign-in, sign-up, set-up or change of the account returned. */
  readonly enter: (account: SignedIn) => void
  /** Asks the server again who is signed in; answers whether somebody is. */
  readonly check: () => Promise<boolean>
  /** Signs out here and on the server. */
  readonly leave: () => Promise<void>
}

const SessionContext = createContext<SessionValue | undefined>(undefined)
const key = ['session'] as const

/** Loads the session from the cookie and offers it to what is inside. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [http] = useState(() => createHttp({}))
  const queries = useQueryClient()
  const query = useQuery({ queryKey: key, queryFn: () => loadSession(http), staleTime: Number.POSITIVE_INFINITY })

  const forget = useCallback(
    // Nothing of the person who leaves stays in memory for the next one.
    () => queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'config' && queryKey[0] !== key[0] }),
    [queries],
  )
  const enter = useCallback(
    (account: SignedIn) => {
      const before = queries.getQueryData<SessionState>(key)
      if (before?.status !== 'signed-in' || before.account.id !== account.id) forget()
      queries.setQueryData(key, stateOf(account))
    },
    [queries, forget],
  )
  const check = useCallback(async () => {
    await queries.invalidateQueries({ queryKey: key })
    return queries.getQueryData<SessionState>(key)?.status === 'signed-in'
  }, [queries])
  const leave = useCallback(async () => {
    await http.call('auth.signout')
    clearDrafts()
    forget()
    queries.setQueryData(key, { status: 'signed-out' } satisfies SessionState)
  }, [http, queries, forget])

  const state: SessionState = useMemo(() => {
    if (query.data !== undefined) return query.data
    return query.error === null ? { status: 'loading' } : { status: 'failed', error: query.error }
  }, [query.data, query.error])
  const value = useMemo(() => ({ http, state, enter, check, leave }), [http, state, enter, check, leave])
  return <SessionContext value={value}>{children}</SessionContext>
}

/** The session. */
export function useSession(): SessionValue {
  const value = useContext(SessionContext)
  if (value === undefined) throw new Error('useSession needs a SessionProvider around it')
  return value
}

/** The typed HTTP calls, with the session's cookie. */
export function useHttp(): Http {
  return useSession().http
}

/** The signed-in person; for components that are shown to signed-in people only. */
export function useAccount(): SignedIn {
  const { state } = useSession()
  if (state.status !== 'signed-in') throw new Error('useAccount needs a signed-in person')
  return state.account
}

/** What the server offers to people who have not signed in. */
export function useConfig(): RouteReply<'config'> | undefined {
  const http = useHttp()
  return useQuery({ queryKey: ['config'], queryFn: () => http.call('config'), staleTime: 300_000 }).data
}

async function loadSession(http: Http): Promise<SessionState> {
  try {
    return stateOf(await http.call('auth.session'))
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error
    if (error.code === 'account-pending') return { status: 'pending' }
    if (error.code === 'unauthenticated') return { status: 'signed-out' }
    throw error
  }
}

function stateOf(account: SignedIn): SessionState {
  return account.role === 'pending' ? { status: 'pending' } : { status: 'signed-in', account }
}
