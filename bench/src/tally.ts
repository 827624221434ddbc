/** Counts what a crowd receives, and how long it took to those members that are sampled. */

/** Stands in each message, so that it is recognised where it arrives: a UUID, because one event carries it as an id. */
const markPrefix = '00000000-0000-4000-8000-'
const markBytes = Buffer.from(markPrefix)
const roundMs = 20_000

export class Tally {
  deliveries = 0
  bytes = 0
  latencies: number[] = []
  #sequence = 0
  #sentAt: number[] = []
  #expected = Number.POSITIVE_INFINITY
  #complete: PromiseWithResolvers<void> | undefined

  /** Forgets what was counted. */
  reset(): void {
    this.deliveries = 0
    this.bytes = 0
    this.latencies = []
    this.#sentAt = []
    this.#sequence = 0
  }

  /** The mark of a message that is sent now. */
  mark(): string {
    const mark = markPrefix + this.#sequence.toString(16).padStart(12, '0')
    this.#sentAt[this.#sequence] = performance.now()
    this.#sequence += 1
    return mark
  }

  /** Resolves when as many more deliveries were counted. Rejects when they do not come. */
  async expect(deliveries: number): Promise<void> {
    this.#expected = this.deliveries + deliveries
    const complete = Promise.withResolvers<void>()
    this.#complete = complete
    const late = setTimeout(() => {
      complete.reject(new Error(`${this.#expected - this.deliveries} of ${deliveries} deliveries did not come`))
    }, roundMs)
    try {
      await complete.promise
    } finally {
      clearTimeout(late)
    }
  }

  count(bytes: number): void {
    this.deliveries += 1
    this.bytes += bytes
    if (this.deliveries === this.#expected) this.#complete?.resolve()
  }

  /** Takes the time of the message in `data[start..end)`. */
  sample(data: Buffer, start: number, end: number): void {
    const at = data.indexOf(markBytes, start)
    if (at < 0 || at >= end) return
    const from = at + markBytes.length
    const sentAt = this.#sentAt[Number.parseInt(data.toString('latin1', from, from + 12), 16)]
    if (sentAt !== undefined) this.latencies.push(performance.now() - sentAt)
  }

  /** Ends the round that is under way: somebody was refused, or lost the connection. */
  fail(error: Error): void {
    this.#complete?.reject(error)
  }
}
