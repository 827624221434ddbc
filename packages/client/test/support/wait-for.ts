/** Waiting for events instead of for time. */
import type { Client } from '../../src/client.ts'
import type { Status } from '../../src/link.ts'
import type { NoteProvider } from '../../src/note-provider.ts'

/** Resolves with the arguments of the first event that fits; rejects after ten seconds. */
export function waitFor<A extends readonly unknown[]>(
  subscribe: (listener: (...args: A) => void) => () => void,
  fits: (...args: A) => boolean = () => true,
): Promise<A> {
  const { promise, resolve, reject } = Promise.withResolvers<A>()
  const unsubscribe = subscribe((...args) => {
    if (fits(...args)) resolve(args)
  })
  const timer = setTimeout(() => reject(new Error('The event did not come within ten seconds.')), 10_000)
  return promise.finally(() => {
    clearTimeout(timer)
    unsubscribe()
  })
}

/** Resolves when the client has the status. */
export async function reaches(client: Client, status: Status): Promise<void> {
  if (client.status === status) return
  await waitFor(
    (listener: (status: Status) => void) => client.on('status', listener),
    (now) => now === status,
  )
}

/** Resolves when a condition on a provider holds, looked at after each of its events and each change of its document. */
export async function holds(provider: NoteProvider, condition: () => boolean): Promise<void> {
  if (condition()) return
  await waitFor((listener: () => void) => {
    const events = ['status', 'synced', 'unsynced-changes', 'level', 'refused', 'left', 'connection-error'] as const
    for (const event of events) provider.on(event, listener)
    provider.document.on('update', listener)
    provider.awareness?.on('update', listener)
    return () => {
      for (const event of events) provider.off(event, listener)
      provider.document.off('update', listener)
      provider.awareness?.off('update', listener)
    }
  }, condition)
}
