/** `npm run bench -- fanout|edits [--quick] [--profile]`: runs a benchmark and keeps its figures in bench/results. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { benchEdits } from './edits.ts'
import { benchFanout } from './fanout.ts'
import { describeMachine, loadAverage, machineText, pinToSecondCore } from './machine.ts'
import type { Run } from './run.ts'

const benchmarks: Readonly<Record<string, (run: Run) => Promise<object>>> = { fanout: benchFanout, edits: benchEdits }
const flags = new Set(process.argv.slice(2).filter((argument) => argument.startsWith('--')))
const [name = ''] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined
const print = (text: string): void => void process.stdout.write(`${text}\n`)

if (benchmark === undefined || [...flags].some((flag) => flag !== '--quick' && flag !== '--profile')) {
  print(`usage: npm run bench -- ${Object.keys(benchmarks).join('|')} [--quick] [--profile]`)
  process.exitCode = 1
} else {
  // The servers end when they lose this process; the temporary folders are removed as it exits.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  await run(benchmark)
}

async function run(measureAll: (run: Run) => Promise<object>): Promise<void> {
  const machine = describeMachine()
  const quick = flags.has('--quick')
  const at = new Date().toISOString().replaceAll(':', '-').slice(0, 19)
  const results = fileURLToPath(new URL('../results', import.meta.url))
  const file = join(results, `${name}${quick ? '-quick' : ''}-${at}.json`)
  const profiles = flags.has('--profile') ? join(results, `${name}-${at}-profiles`) : undefined
  if (machine.pinned) pinToSecondCore()
  print(`${machineText(machine)}\n`)
  const started = performance.now()
  const figures = await measureAll({ quick, pinned: machine.pinned, profiles, print })
  const seconds = Math.round((performance.now() - started) / 1_000)
  mkdirSync(results, { recursive: true })
  writeFileSync(
    file,
    `${JSON.stringify({ benchmark: name, at, quick, seconds, machine, loadAfter: loadAverage(), ...figures }, null, 2)}\n`,
  )
  print(`took ${seconds} s; load average now ${loadAverage().toFixed(2)}; figures in ${file}`)
}
