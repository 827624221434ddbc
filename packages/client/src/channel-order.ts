/** Decides for each event of a channel whether it is the next one: pure, so that order and "none twice" can be shown. */
import type { Payload } from '@sallyport/protocol'

/** An event of one channel, live or resumed. */
export type ChannelEvent = Extract<Payload<'events:channel'>, { readonly channel_id: string }>

/** A place in a channel's log. `epoch` is the identity of the log, where it is known. */
export interface Position {
  readonly offset: number
  readonly epoch: string | undefined
}

/** `missed`: something before this event has not been seen. */
export type Verdict = 'deliver' | 'drop' | 'missed'

/** The position in a channel's log. */
export class ChannelOrder {
  #position: Position | undefined
  /** For each parent of replies the offset of its newest counts. */
  readonly #counts = new Map<string, number>()

  constructor(position: Position | undefined) {
    this.#position = position
  }

  /** Undefined until an event with an offset was seen or a position was given. */
  get position(): Position | undefined {
    return this.#position
  }

  /** Takes an event into account. `missed` changes nothing: resume, then ask again. */
  take(event: ChannelEvent): Verdict {
    const { offset, epoch } = event
    // Typing has no place in the log.
    if (offset === undefined) return 'deliver'
    if (event.data.type === 'message:reply') return this.#takeCounts(event.data.data.id, offset)
    const last = this.#position
    if (last !== undefined) {
      if (last.epoch !== undefined && epoch !== undefined && epoch !== last.epoch) return 'missed'
      if (offset <= last.offset) return 'drop'
      if (offset > last.offset + 1) return 'missed'
    }
    this.#position = { offset, epoch: epoch ?? last?.epoch }
    return 'deliver'
  }

  /** Goes to a position, whatever was seen; with undefined, the next event says where it is. */
  moveTo(position: Position | undefined): void {
    if (position?.epoch !== this.#position?.epoch) this.#counts.clear()
    this.#position = position
  }

  /** A reply's event is followed by one with its parent's counts under the same offset, at times after the next change. */
  #takeCounts(parent: string, offset: number): Verdict {
    if (offset <= (this.#counts.get(parent) ?? -1)) return 'drop'
    this.#counts.set(parent, offset)
    return 'deliver'
  }
}
