/** Node 24 for one run of the tests, outside the project. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './suites.mjs'

/** Installs it, adds the step that removes it to `cleanUps`, and returns the folder of its program. This process itself may be Node 24. */
export async function installNode24(cleanUps, signal) {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-node24-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  cleanUps.push(async () => {
    remove()
    process.off('exit', remove)
  })
  // The package is a script that fetches the one of this platform, so its script is allowed, in the old way and in the new.
  const manifest = { private: true, dependencies: { node: '24' }, allowScripts: { node: true } }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  await run('npm', ['install', '--prefix', folder, '--ignore-scripts=false', '--no-audit', '--no-fund'], { signal })
  const bin = join(folder, 'node_modules', 'node', 'bin')
  const version = await run(join(bin, 'node'), ['--version'], { signal, quiet: true })
  if (!version.startsWith('v24.')) throw new Error(`Node 24 was asked for and ${version.trim()} came`)
  console.log(`Node ${version.trim()}`)
  return bin
}
