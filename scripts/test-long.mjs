/**
 * The long versions of the suites that look for what happens rarely. COUNTERSIGN_SEED repeats a run; it is printed.
 * Arguments choose among them: `npm run test:long -- crash`.
 */
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { run, runSuites } from './suites.mjs'

const root = join(import.meta.dirname, '..')
process.chdir(root)

const seed = process.env.COUNTERSIGN_SEED ?? String(randomInt(1, 2 ** 31))
const env = { TEST_LONG: '1', COUNTERSIGN_SEED: seed }
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')

function suite(name, budgetSeconds) {
  const args = [vitest, 'run', '--config', 'vitest.processes.config.ts', '--passWithNoTests', `test/${name}`]
  return { name, budgetSeconds, run: (signal) => run(process.execPath, args, { signal, env }) }
}

const targets = (signal) => run(process.execPath, [vitest, 'run', '--project', 'targets'], { signal, env })

const suites = [
  suite('races', 1_800),
  suite('crash', 5_400),
  suite('faults', 5_400),
  suite('fuzz', 1_800),
  { name: 'targets', budgetSeconds: 600, run: targets },
]
const wanted = process.argv.slice(2)
console.log(`COUNTERSIGN_SEED=${seed}`)
process.once('exit', () => console.log(`COUNTERSIGN_SEED=${seed} npm run test:long repeats this`))
await runSuites(wanted.length === 0 ? suites : suites.filter(({ name }) => wanted.includes(name)))
