/** A PostgreSQL 15 server for one run of the tests: from the machine's binaries, on a free port, in a folder that goes away with it. */
import { spawn } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { installPackages } from './debian.mjs'
import { run } from './suites.mjs'

const role = 'countersign'
const folders = [
  '/usr/lib/postgresql/15/bin',
  '/usr/pgsql-15/bin',
  '/opt/homebrew/opt/postgresql@15/bin',
  '/usr/local/opt/postgresql@15/bin',
]
const readyMs = 30_000

const isRoot = process.getuid?.() === 0

/** Starts the server and adds the step that stops and removes it to `cleanUps`. Returns its address. `durable`: commits reach the disk. */
export async function startPostgres15(cleanUps, signal, { durable = false } = {}) {
  const bin = await findBinaries(signal)
  const ids = isRoot ? await unprivilegedIds(signal) : {}
  const folder = mkdtempSync(join(tmpdir(), 'countersign-pg15-'))
  let server
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  // Even when this process ends in a way that nobody foresaw.
  const abandon = () => {
    server?.kill('SIGQUIT')
    remove()
  }
  process.once('exit', abandon)
  cleanUps.push(async () => {
    await stop(server)
    remove()
    process.off('exit', abandon)
  })
  if (isRoot) chownSync(folder, ids.uid, ids.gid)
  const password = randomBytes(24).toString('base64url')
  await initialise(bin, folder, password, ids, signal)
  const port = await freePort()
  server = launch(bin, folder, port, ids, durable)
  const url = `postgres://${role}:${password}@127.0.0.1:${port}`
  await makeDatabase(`${url}/postgres`, server, folder, signal)
  return `${url}/${role}`
}

async function findBinaries(signal) {
  const find = () => folders.find((folder) => existsSync(join(folder, 'initdb')))
  if (find() === undefined) await installPackages(['postgresql-15'], signal)
  const found = find()
  if (found === undefined) throw new Error('PostgreSQL 15 is not installed here: install it, or name a server in TEST_DATABASE_URL')
  return found
}

/** PostgreSQL refuses to run as root. */
async function unprivilegedIds(signal) {
  for (const user of ['postgres', 'nobody']) {
    const id = (what) => run('id', [what, user], { signal, quiet: true })
    try {
      return { uid: Number(await id('-u')), gid: Number(await id('-g')) }
    } catch {
      // The next one, then.
    }
  }
  throw new Error('There is neither a user postgres nor a user nobody to run PostgreSQL as')
}

/** Text sorts by the rules of a language unless a query says otherwise, to find the queries that forgot to. */
async function initialise(bin, folder, password, ids, signal) {
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (isRoot) chownSync(passwordFile, ids.uid, ids.gid)
  const locale = ['--locale-provider=icu', '--icu-locale=en-US', '--locale=C.UTF-8', '--encoding=UTF8']
  const access = [`--username=${role}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  const child = spawn(join(bin, 'initdb'), ['-D', join(folder, 'data'), ...access, ...locale, '--no-sync'], {
    ...ids,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  signal?.throwIfAborted()
  if (code !== 0) throw new Error(`initdb ended with ${code}`)
}

/** Below the range that the system gives to connections, so that nobody takes it in between. */
async function freePort() {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = randomInt(20_000, 32_000)
    const isFree = await new Promise((resolve) => {
      const probe = createServer().once('error', () => resolve(false))
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
    })
    if (isFree) return port
  }
  throw new Error('No free port between 20000 and 32000 was found')
}

/** Nothing in it outlives the run, so it need not reach the disk, unless that is what is measured. */
function launch(bin, folder, port, ids, durable) {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  }
  const log = openSync(join(folder, 'log'), 'a')
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return spawn(join(bin, 'postgres'), ['-D', join(folder, 'data'), ...args], {
    ...ids,
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
  })
}

async function makeDatabase(url, server, folder, signal) {
  const deadline = performance.now() + readyMs
  for (;;) {
    signal?.throwIfAborted()
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.query(`create database ${role}`)
      return
    } catch (error) {
      if (server.exitCode !== null || performance.now() > deadline) {
        throw new Error(`PostgreSQL 15 did not start: ${error.message}\n${readFileSync(join(folder, 'log'), 'utf8')}`)
      }
      await sleep(100)
    } finally {
      await client.end().catch(() => undefined)
    }
  }
}

async function stop(server) {
  if (server === undefined || server.exitCode !== null || server.signalCode !== null) return
  const gone = new Promise((resolve) => server.once('close', resolve))
  // Fast: without waiting for clients, with everything closed properly.
  server.kill('SIGINT')
  const late = setTimeout(() => server.kill('SIGQUIT'), 10_000)
  await gone
  clearTimeout(late)
}
