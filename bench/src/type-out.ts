/** Types a trace into one editor at a steady pace and takes the times at which it is seen and acknowledged. */
import { setTimeout } from 'node:timers/promises'
import type { Candidate } from './candidate.ts'
import { type Editor, textOf } from './editors.ts'
import { quantile } from './statistics.ts'
import { initialText, typingTrace } from './typing-trace.ts'

const everyMs = 10
const lateMs = 15_000

interface Latency {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export interface Typed {
  /** Milliseconds from an edit to the moment when the second editor has it. */
  readonly seen: Latency
  /** Milliseconds from an edit to its acknowledgement. */
  readonly acknowledged: Latency
  /** Updates in which the edits reached the second editor: fewer than edits where they were merged on the way. */
  readonly updates: number
  readonly cpuMs: number
}

interface Options {
  readonly writer: Editor
  readonly reader: Editor
  readonly candidate: Candidate
  readonly edits: number
}

/** Fills the document, then types. Rejects when an edit does not arrive. */
export async function typeOut({ writer, reader, candidate, edits }: Options): Promise<Typed> {
  const text = textOf(writer.document)
  const filled = arrivals(reader, initialText.length)
  text.insert(0, initialText)
  await filled.complete

  const sentAt: number[] = []
  const acknowledged: number[] = []
  const allAcknowledged = Promise.withResolvers<void>()
  writer.onUnacknowledged((count) => {
    // Local edits are counted before they are sent, so a count that falls is an acknowledgement.
    const now = performance.now()
    while (acknowledged.length < sentAt.length - count) acknowledged.push(now - (sentAt[acknowledged.length] ?? now))
    if (acknowledged.length === edits) allAcknowledged.resolve()
  })
  const seen = arrivals(reader, edits, sentAt)
  const cpuBefore = await candidate.cpuMs()
  const started = performance.now()
  for (const [index, { at, text: character }] of typingTrace(edits, initialText.length).entries()) {
    const wait = started + index * everyMs - performance.now()
    if (wait > 0) await setTimeout(wait)
    sentAt.push(performance.now())
    text.insert(at, character)
  }
  const all = Promise.all([seen.complete, allAcknowledged.promise])
  const abort = new AbortController()
  const late = setTimeout(lateMs, undefined, { signal: abort.signal }).then(() => {
    throw new Error(
      `after ${lateMs} ms ${seen.latencies.length} of ${edits} edits were seen, ${acknowledged.length} acknowledged`,
    )
  })
  await Promise.race([all, late])
  abort.abort()
  await late.catch(() => undefined)
  const cpuMs = (await candidate.cpuMs()) - cpuBefore
  return { seen: latency(seen.latencies), acknowledged: latency(acknowledged), updates: seen.updates(), cpuMs }
}

/** Watches an editor until so many more characters are there, and takes the time of each. */
function arrivals({ document }: Editor, characters: number, sentAt: readonly number[] = []) {
  const { promise, resolve } = Promise.withResolvers<void>()
  const latencies: number[] = []
  const before = lengthOf(document)
  let updates = 0
  const onUpdate = (): void => {
    updates += 1
    const now = performance.now()
    const arrived = lengthOf(document) - before
    while (latencies.length < arrived) latencies.push(now - (sentAt[latencies.length] ?? now))
    if (arrived < characters) return
    document.off('update', onUpdate)
    resolve()
  }
  document.on('update', onUpdate)
  return { complete: promise, latencies, updates: () => updates }
}

/** Characters of the document; 0 while it is empty. */
function lengthOf(document: Editor['document']): number {
  return document.getXmlFragment('prosemirror').length === 0 ? 0 : textOf(document).length
}

function latency(values: readonly number[]): Latency {
  return { p50: quantile(values, 0.5), p95: quantile(values, 0.95), p99: quantile(values, 0.99) }
}
