import { defineConfig } from 'vitest/config'

/** Two cores are what a small CI machine has; a test that waits for its database leaves room for one more. */
const maxWorkers = 2

export default defineConfig({
  test: {
    maxWorkers,
    projects: [
      {
        // Text and pure functions: no database, and nothing that one file could leave behind for the next.
        test: {
          name: 'pure',
          include: ['test/house/**/*.test.ts', 'test/domain/**/*.test.ts', 'src/**/*.test.ts'],
          isolate: false,
        },
      },
      {
        test: {
          name: 'product',
          // Each file starts a product on a schema of its own; what modules keep is the same for all, and reading them costs more than the tests.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/house/**',
            'test/domain/**',
            'test/crash/**',
            'test/faults/**',
            'test/races/**',
            'test/fuzz/**',
            'test/bench/**',
            'test/e2e/**',
            'test/targets/**',
          ],
          globalSetup: ['test/support/database.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Connectors against servers of their own: LDAP, PostgreSQL, a connector process.
        test: {
          name: 'targets',
          include: ['test/targets/**/*.test.ts'],
          globalSetup: ['test/support/database.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
