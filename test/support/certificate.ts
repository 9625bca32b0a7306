import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const OPENSSL = '/usr/bin/openssl'

/** Why there can be no certificate on this machine, or undefined. Continuous integration has to have one. */
export const opensslMissingReason =
  existsSync(OPENSSL) || process.env['CI'] === 'true' ? undefined : 'openssl is not installed here, so nothing is tested over TLS'

/** Makes a key and a certificate that is its own authority, good for localhost and 127.0.0.1: key.pem and certificate.pem in the folder. */
export function makeCertificate(folder: string): { keyFile: string; certificateFile: string } {
  const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1'
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile]
  const args = ['req', '-x509', ...key, '-subj', '/CN=localhost', '-addext', names, '-days', '2', '-out', certificateFile]
  execFileSync(OPENSSL, args, { stdio: 'ignore' })
  return { keyFile, certificateFile }
}
