/** What the tests need of the machine beside Node: Debian's packages, where they may be installed. */
import { existsSync } from 'node:fs'
import { run } from './suites.mjs'

/** Installs packages; does nothing where there is no apt-get or not the right to use it, so the caller looks whether they are there. */
export async function installPackages(packages, signal) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update'], { signal, env })
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { signal, env })
}
