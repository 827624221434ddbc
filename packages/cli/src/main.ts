#!/usr/bin/env node
/** The `sallyport` executable: the only place that reads the process's environment, arguments and signals. */
import { readFileSync } from 'node:fs'
import { version } from '@sallyport/server'
import { Command } from 'commander'
import { printConfig } from './config.ts'
import { serve } from './serve.ts'

const program = new Command('sallyport').description('The guarded gate for real-time collaboration.').version(version)
const world = {
  env: process.env,
  readFile: (path: string) => readFileSync(path, 'utf8'),
  print: (line: string) => void process.stdout.write(`${line}\n`),
  terminal: process.stderr.isTTY ?? false,
}

program
  .command('serve', { isDefault: true })
  .description('Start the server.')
  .option('--port <number>', 'port to listen on (PORT)')
  .option('--host <address>', 'address to listen on (HOST)')
  .option('--data <folder>', 'folder of the database and the keys (DATA_DIR)')
  .option('--demo', 'make two people, a channel and a note, and print their passwords')
  .action(async (options: { port?: string; host?: string; data?: string; demo?: boolean }) => {
    const { server, lines } = await serve(options, world)
    let signals = 0
    const stop = () => {
      signals += 1
      if (signals > 1) process.exit(1)
      server.close().then(
        () => process.exit(0),
        () => process.exit(1),
      )
    }
    server.failed.then((error) => {
      process.stderr.write(`sallyport: storage has stopped (${error.message}). Check the disk, then start again.\n`)
      process.exit(1)
    }, stop)
    process.on('SIGINT', stop).on('SIGTERM', stop)
    // Only now: who reads that it runs may stop it at once, and it stops in order.
    for (const line of lines) world.print(line)
  })

program
  .command('config')
  .description('Print the settings as they are read, secrets hidden.')
  .action(() => printConfig(world))

// One clear line for what the operator can mend; a stack only for our own bugs.
program.parseAsync().catch((error: unknown) => {
  const clear = error instanceof Error && error.name === 'ConfigError'
  process.stderr.write(
    clear ? `sallyport: ${error.message}\n` : `sallyport: ${error instanceof Error ? error.stack : String(error)}\n`,
  )
  process.exit(1)
})
