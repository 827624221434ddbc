/** `edits`: one person types, another sees it; beside Hocuspocus, which keeps the document in memory only. */
import { type Candidate, startCandidate } from './candidate.ts'
import { type Editor, openHocuspocus, openNote } from './editors.ts'
import { type Machine, measureFsync } from './machine.ts'
import { administrator, makeNote, makePeople, type Person } from './people.ts'
import type { Run } from './run.ts'
import { median } from './statistics.ts'
import { table } from './table.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { type Typed, typeOut } from './type-out.ts'

interface Plan {
  readonly turns: number
  readonly warmUp: number
  readonly edits: number
}

const full: Plan = { turns: 5, warmUp: 300, edits: 600 }
const quick: Plan = { turns: 1, warmUp: 50, edits: 200 }

/** 100 edits/s of one connection are beyond anybody's typing, and beyond its default budget of 200 units/s at 3 each. */
const editsSettings = { RATE_LIMIT_PER_SECOND: '1000' } as const

/** A server whose documents can be opened. */
interface Contender {
  readonly label: string
  readonly candidate: Candidate
  /** Two editors of a new document. */
  open(): Promise<readonly [writer: Editor, reader: Editor]>
}

/** Types the same trace into each server in turns and prints the table. Answers all figures. */
export async function benchEdits({ quick: short, pinned, profiles, print }: Run): Promise<object> {
  const plan = short ? quick : full
  using folder = temporaryFolder()
  await using sallyport = await startCandidate('sallyport', {
    settings: { ...administrator, ...editsSettings, DATA_DIR: folder.path },
    pinned,
    profiles,
  })
  await using hocuspocus = await startCandidate('hocuspocus', { pinned, profiles })
  const url = `http://127.0.0.1:${sallyport.port}`
  const [admin, ana, bo] = await makePeople(url, 2)
  if (ana === undefined || bo === undefined) throw new Error('two people were asked for')
  const contenders = [
    { label: 'sallyport (durable)', candidate: sallyport, open: () => openOurs(url, admin, [ana, bo]) },
    { label: 'hocuspocus (in memory)', candidate: hocuspocus, open: () => openTheirs(hocuspocus.port) },
  ] as const
  const fsyncs: Machine['fsync'][] = []
  const cells = contenders.map((contender) => ({ contender, samples: [] as Typed[] }))
  for (const { contender } of cells) await runOnce(contender, plan.warmUp)
  for (let turn = 0; turn < plan.turns; turn += 1) {
    for (const { contender, samples } of cells) samples.push(await runOnce(contender, plan.edits))
    fsyncs.push(measureFsync())
  }
  const results = cells.map(({ contender, samples }) => ({ label: contender.label, samples }))
  print(`${editsText(results, plan)}\n${fsyncText(fsyncs)}\n`)
  return { plan, settings: editsSettings, fsyncs, results }
}

async function runOnce({ candidate, open }: Contender, edits: number): Promise<Typed> {
  const [writer, reader] = await open()
  try {
    return await typeOut({ writer, reader, candidate, edits })
  } finally {
    writer.close()
    reader.close()
  }
}

async function openOurs(
  url: string,
  owner: Person,
  [ana, bo]: readonly [Person, Person],
): Promise<readonly [Editor, Editor]> {
  const note = await makeNote(url, owner, [ana, bo])
  return [await openNote({ url, token: ana.token, note }), await openNote({ url, token: bo.token, note })]
}

async function openTheirs(port: number): Promise<readonly [Editor, Editor]> {
  const document = { url: `ws://127.0.0.1:${port}`, name: crypto.randomUUID() }
  return [await openHocuspocus(document), await openHocuspocus(document)]
}

const header = ['server', 'updates', 'CPU ms/edit', 'seen p50', 'p95', 'from', 'to', 'p99', 'acked p50', 'p95', 'p99']

interface Result {
  readonly label: string
  readonly samples: readonly Typed[]
}

function editsText(results: readonly Result[], { edits, turns }: Plan): string {
  const rows = results.map(({ label, samples }) => {
    const middle = (of: (typed: Typed) => number) => median(samples.map(of)).toFixed(2)
    const seenP95 = samples.map(({ seen }) => seen.p95)
    return [
      label,
      median(samples.map(({ updates }) => updates)).toFixed(0),
      middle(({ cpuMs }) => cpuMs / edits),
      middle(({ seen }) => seen.p50),
      middle(({ seen }) => seen.p95),
      Math.min(...seenP95).toFixed(2),
      Math.max(...seenP95).toFixed(2),
      middle(({ seen }) => seen.p99),
      middle(({ acknowledged }) => acknowledged.p50),
      middle(({ acknowledged }) => acknowledged.p95),
      middle(({ acknowledged }) => acknowledged.p99),
    ]
  })
  const title = `${edits} edits at 100/s, ms from the key to the second editor and to the acknowledgement, median of ${turns}`
  return `${title}\n${table(header, rows)}`
}

/** What the disk did between the turns: an edit cannot be durable sooner. */
function fsyncText(fsyncs: readonly Machine['fsync'][]): string {
  const p95 = fsyncs.map((fsync) => fsync.p95)
  const p50 = median(fsyncs.map((fsync) => fsync.p50)).toFixed(2)
  return `fsync between the turns: p50 ${p50} ms, p95 ${Math.min(...p95).toFixed(2)} to ${Math.max(...p95).toFixed(2)} ms`
}
