/** One measurement: messages to a whole crowd for a while, and what they cost the server. */
import type { Row } from './contenders.ts'
import { median, quantile } from './statistics.ts'

/** How many messages are in flight at a time. */
export const modes = { single: 1, burst: 20 } as const
export type Mode = keyof typeof modes

export interface Sample {
  readonly messages: number
  readonly bytesPerFrame: number
  /** Deliveries for each second of the server's processor time. */
  readonly perCpuSecond: number
  /** Deliveries for each second of the clock: what both cores together managed. */
  readonly perSecond: number
  /** Milliseconds from sending a message to its arrival at the sampled members. */
  readonly p50: number
  readonly p99: number
}

/** Sends in rounds until `forMs` are over. */
export async function measure({ candidate, crowd, message }: Row, mode: Mode, forMs: number): Promise<Sample> {
  const { tally } = crowd
  tally.reset()
  const cpuBefore = await candidate.cpuMs()
  const started = performance.now()
  let messages = 0
  do {
    await crowd.round(modes[mode], message)
    messages += modes[mode]
  } while (performance.now() - started < forMs)
  const ms = performance.now() - started
  const cpuMs = (await candidate.cpuMs()) - cpuBefore
  return {
    messages,
    bytesPerFrame: tally.bytes / tally.deliveries,
    perCpuSecond: (tally.deliveries / cpuMs) * 1_000,
    perSecond: (tally.deliveries / ms) * 1_000,
    p50: quantile(tally.latencies, 0.5),
    p99: quantile(tally.latencies, 0.99),
  }
}

/** Repetitions of one measurement: the median of each figure, and between what the most important one varied. */
export interface Summary extends Sample {
  readonly least: number
  readonly most: number
}

export function summarise(samples: readonly Sample[]): Summary {
  const middle = (of: (sample: Sample) => number) => median(samples.map(of))
  const perCpuSecond = samples.map((sample) => sample.perCpuSecond)
  return {
    messages: middle((sample) => sample.messages),
    bytesPerFrame: middle((sample) => sample.bytesPerFrame),
    perCpuSecond: median(perCpuSecond),
    perSecond: middle((sample) => sample.perSecond),
    p50: middle((sample) => sample.p50),
    p99: middle((sample) => sample.p99),
    least: Math.min(...perCpuSecond),
    most: Math.max(...perCpuSecond),
  }
}

/** How many times more deliveries for each processor second: the median over the turns, each compared within itself. */
export function ratio(ours: readonly Sample[], theirs: readonly Sample[]): number {
  return median(ours.map((sample, turn) => sample.perCpuSecond / (theirs[turn]?.perCpuSecond ?? Number.NaN)))
}
