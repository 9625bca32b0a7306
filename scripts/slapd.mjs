/** OpenLDAP's server, and openssl for its certificate: what the tests of the LDAP connector start. */
import { existsSync } from 'node:fs'
import { installPackages } from './debian.mjs'

const needed = ['/usr/sbin/slapd', '/usr/bin/openssl']

/** Makes sure that the machine has them; installs Debian's packages where it may. Throws when it cannot. */
export async function ensureSlapd(signal) {
  const isThere = () => needed.every((path) => existsSync(path))
  if (!isThere()) await installPackages(['slapd', 'openssl'], signal)
  if (!isThere()) throw new Error(`${needed.join(' and ')} are not here, and nothing can be tested against LDAP: install slapd and openssl`)
}
