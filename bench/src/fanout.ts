/** `fanout`: one event to every member of a room, beside servers that check nothing. */
import { contentBytes } from './dialects.ts'
import { fanoutSettings, openContenders, type Row } from './contenders.ts'
import { type Mode, measure, modes, type Sample, type Summary, summarise } from './measure.ts'
import type { Run } from './run.ts'
import { table } from './table.ts'
import { temporaryFolder } from './temporary-folder.ts'

interface Plan {
  readonly members: number
  readonly repetitions: number
  readonly warmUpMs: number
  readonly forMs: number
}

const full: Plan = { members: 1_000, repetitions: 3, warmUpMs: 1_000, forMs: 2_000 }
const quick: Plan = { members: 200, repetitions: 1, warmUpMs: 150, forMs: 250 }

interface Result extends Summary {
  readonly server: string
  readonly label: string
  readonly mode: Mode
}

/** Measures every row alone and in bursts, in turns, and prints the tables. Answers all figures. */
export async function benchFanout({ quick: short, pinned, profiles, print }: Run): Promise<object> {
  const plan = short ? quick : full
  using folder = temporaryFolder()
  await using stack = new AsyncDisposableStack()
  const rows = await openContenders({ members: plan.members, dataFolder: folder.path, pinned, profiles }, stack)
  const cells = rows.flatMap((row) => (Object.keys(modes) as Mode[]).map((mode) => ({ row, mode, samples: [] as Sample[] })))
  for (const { row, mode } of cells) await measure(row, mode, plan.warmUpMs)
  for (let turn = 0; turn < plan.repetitions; turn += 1) {
    for (const { row, mode, samples } of cells) samples.push(await measure(row, mode, plan.forMs))
  }
  const results = cells.map(({ row, mode, samples }) => resultOf(row, mode, samples))
  for (const mode of Object.keys(modes) as Mode[]) print(modeText(mode, results, plan))
  return { plan, settings: fanoutSettings, results }
}

function resultOf({ server, label }: Row, mode: Mode, samples: readonly Sample[]): Result {
  return { server, label, mode, ...summarise(samples) }
}

const header = ['server', 'B/frame', 'deliveries/CPU s', '±', 'deliveries/s', 'p50 ms', 'p99 ms', '× socket.io', 'same size', '× ws', 'same size']

function modeText(mode: Mode, all: readonly Result[], { members, repetitions }: Plan): string {
  const results = all.filter((result) => result.mode === mode)
  const rows = results.map((result) => [
    `${result.server}, ${result.label}`,
    result.bytesPerFrame.toFixed(0),
    thousands(result.perCpuSecond),
    `${(result.spread * 100).toFixed(0)}%`,
    thousands(result.perSecond),
    result.p50.toFixed(1),
    result.p99.toFixed(1),
    ...(['socket.io', 'ws'] as const).flatMap((peer) => ratios(result, results, peer)),
  ])
  const title = `${mode}: ${modes[mode]} in flight, ${members} members, median of ${repetitions}`
  return `${title}\n${table(header, rows)}\n`
}

/** A result of ours against a peer: with the peer's plain event, and with one of the same wire size. */
function ratios(result: Result, results: readonly Result[], peer: 'socket.io' | 'ws'): readonly string[] {
  if (result.server !== 'sallyport') return ['', '']
  const against = (label: string) => {
    const other = results.find((one) => one.server === peer && one.label === label)
    return other === undefined ? '' : (result.perCpuSecond / other.perCpuSecond).toFixed(2)
  }
  return [against(`${contentBytes} B`), against(`size of ${result.label.split(' ')[0]}`)]
}

function thousands(value: number): string {
  return `${Math.round(value / 1_000)}k`
}
