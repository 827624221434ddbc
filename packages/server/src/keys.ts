/** The keys of the installation: made once, kept in the data folder with mode 0600. */
import { randomBytes } from 'node:crypto'
import { accessSync, constants, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from './config.ts'

/** Makes the data folder with mode 0700 if it is not there. Throws `ConfigError` when it cannot be written. */
export function openDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    if (!statSync(folder).isDirectory()) throw new Error('not a folder')
  } catch {
    throw new ConfigError(
      `DATA_DIR: ${folder} cannot be written. Choose another folder, or give this user the right to write there.`,
    )
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
