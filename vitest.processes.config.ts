import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// The processes are those of the bundle, so it has to be that of these sources.
execFileSync(process.execPath, [join(import.meta.dirname, 'scripts/build.mjs')], { stdio: 'inherit' })

const isLong = process.env['TEST_LONG'] === '1'

/** What needs real processes, or time, and the machine for itself: one file after the other. */
export default defineConfig({
  test: {
    include: ['test/races/**/*.test.ts', 'test/crash/**/*.test.ts', 'test/faults/**/*.test.ts', 'test/fuzz/**/*.test.ts'],
    globalSetup: ['test/support/database.ts'],
    testTimeout: isLong ? 3_600_000 : 120_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    fileParallelism: false,
  },
})
