/** Takes guards out one by one, in a copy of the tree, and expects the test of each to fail: a test that stays green is none. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mutants } from './mutants.ts'

const root = join(import.meta.dirname, '..')
const copy = mkdtempSync(join(tmpdir(), 'sallyport-mutants-'))

/** The tree with node_modules of links, in which our own packages are the copies. */
beforeAll(() => {
  const skip = /(^|\/)(node_modules|dist|\.git|data)(\/|$)/
  cpSync(root, copy, { recursive: true, filter: (path) => !skip.test(path.slice(root.length + 1)) })
  const modules = join(copy, 'node_modules')
  mkdirSync(join(modules, '@sallyport'), { recursive: true })
  for (const entry of readdirSync(join(root, 'node_modules'))) {
    if (entry !== '@sallyport' && entry !== '.cache' && entry !== '.vite')
      symlinkSync(join(root, 'node_modules', entry), join(modules, entry))
  }
  for (const name of ['protocol', 'client', 'server', 'web'])
    symlinkSync(join(copy, 'packages', name), join(modules, '@sallyport', name))
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

/** Whether the tests of a guard pass in the copy as it is now. */
function passes({ file, title }: { readonly file: string; readonly title: string }): boolean {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vitest, 'run', file, '-t', title, '--bail', '1', '--testTimeout', '8000'],
    {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, CI: 'true', NO_COLOR: '1' },
    },
  )
  if (!/Tests .*\d+ (passed|failed)/.test(stdout)) throw new Error(`no test ran for ${title}:\n${stdout}${stderr}`)
  return status === 0
}

describe('[MU1] a test fails when its guard is taken out', () => {
  test.each(mutants)(
    '$name',
    ({ source, find, replace, tests }) => {
      const path = join(copy, 'packages', source)
      const original = readFileSync(path, 'utf8')
      expect(original.split(find).length - 1, `the guard stands once in ${source}`).toBe(1)
      try {
        writeFileSync(
          path,
          original.replace(find, () => replace),
        )
        expect(passes(tests), 'passes without the guard').toBe(false)
      } finally {
        writeFileSync(path, original)
      }
    },
    120_000,
  )
})
