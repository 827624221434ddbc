/** The keys of the installation: made once, kept in the data folder with mode 0600. */
import { randomBytes } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ConfigError } from './config.ts'

/**
 * Makes the data folder with mode 0700 if it is not there, and takes others' rights from one that is ours already.
 * Throws `ConfigError` when it cannot be written, or when others can read it and it may not be ours to close.
 */
export function openDataFolder(folder: string): void {
  try {
    makeFolder(resolve(folder))
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    if (!statSync(folder).isDirectory()) throw new Error('not a folder')
  } catch {
    throw new ConfigError(
      `DATA_DIR: ${folder} cannot be written. Choose another folder, or give this user the right to write there.`,
    )
  }
  if ((statSync(folder).mode & 0o077) !== 0) closeToOthers(folder)
}

/** Not by the `recursive` of mkdir: in a file system that lets nobody make folders, like /proc, that never returns. */
function makeFolder(folder: string): void {
  const missing: string[] = []
  for (let path = folder; !existsSync(path) && path !== dirname(path); path = dirname(path)) missing.unshift(path)
  for (const path of missing) {
    try {
      mkdirSync(path, { mode: 0o700 })
    } catch (error) {
      if (!existsSync(path)) throw error
    }
  }
}

/** What a data folder may hold before it is ours: a fresh volume is not empty either. */
const ofNobody = new Set(['lost+found', '.gitkeep'])

/** Sets mode 0700. Somebody else's folder, say /tmp, is refused instead: closing it would do more harm. */
function closeToOthers(folder: string): void {
  const names = readdirSync(folder)
  const ours =
    names.includes('secret.key') || names.includes('sallyport.db') || names.every((name) => ofNobody.has(name))
  const remedy = `Choose a folder of its own, or close this one: chmod 700 ${folder}`
  if (!ours) throw new ConfigError(`DATA_DIR: ${folder} is open to other users and holds other files. ${remedy}`)
  try {
    chmodSync(folder, 0o700)
  } catch {
    throw new ConfigError(`DATA_DIR: ${folder} is open to other users and this user cannot change that. ${remedy}`)
  }
}

/** The key of a name: read from its file, or made (256 random bits) and stored there. */
export function loadKey(folder: string, name: string): Uint8Array {
  const path = join(folder, `${name}.key`)
  try {
    writeFileSync(path, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url')
  if (key.length < 32)
    throw new ConfigError(
      `The key file ${path} is damaged. Restore it, or remove it to make a new key: everybody signs in again.`,
    )
  return key
}
