/** `npm test`: installs what the tests need, builds, checks and runs everything. Arguments go to vitest. */
import { existsSync } from 'node:fs'
import { build, install, node, run } from './prepare.mjs'

/** Debian packages by the file that shows that they are there. */
const needed = [{ package: 'chromium', file: '/usr/bin/chromium' }]

install()
const missing = needed.filter(({ file }) => !existsSync(file)).map((entry) => entry.package)
if (missing.length > 0) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    process.stderr.write(
      `The tests need: ${missing.join(', ')}. Install it (on Debian: sudo apt-get install ${missing.join(' ')}) and run npm test again.\n`,
    )
    process.exit(1)
  }
  process.stdout.write(`Installing ${missing.join(', ')} …\n`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  run('apt-get', ['update', '-qq'], { quiet: true, env })
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { quiet: true, env })
}
build()
const only = process.argv.slice(2)
if (only.length === 0) {
  process.stdout.write('Checking style, layers, types and docs …\n')
  run('npm', ['run', '--silent', 'check'])
}
run(node, ['node_modules/vitest/vitest.mjs', 'run', ...only])
