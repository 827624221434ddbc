/** What the figures were taken on, and whether the machine was free for them. */
import { spawnSync } from 'node:child_process'
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { quantile } from './statistics.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly node: string
  /** Whether server and load generator have a core each. */
  readonly pinned: boolean
  /** Processes that wanted to run, averaged over the last minute, before the benchmark began. */
  readonly load: number
  /** Milliseconds of an fsync after a write of 4 KiB in the temporary folder. */
  readonly fsync: { readonly p50: number; readonly p95: number }
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    pinned: cpus().length > 1 && spawnSync('taskset', ['--version']).status === 0,
    load: loadAverage(),
    fsync: measureFsync(),
  }
}

/** The load of the last minute. */
export function loadAverage(): number {
  return loadavg()[0] ?? 0
}

/** Keeps this process on the second core, away from the servers. */
export function pinToSecondCore(): void {
  spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', '1', String(process.pid)])
}

/** The machine in two lines. */
export function machineText({ processor, cores, node, pinned, load, fsync }: Machine): string {
  const places = pinned
    ? 'server on core 0, load generator on core 1'
    : 'NOT pinned (one core, or no taskset): the two disturb each other'
  const free = load > 0.5 * availableParallelism() ? ' — BUSY: compare ratios, not figures' : ''
  return [
    `${processor}, ${cores} cores, Node ${node}; ${places}`,
    `load average ${load.toFixed(2)}${free}; fsync p50 ${fsync.p50.toFixed(2)} ms, p95 ${fsync.p95.toFixed(2)} ms`,
  ].join('\n')
}

/** Takes the time of 100 fsyncs: what every durable write waits for at least. */
export function measureFsync(): Machine['fsync'] {
  using folder = temporaryFolder()
  const file = openSync(join(folder.path, 'fsync'), 'w')
  const block = Buffer.alloc(4_096)
  const times = Array.from({ length: 100 }, () => {
    const started = performance.now()
    writeSync(file, block)
    fsyncSync(file)
    return performance.now() - started
  })
  closeSync(file)
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95) }
}
