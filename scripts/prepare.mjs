/** What both README commands need first: packages installed, sources built. Runs on Node 20. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const windows = process.platform === 'win32'

/** Runs a command and ends the process with its output when it fails. `quiet` shows output only then. */
export function run(command, args, { quiet = false, env = {} } = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: quiet ? 'pipe' : 'inherit',
    encoding: 'utf8',
    shell: windows,
    env: { ...process.env, ...env },
  })
  if (result.status === 0) return
  if (quiet) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`)
  process.stderr.write(`\n${command} ${args.join(' ')} failed${result.error ? `: ${result.error.message}` : ''}\n`)
  process.exit(result.status || 1)
}

/** The Node that everything but npm runs on: the devDependency, whatever is installed. */
export const node = join(root, 'node_modules', '.bin', windows ? 'node.cmd' : 'node')

/** Runs a step unless the files it depends on are as they were when it last succeeded. */
function once(name, inputs, step) {
  const stamp = join(root, 'node_modules', '.cache', 'sallyport', name)
  const hash = hashOf(inputs)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  step()
  mkdirSync(join(stamp, '..'), { recursive: true })
  writeFileSync(stamp, hash)
}

function hashOf(inputs) {
  const hash = createHash('sha256')
  const add = (path) => {
    const full = join(root, path)
    if (!existsSync(full)) return
    if (!/\.\w+$/.test(path)) for (const entry of readdirSync(full).sort()) add(`${path}/${entry}`)
    else hash.update(path).update(readFileSync(full))
  }
  for (const input of inputs) add(input)
  return hash.digest('hex')
}

export function install() {
  const [major] = process.versions.node.split('.').map(Number)
  if (major < 20) {
    process.stderr.write(`Sallyport needs Node.js 20 or newer to install; this is ${process.version}.\n`)
    process.exit(1)
  }
  once('installed', ['package.json', 'package-lock.json'], () => {
    process.stdout.write('Installing packages (about a minute the first time) …\n')
    // Not `npm ci`: it insists that the lock file names the optional builds of every platform, and a lock file made on one
    // platform may not. Every version is exact and locked all the same, and the lock file is not rewritten.
    run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], { quiet: true })
  })
}

export function build() {
  const packages = ['protocol', 'client', 'server', 'cli']
  const sources = [...packages, 'web'].map((name) => `packages/${name}/src`)
  once(
    'built',
    ['package-lock.json', 'tsconfig.base.json', ...sources, 'packages/web/index.html', 'packages/web/vite.config.ts'],
    () => {
      process.stdout.write('Building …\n')
      run(node, ['node_modules/typescript/bin/tsc', '-b'], { quiet: true })
      run(
        node,
        ['../../node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error']
          .map((part) => part.replace('../../', ''))
          .concat('packages/web'),
        { quiet: true },
      )
    },
  )
}
