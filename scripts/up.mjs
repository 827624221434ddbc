/** `npm run up`: installs, builds and starts the server. Everything after `--` goes to `sallyport serve`. */
import { spawn } from 'node:child_process'
import { build, install, node, root } from './prepare.mjs'

install()
build()

const server = spawn(node, [`${root}packages/cli/dist/main.js`, 'serve', ...process.argv.slice(2)], {
  stdio: 'inherit',
})
// A Ctrl-C reaches the server too, which stops in order; this process only waits for it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => server.kill('SIGTERM'))
server.on('exit', (code) => process.exit(code ?? 1))
