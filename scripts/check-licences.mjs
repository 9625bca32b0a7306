/**
 * Fails when a package comes under a licence that we did not agree to. What we ship has the shorter list; what only builds and tests the
 * product has a longer one. A package of another platform is not installed: the lock file speaks for it.
 * Usage: node scripts/check-licences.mjs [folder]
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const shipped = ['MIT', 'MIT-0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', '0BSD']
const development = [...shipped, 'MPL-2.0', 'Python-2.0', 'Unlicense', 'Zlib', 'CC0-1.0']

const folder = process.argv[2] ?? join(import.meta.dirname, '..')
const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))

/** The expression a package declares, in the present or one of the former ways of package.json. */
function licenceOf(path, entry) {
  const file = join(folder, path, 'package.json')
  const declared = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { license: entry.license }
  const licence = declared.license ?? declared.licenses
  const one = (value) => (typeof value === 'object' ? value?.type : value)
  return Array.isArray(licence) ? licence.map(one).join(' OR ') : one(licence)
}

/** Of alternatives one must be allowed, of licences that hold together all. Exceptions (WITH) are refused: nobody looked at them. */
function isAllowed(expression, allowed) {
  const plain = expression.replace(/[()]/g, '')
  if (/[()]/.test(expression) && /\bAND\b/.test(plain) && /\bOR\b/.test(plain)) return false
  return plain.split(/\s+OR\s+/).some((alternative) => alternative.split(/\s+AND\s+/).every((name) => allowed.includes(name.trim())))
}

const counts = { shipped: 0, development: 0 }
const complaints = []
for (const [path, entry] of Object.entries(packages)) {
  if (path === '' || entry.link) continue
  // What is devOptional is in development and in production, so it is shipped.
  const kind = entry.dev ? 'development' : 'shipped'
  counts[kind]++
  const licence = licenceOf(path, entry)
  if (!licence) complaints.push(`${path}: declares no licence`)
  else if (!isAllowed(licence, kind === 'shipped' ? shipped : development)) complaints.push(`${path} (${kind}): ${licence}`)
}

for (const complaint of complaints) console.error(complaint)
console.log(`licences: ${counts.shipped} packages shipped, ${counts.development} for development, ${complaints.length} complaints`)
process.exitCode = complaints.length === 0 ? 0 : 1
