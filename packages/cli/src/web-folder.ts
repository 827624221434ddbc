/** Where the built web app lies. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the built web app, or undefined when it was not built. */
export function webFolder(): string | undefined {
  const folder = join(dirname(fileURLToPath(import.meta.resolve('@sallyport/web/package.json'))), 'dist')
  return existsSync(join(folder, 'index.html')) ? folder : undefined
}
