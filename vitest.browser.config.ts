import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// The server and the client are those of the bundle, so it has to be that of these sources.
execFileSync(process.execPath, [join(import.meta.dirname, 'scripts/build.mjs')], { stdio: 'inherit' })

const measured = ['test/e2e/scrolling.test.ts']
const patience = { testTimeout: 60_000, hookTimeout: 60_000 }

/** A real browser before the real server. */
export default defineConfig({
  test: {
    projects: [
      {
        // What measures how long something takes has the machine to itself.
        test: { name: 'measured', include: measured, maxWorkers: 1, sequence: { groupOrder: 0 }, ...patience },
      },
      {
        // Pages wait for servers more than they work: two files at a time, each with servers of its own.
        test: {
          name: 'browser',
          include: ['test/e2e/**/*.test.ts'],
          exclude: measured,
          globalSetup: ['test/support/portal-server.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          ...patience,
        },
      },
    ],
  },
})
