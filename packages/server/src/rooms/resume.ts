/** Answers a returning client: what changed in a channel since an offset, or that there is a gap. */
import { limits, ProtocolError, type Reply } from '@sallyport/protocol'
import type { RoomStore } from '../ports.ts'

/** Where a client stopped reading: an offset, in the log that it knows. */
interface Position {
  readonly since: number
  readonly epoch: string | undefined
}

/**
 * What was missed. Each changed message comes once, as it is now, so nothing deleted meanwhile is shown.
 * `gap` when the log is another one, the offset lies ahead of it, or more was missed than is sent at once.
 */
export async function resumeChannel(
  store: RoomStore,
  channel: string,
  { since, epoch }: Position,
): Promise<Reply<'channel:resume'>> {
  const stored = await store.channel(channel)
  if (!stored) throw new ProtocolError('not-found')
  const { head } = stored
  const foreign = epoch !== undefined && epoch !== head.epoch
  if (foreign || since > head.offset) return { gap: true, ...head, messages: [] }
  const missed = await store.changes(channel, since, limits.resumeMessages + 1)
  const size = missed.reduce((sum, message) => sum + message.content.length, 0)
  if (missed.length > limits.resumeMessages || size > limits.resumeCharacters)
    return { gap: true, ...head, messages: [] }
  // What was stored after `head` was read comes live as well; its offset tells the client that it has it.
  const offset = Math.max(head.offset, ...missed.map((message) => message.offset))
  return { gap: false, epoch: head.epoch, offset, messages: [...missed] }
}
