import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeCertificate, opensslMissingReason } from './certificate.ts'

const SLAPD = '/usr/sbin/slapd'
const SLAPADD = '/usr/sbin/slapadd'
const SCHEMAS = '/etc/ldap/schema'

/** Why there can be no LDAP server on this machine, or undefined. Continuous integration has to have one. */
export const slapdMissingReason =
  existsSync(SLAPD) || process.env['CI'] === 'true'
    ? opensslMissingReason
    : 'slapd (OpenLDAP) is not installed here, so nothing is tested against LDAP: apt-get install slapd'

export interface Slapd {
  /** `ldap://`: takes a password only after StartTLS. */
  url: string
  ldapsUrl: string
  /** PEM text of the certificate, which is its own authority and good for localhost and 127.0.0.1. */
  certificate: string
  /** Who Countersign is to it, with the right to write everything below the base. */
  bindDn: string
  password: string
  base: string
  /** Its process, to be stopped and woken by signals. */
  process: ChildProcess
  stop(): Promise<void>
}

const BASE = 'dc=example,dc=org'
const PASSWORD = 'password-of-the-test-directory'

/** Starts OpenLDAP in a folder and on ports of its own, over a small tree: people, and groups of the names given. Goes away with `stop`. */
export async function startSlapd(groups: string[]): Promise<Slapd> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-slapd-'))
  const [port, securePort] = [await freePort(), await freePort()]
  const [url, ldapsUrl] = [`ldap://127.0.0.1:${port}`, `ldaps://127.0.0.1:${securePort}`]
  const { certificateFile } = makeCertificate(folder)
  mkdirSync(join(folder, 'data'))
  const config = join(folder, 'slapd.conf')
  writeFileSync(config, configOf(folder), { mode: 0o600 })
  writeFileSync(join(folder, 'tree.ldif'), treeOf(groups))
  execFileSync(SLAPADD, ['-q', '-f', config, '-l', join(folder, 'tree.ldif')], { stdio: ['ignore', 'ignore', 'inherit'] })
  // The second address is one that the certificate is not good for.
  const listeners = [url, ldapsUrl].flatMap((one) => [one, one.replace('127.0.0.1', '127.0.0.2')]).join(' ')
  const child = spawn(SLAPD, ['-d', '0', '-h', listeners, '-f', config], { stdio: ['ignore', 'ignore', 'inherit'] })
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const abandon = () => {
    child.kill('SIGKILL')
    remove()
  }
  process.once('exit', abandon)
  await until(child, () => answers(port))
  return {
    url,
    ldapsUrl,
    certificate: readFileSync(certificateFile, 'utf8'),
    bindDn: `cn=countersign,${BASE}`,
    password: PASSWORD,
    base: BASE,
    process: child,
    async stop() {
      process.off('exit', abandon)
      const ended = new Promise((done) => child.once('close', done))
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await ended
      remove()
    },
  }
}

/**
 * Longer lists than 100 entries only come in pages, and no password without encryption, as in a directory that is looked after. Two
 * attributes of other products are known, so that their way to disable an account can be tried.
 */
function configOf(folder: string): string {
  const schemas = ['core', 'cosine', 'inetorgperson', 'nis'].map((name) => `include ${SCHEMAS}/${name}.schema`)
  return `${schemas.join('\n')}
attributetype ( 1.3.6.1.4.1.55555.1.1 NAME 'userAccountControl' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.55555.1.2 NAME 'nsAccountLock' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.55555.2.1 NAME 'testAccount' SUP top AUXILIARY MAY ( userAccountControl $ nsAccountLock ) )
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
pidfile ${folder}/slapd.pid
TLSCertificateFile ${folder}/certificate.pem
TLSCertificateKeyFile ${folder}/key.pem
TLSCACertificateFile ${folder}/certificate.pem
security simple_bind=56
database mdb
suffix "${BASE}"
rootdn "cn=root,${BASE}"
directory ${folder}/data
maxsize 67108864
dbnosync
index objectClass,uid,cn,member,memberUid eq
overlay ppolicy
limits dn.exact="cn=countersign,${BASE}" size.soft=100 size.hard=100 size.prtotal=unlimited
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=countersign,${BASE}" write by * none
`
}

function treeOf(groups: string[]): string {
  const entries = [
    [`dn: ${BASE}`, 'objectClass: dcObject', 'objectClass: organization', 'dc: example', 'o: Example'],
    ...['people', 'groups', 'posix'].map((ou) => [`dn: ou=${ou},${BASE}`, 'objectClass: organizationalUnit', `ou: ${ou}`]),
    [`dn: cn=countersign,${BASE}`, 'objectClass: person', 'cn: countersign', 'sn: countersign', `userPassword: ${PASSWORD}`],
    ...groups.map((cn) => [
      `dn: cn=${cn},ou=groups,${BASE}`,
      'objectClass: groupOfNames',
      `cn: ${cn}`,
      `description: Those who are ${cn}`,
      'member: cn=nobody',
    ]),
    ...groups.map((cn, at) => [`dn: cn=${cn},ou=posix,${BASE}`, 'objectClass: posixGroup', `cn: ${cn}`, `gidNumber: ${5000 + at}`]),
  ]
  return entries.map((lines) => `${lines.join('\n')}\n`).join('\n')
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer().once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => done(address !== null && typeof address === 'object' ? address.port : 0))
    })
  })
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => done(true)).once('error', () => done(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function until(child: ChildProcess, isReady: () => Promise<boolean>): Promise<void> {
  for (let poll = 0; poll < 200; poll++) {
    if (child.exitCode !== null) throw new Error(`slapd ended with ${child.exitCode} while it started`)
    if (await isReady()) return
    await sleep(50)
  }
  throw new Error('slapd did not start within ten seconds')
}
