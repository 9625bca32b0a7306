/**
 * Fails when the lock file lacks a platform package of something it locks, or tells where it was downloaded from.
 * npm leaves a platform package out, silently, when it cannot get it while it writes the lock; `npm ci` on that platform then fails.
 * Usage: node scripts/check-lock.mjs [folder]
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.argv[2] ?? join(import.meta.dirname, '..')
const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))

/** Where Node would find a package from inside another: the nearest node_modules on the way up. */
function isLocked(from, name) {
  for (let at = from; ; at = at.slice(0, at.lastIndexOf('/node_modules/') < 0 ? 0 : at.lastIndexOf('/node_modules/'))) {
    if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`]) return true
    if (at === '') return false
  }
}

const complaints = []
for (const [path, entry] of Object.entries(packages)) {
  // Of optional peers only those that somebody depends on are locked.
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (!isLocked(path, name)) complaints.push(`${path || 'the project'} ${entry.version ?? ''}: ${name} ${version} is missing`)
  }
  if (entry.resolved?.startsWith('http')) complaints.push(`${path}: records its download address`)
  if (path !== '' && !entry.link && !entry.integrity && !entry.inBundle) complaints.push(`${path}: has no checksum`)
}
if (existsSync(join(folder, 'npm-shrinkwrap.json'))) complaints.push('npm-shrinkwrap.json would win over package-lock.json')

for (const complaint of complaints) console.error(complaint)
console.log(`lock file: ${Object.keys(packages).length} entries, ${complaints.length} complaints`)
process.exitCode = complaints.length === 0 ? 0 : 1
