import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Our packages are tested from their sources. The other conditions of Vite's default would reach `require` too.
  ssr: { resolve: { conditions: ['sallyport', 'node'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    allowOnly: false,
    dangerouslyIgnoreUnhandledErrors: false,
  },
})
