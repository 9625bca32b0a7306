/**
 * Makes demo/year anew: a sandbox of its own lives through a year on a held clock, driven over HTTP like any other, and what is then in its
 * database is written down. Run it after the demo organisation has changed: node scripts/make-demo-year.mjs (some minutes). After a migration
 * that changes rows, `--migrate` lets it do so to the year that is there, in some seconds.
 */
import { tsImport } from 'tsx/esm/api'

if (process.argv.includes('--migrate')) {
  const { migrateDemoYear } = await tsImport('./demo-year/migrate-year.ts', import.meta.url)
  await migrateDemoYear()
} else {
  const { makeDemoYear } = await tsImport('./demo-year/make.ts', import.meta.url)
  await makeDemoYear()
}
