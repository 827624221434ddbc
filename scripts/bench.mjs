/** `npm run bench -- fanout|edits`: installs, builds and runs a benchmark. Arguments go to bench/src/main.ts. */
import { spawn } from 'node:child_process'
import { build, install, node, root } from './prepare.mjs'

install()
build()

const bench = spawn(node, [`${root}bench/src/main.ts`, ...process.argv.slice(2)], { stdio: 'inherit' })
// A Ctrl-C reaches the benchmark too; its servers end with it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => bench.kill('SIGTERM'))
bench.on('exit', (code) => process.exit(code ?? 1))
