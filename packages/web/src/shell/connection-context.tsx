/** The one connection of the signed-in person, and hooks on what it brings. */
import { type Client, type ClientEvents, connect } from '@sallyport/client'
import type { Payload, ServerEvent } from '@sallyport/protocol'
import { createContext, type ReactNode, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react'

const ClientContext = createContext<Client | undefined>(undefined)

/** Connects while it is shown, and closes the connection afterwards. `children` appear with the client. */
export function ConnectionProvider({ children }: { readonly children: ReactNode }) {
  const [client, setClient] = useState<Client>()
  useEffect(() => {
    const opened = connect({})
    setClient(opened)
    return () => opened.close()
  }, [])
  return client === undefined ? null : <ClientContext value={client}>{children}</ClientContext>
}

/** The client of the signed-in person. */
export function useClient(): Client {
  const client = useContext(ClientContext)
  if (client === undefined) throw new Error('useClient needs a ConnectionProvider around it')
  return client
}

/** The state of the connection; renders again when it changes. */
export function useConnectionStatus(): Client['status'] {
  const client = useClient()
  return useSyncExternalStore(
    (changed) => client.on('status', changed),
    () => client.status,
  )
}

/** Calls `handler` with each event of that name while the component is shown. */
export function useServerEvent<E extends ServerEvent>(event: E, handler: (payload: Payload<E>) => void): void {
  const client = useClient()
  const latest = useRef(handler)
  latest.current = handler
  useEffect(() => {
    // The compiler does not see that the arguments of a server event are its payload, for an event it does not know.
    const listener = (...[payload]: ClientEvents[E]) => latest.current(payload as Payload<E>)
    return client.on(event, listener)
  }, [client, event])
}

/** Calls `handler` after each (re)connection, when the server has taken up the identity again. */
export function useJoined(handler: () => void): void {
  const client = useClient()
  const latest = useRef(handler)
  latest.current = handler
  useEffect(() => client.on('joined', () => latest.current()), [client])
}
