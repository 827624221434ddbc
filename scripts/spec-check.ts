/** Says which rules of SPEC.md no test cites, and which rules tests cite that are not there. */
import { globSync, readFileSync } from 'node:fs'

const rules = new Set<string>()
let prefix = ''
for (const line of readFileSync('SPEC.md', 'utf8').split('\n')) {
  prefix = /^## ([A-Z]{2}) /.exec(line)?.[1] ?? prefix
  const number = /^(\d+)\. /.exec(line)?.[1]
  if (number !== undefined) rules.add(prefix + number)
}
const cited = new Set<string>()
for (const file of globSync(['packages/*/test/**/*.ts', 'test/**/*.ts'])) {
  for (const [, list = ''] of readFileSync(file, 'utf8').matchAll(/['"`]\[((?:[A-Z]{2}\d+(?:, )?)+)\]/g)) {
    for (const rule of list.split(', ')) cited.add(rule)
  }
}
const untested = [...rules].filter((rule) => !cited.has(rule))
const unknown = [...cited].filter((rule) => !rules.has(rule))
if (untested.length + unknown.length > 0) {
  console.error(
    `SPEC.md: no test cites ${untested.join(', ') || 'nothing'}; not in SPEC.md: ${unknown.join(', ') || 'nothing'}`,
  )
  process.exit(1)
}
