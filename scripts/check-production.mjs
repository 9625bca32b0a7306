/**
 * Installs what is published, without development dependencies and without running anybody's install scripts, starts a sandbox with it,
 * asks it something and stops it. Fails when any of that does. Expects dist/ to be built.
 */
import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './suites.mjs'

const root = join(import.meta.dirname, '..')
const readyMs = 60_000

const interruption = new AbortController()
const { signal } = interruption
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => interruption.abort(new Error(`interrupted by ${name}`)))

/** Packs, unpacks and installs in `folder`; returns the folder of the package. */
async function install(folder) {
  await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { signal, quiet: true })
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  await run('tar', ['-xzf', join(folder, `${name}-${version}.tgz`), '-C', folder], { signal })
  const home = join(folder, 'package')
  copyFileSync(join(root, 'package-lock.json'), join(home, 'package-lock.json'))
  await run('npm', ['ci', '--prefix', home, '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], { signal })
  return home
}

function start(home, data) {
  const { PATH, HOME, TMPDIR } = process.env
  const env = { PATH, HOME, PORT: '0', COUNTERSIGN_DATA: data, ...(TMPDIR ? { TMPDIR } : {}) }
  const child = spawn(process.execPath, [join(home, 'dist/main.js'), 'sandbox'], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)))
  const ready = new Promise((resolve, reject) => {
    const read = (part) => {
      output += part
      const address = /listens on (http:\S+)/.exec(output)?.[1]
      if (address) resolve(address)
    }
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', read)
    void ended.then((end) => reject(new Error(`it ended with ${end} before it was ready:\n${output}`)))
    signal.addEventListener('abort', () => reject(signal.reason))
    setTimeout(() => reject(new Error(`it was not ready after ${readyMs} ms:\n${output}`)), readyMs).unref()
  })
  return { child, ready, ended }
}

async function expectStatus(address, status) {
  const answer = await fetch(address, { signal: AbortSignal.timeout(10_000) })
  if (answer.status !== status) throw new Error(`GET ${address} answers ${answer.status} instead of ${status}: ${await answer.text()}`)
}

const folder = mkdtempSync(join(tmpdir(), 'countersign-production-'))
const data = mkdtempSync(join(tmpdir(), 'countersign-production-data-'))
let running
const remove = () => {
  running?.child.kill('SIGKILL')
  for (const one of [folder, data]) rmSync(one, { recursive: true, force: true, maxRetries: 5 })
}
process.once('exit', remove)

const home = await install(folder)
const begun = performance.now()
running = start(home, data)
const address = await running.ready
console.log(`ready after ${Math.round(performance.now() - begun)} ms`)
await expectStatus(`${address}/v2024/access-request-status`, 401)
await expectStatus(`${address}/`, 200)
running.child.kill('SIGTERM')
const end = await running.ended
running = undefined
if (end !== 0) throw new Error(`it ended with ${end} when it was asked to stop`)
