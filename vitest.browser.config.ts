import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// The server and the client are those of the bundle, so it has to be that of these sources.
execFileSync(process.execPath, [join(import.meta.dirname, 'scripts/build.mjs')], { stdio: 'inherit' })

/** A real browser before the real server: one file after the other, because each wants the machine. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    globalSetup: ['test/support/portal-server.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
    fileParallelism: false,
  },
})
