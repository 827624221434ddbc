/** All members of one room on one server. */
import { type Dialect, Member } from './member.ts'
import { Tally } from './tally.ts'

/** Members whose latency is taken: one in so many, spread over the order in which they came. */
const sampleEvery = 20
const openingAtOnce = 50

export class Crowd {
  readonly tally: Tally
  readonly #members: readonly Member[]

  constructor(members: readonly Member[], tally: Tally) {
    this.#members = members
    this.tally = tally
  }

  /** Sends messages, each from another member, and waits until every member has every one of them. */
  async round(count: number, message: (mark: string) => string): Promise<void> {
    const complete = this.tally.expect(count * this.#members.length)
    const apart = Math.max(1, Math.floor(this.#members.length / count))
    for (let index = 0; index < count; index += 1) {
      this.#members[(index * apart) % this.#members.length]?.send(message(this.tally.mark()))
    }
    await complete
  }

  close(): void {
    for (const member of this.#members) member.close()
  }
}

/** Connects as many members as there are dialects and waits until all are in the room. */
export async function openCrowd(port: number, dialects: readonly Dialect[]): Promise<Crowd> {
  const tally = new Tally()
  const members: Member[] = []
  for (let from = 0; from < dialects.length; from += openingAtOnce) {
    const batch = dialects.slice(from, from + openingAtOnce).map((dialect, index) => {
      return new Member({ port, dialect, tally, sampled: (from + index) % sampleEvery === 0 })
    })
    members.push(...batch)
    await Promise.all(batch.map((member) => member.opened))
  }
  return new Crowd(members, tally)
}
