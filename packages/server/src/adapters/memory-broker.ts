/** The broker of one node: what is published comes back as it would from Redis, in order and not in the caller's stack. */
import type { RoomName } from '@sallyport/protocol'
import type { Broker, BrokerReceiver, Control, Publication } from '../ports.ts'

export function createMemoryBroker(): Broker {
  const subscribed = new Set<RoomName>()
  let receiver: BrokerReceiver | undefined

  return {
    start: async (to) => {
      receiver = to
    },
    subscribe: (room) => {
      subscribed.add(room)
    },
    unsubscribe: (room) => {
      subscribed.delete(room)
    },
    publish: (publication: Publication) => {
      queueMicrotask(() => {
        if (subscribed.has(publication.room)) receiver?.publication(publication)
      })
    },
    // In the caller's stack: from here on a right that was withdrawn permits no message.
    control: async (control: Control) => {
      await receiver?.control(control)
    },
    close: async () => {
      receiver = undefined
    },
  }
}
