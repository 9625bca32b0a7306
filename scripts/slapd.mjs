/** OpenLDAP's server, and openssl for its certificate: what the tests of the LDAP connector start. */
import { existsSync } from 'node:fs'
import { run } from './suites.mjs'

const needed = ['/usr/sbin/slapd', '/usr/bin/openssl']

/** Makes sure that the machine has them; installs Debian's packages where it may. Throws when it cannot. */
export async function ensureSlapd(signal) {
  const isThere = () => needed.every((path) => existsSync(path))
  if (!isThere() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['update'], { signal, env })
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'slapd', 'openssl'], { signal, env })
  }
  if (!isThere()) throw new Error(`${needed.join(' and ')} are not here, and nothing can be tested against LDAP: install slapd and openssl`)
}
