/**
 * Everything that `npm test` leaves out because it takes long, needs another database, another Node or a browser, or looks at the repository
 * and not at the product. Arguments choose suites by the beginning of their names: `npm run test:ci -- gates lint`.
 */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { installChromium } from './chromium.mjs'
import { installNode24 } from './node-24.mjs'
import { startPostgres15 } from './postgres-15.mjs'
import { ensureSlapd } from './slapd.mjs'
import { run, runSuites } from './suites.mjs'

const root = join(import.meta.dirname, '..')
process.chdir(root)

const cleanUps = []
const script = (name) => join(root, 'scripts', `${name}.mjs`)
const node = (args, options) => run(process.execPath, args, options)
/** A tool of the project, without npm in between: npm does not pass signals on. */
const tool =
  (name, ...args) =>
  (signal) =>
    run(join(root, 'node_modules', '.bin', name), args, { signal })
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const onProcesses = ['run', '--config', 'vitest.processes.config.ts', '--passWithNoTests']

let server
/** One PostgreSQL 15 for all suites that want it: the one that is named, or one of our own. */
function postgres15(signal) {
  const given = process.env.TEST_DATABASE_URL
  server ??= given ? Promise.resolve(given) : startPostgres15(cleanUps, signal)
  return server
}

const onPostgres15 = async (signal, ...args) => node([vitest, ...args], { signal, env: { TEST_DATABASE_URL: await postgres15(signal) } })

async function checkOracle() {
  if (existsSync(join(root, '../shared/reference/spec'))) return console.log('the published schemas are here')
  const missing = 'the published schemas (../shared/reference/spec) are missing: ours cannot be compared with them'
  if (process.env.CI === 'true') throw new Error(missing)
  console.log(missing)
}

async function gates(signal) {
  await checkOracle()
  for (const gate of ['check-licences', 'check-lock', 'check-install-scripts']) await node([script(gate)], { signal })
}

/** All that has no suite of its own. */
const product = ['run', '--project', 'pure', '--project', 'product']

/** Memberships of roles are not the same thing in PostgreSQL 15 and in the versions after it. */
async function targets(signal) {
  await ensureSlapd(signal)
  const args = ['run', '--project', 'targets']
  await node([vitest, ...args], { signal, env: { TEST_DATABASE_URL: '' } })
  await onPostgres15(signal, ...args, 'test/targets/postgres.test.ts')
}

/** What asks no database, tries the embedded one, or tries our own checks, is the same on every database and was run by `npm test`. */
const sameEverywhere = ['test/house/**', 'test/adapters/**', 'test/ports/**', 'test/contract/check-answer.test.ts'].flatMap((path) => [
  '--exclude',
  path,
])

/** The other Node and the other database at once: `npm test` has had this Node and the embedded one. */
async function onTheOthers(signal) {
  const bin = await installNode24(cleanUps, signal)
  const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, TEST_DATABASE_URL: await postgres15(signal) }
  await run(join(bin, 'node'), [vitest, ...product, ...sameEverywhere], { signal, env })
}

async function browser(signal) {
  const env = { CHROMIUM_PATH: await installChromium(signal) }
  await node([vitest, 'run', '--config', 'vitest.browser.config.ts'], { signal, env })
}

const suites = [
  { name: 'gates', budgetSeconds: 10, run: gates },
  { name: 'build', budgetSeconds: 10, run: (signal) => node([script('build'), '--force'], { signal }) },
  { name: 'production install', budgetSeconds: 60, run: (signal) => node([script('check-production')], { signal }) },
  { name: 'typecheck', budgetSeconds: 30, run: tool('tsc', '--noEmit') },
  { name: 'lint', budgetSeconds: 20, run: tool('biome', 'check', '.') },
  { name: 'unused', budgetSeconds: 20, run: tool('knip') },
  { name: 'postgres 15 and node 24', budgetSeconds: 240, run: onTheOthers },
  { name: 'targets', budgetSeconds: 120, run: targets },
  { name: 'races', budgetSeconds: 90, run: (signal) => onPostgres15(signal, ...onProcesses, 'test/races') },
  { name: 'crash', budgetSeconds: 220, run: (signal) => onPostgres15(signal, ...onProcesses, 'test/crash') },
  { name: 'faults', budgetSeconds: 120, run: (signal) => onPostgres15(signal, ...onProcesses, 'test/faults') },
  { name: 'browser', budgetSeconds: 300, run: browser },
  { name: 'fuzz', budgetSeconds: 60, run: (signal) => node([vitest, ...onProcesses, 'test/fuzz'], { signal }) },
]

const wanted = process.argv.slice(2)
const chosen = suites.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)))
if (chosen.length === 0) throw new Error(`There is no such suite; there are: ${suites.map(({ name }) => name).join(', ')}`)
await runSuites(chosen, cleanUps)
