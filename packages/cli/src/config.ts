/** `sallyport config`: the settings as they are read. */
import { loadConfig, settings } from '@sallyport/server'
import type { World } from './world.ts'

/** Prints every setting with its value; secrets only as set or not set. Throws `ConfigError` when one is not right. */
export function printConfig({ env, readFile, print }: World): void {
  const config = loadConfig(env, readFile)
  for (const [name, spec] of Object.entries(settings)) {
    const value = config[name as keyof typeof config]
    const shown =
      'secret' in spec
        ? value === undefined
          ? '(not set)'
          : '(set)'
        : value === undefined
          ? '(not set)'
          : JSON.stringify(value)
    print(`${name}=${shown}  # ${spec.summary}`)
  }
}
