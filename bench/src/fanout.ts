/** `fanout`: one event to every member of a room, beside servers that check nothing. */
import { fanoutSettings, openContenders, plainLabel, type Row, sizeOf } from './contenders.ts'
import { type Mode, measure, modes, ratio, type Sample, type Summary, summarise } from './measure.ts'
import type { Run } from './run.ts'
import { table } from './table.ts'
import { temporaryFolder } from './temporary-folder.ts'

interface Plan {
  readonly members: number
  readonly turns: number
  readonly warmUpMs: number
  readonly forMs: number
}

const full: Plan = { members: 1_000, turns: 5, warmUpMs: 1_000, forMs: 1_200 }
const quick: Plan = { members: 200, turns: 1, warmUpMs: 150, forMs: 250 }

/** One row in one mode, and its sample of each turn. */
interface Cell {
  readonly row: Row
  readonly mode: Mode
  readonly samples: Sample[]
}

interface Result extends Summary {
  readonly server: string
  readonly label: string
  readonly mode: Mode
  /** Against the peers' plain event, and against one of the same wire size; for our rows only. */
  readonly ratios: Readonly<Record<string, number>>
  readonly samples: readonly Sample[]
}

/** Measures every row alone and in bursts, in turns, and prints the tables. Answers all figures. */
export async function benchFanout({ quick: short, pinned, profiles, print }: Run): Promise<object> {
  const plan = short ? quick : full
  using folder = temporaryFolder()
  await using stack = new AsyncDisposableStack()
  const rows = await openContenders({ members: plan.members, dataFolder: folder.path, pinned, profiles }, stack)
  const all = Object.keys(modes) as Mode[]
  const cells: Cell[] = all.flatMap((mode) => rows.map((row) => ({ row, mode, samples: [] })))
  for (const { row, mode } of cells) await measure(row, mode, plan.warmUpMs)
  for (let turn = 0; turn < plan.turns; turn += 1) {
    // Forwards and backwards, so that no row always follows the same other one.
    for (const { row, mode, samples } of turn % 2 === 0 ? cells : cells.toReversed()) {
      samples.push(await measure(row, mode, plan.forMs))
    }
  }
  const results = cells.map((cell) => resultOf(cell, cells))
  for (const mode of all) print(modeText(mode, results, plan))
  return { plan, settings: fanoutSettings, results }
}

function resultOf({ row, mode, samples }: Cell, cells: readonly Cell[]): Result {
  const ratios: Record<string, number> = {}
  for (const server of row.server === 'sallyport' ? (['socket.io', 'ws'] as const) : []) {
    for (const label of [plainLabel, sizeOf(row)]) {
      const peer = cells.find((cell) => cell.mode === mode && cell.row.server === server && cell.row.label === label)
      if (peer !== undefined) ratios[`${server}, ${label}`] = ratio(samples, peer.samples)
    }
  }
  return { server: row.server, label: row.label, mode, ...summarise(samples), ratios, samples }
}

const header = ['server', 'B/frame', 'deliveries/CPU s', 'from', 'to', 'deliveries/s', 'p50 ms', 'p99 ms']

function modeText(mode: Mode, all: readonly Result[], { members, turns }: Plan): string {
  const results = all.filter((result) => result.mode === mode)
  const rows = results.map((result) => [
    `${result.server}, ${result.label}`,
    result.bytesPerFrame.toFixed(0),
    thousands(result.perCpuSecond),
    thousands(result.least),
    thousands(result.most),
    thousands(result.perSecond),
    result.p50.toFixed(1),
    result.p99.toFixed(1),
  ])
  const ratios = results.flatMap(({ server, label, ratios }) =>
    Object.entries(ratios).map(([peer, value]) => `${server}, ${label} = ${value.toFixed(2)} × ${peer}`),
  )
  const title = `${mode}: ${modes[mode]} in flight, ${members} members, median of ${turns}`
  return [title, table(header, rows), ...ratios, ''].join('\n')
}

function thousands(value: number): string {
  return `${Math.round(value / 1_000)}k`
}
