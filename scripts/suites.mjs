/** Runs suites one after the other, each with a budget of time, and tells at the end how each went. */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** A suite that takes longer than this many times its budget is stopped and has failed. */
const patience = 2
const politeMs = 5_000

/**
 * Runs a program with its output shown, in a process group of its own, so that all it started ends with it.
 * Throws when it fails, or when the signal says that it must stop.
 */
export async function run(program, args, { signal, env = {}, quiet = false } = {}) {
  signal?.throwIfAborted()
  const output = quiet ? 'pipe' : 'inherit'
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', output, output], detached: true })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (part) => (text += part))
  const stop = () => {
    kill(child.pid, 'SIGTERM')
    setTimeout(() => kill(child.pid, 'SIGKILL'), politeMs).unref()
  }
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const [code, endSignal] = await new Promise((resolve, reject) => child.once('error', reject).once('close', (...end) => resolve(end)))
    signal?.throwIfAborted()
    if (code !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${endSignal ?? code}${quiet ? `\n${text}` : ''}`)
    return text
  } finally {
    signal?.removeEventListener('abort', stop)
    // What it left behind in its group would disturb the next suite.
    if (child.pid !== undefined) kill(child.pid, 'SIGKILL')
  }
}

function kill(pid, signal) {
  try {
    process.kill(-pid, signal)
  } catch {
    // Nobody is left in the group.
  }
}

/**
 * Runs `suites` ({ name, budgetSeconds, run(signal) }) in order and then, whatever happened, every step of `cleanUps`, which the suites may
 * add to. Ends the process: 0 when all passed, 1 when one failed, 128 + n when signal n interrupted it.
 */
export async function runSuites(suites, cleanUps = []) {
  const interruption = new AbortController()
  let interruptedBy
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(name, () => {
      interruptedBy = name
      interruption.abort(new Error(`interrupted by ${name}`))
    })
  }
  const results = []
  for (const suite of suites) {
    if (interruption.signal.aborted) break
    results.push(await runSuite(suite, interruption.signal))
  }
  for (const cleanUp of cleanUps.reverse()) {
    await cleanUp().catch((error) => console.error(`cleaning up: ${error.message}`))
  }
  report(results)
  const failed = results.filter((result) => result.error !== undefined).length
  if (interruptedBy !== undefined) process.exit(128 + constants.signals[interruptedBy])
  process.exit(failed === 0 ? 0 : 1)
}

async function runSuite({ name, budgetSeconds, run }, interruption) {
  console.log(`\n=== ${name} (budget ${budgetSeconds} s)`)
  const begun = performance.now()
  const tooLong = AbortSignal.timeout(budgetSeconds * patience * 1000)
  let error
  try {
    await run(AbortSignal.any([interruption, tooLong]))
  } catch (caught) {
    error = tooLong.aborted ? new Error(`stopped after ${patience} times its budget`) : caught
    console.error(`${name}: ${error.message}`)
  }
  const seconds = (performance.now() - begun) / 1000
  // What blocks this process may end late without having been stopped.
  if (error === undefined && seconds > budgetSeconds * patience) error = new Error(`took ${patience} times its budget`)
  return { name, budgetSeconds, seconds, error }
}

function report(results) {
  const width = Math.max(5, ...results.map(({ name }) => name.length))
  console.log(`\n${'suite'.padEnd(width)}  seconds  budget`)
  for (const { name, seconds, budgetSeconds, error } of results) {
    const verdict = error ? `FAILED: ${error.message.split('\n')[0]}` : seconds > budgetSeconds ? 'over its budget' : 'ok'
    console.log(`${name.padEnd(width)}  ${seconds.toFixed(1).padStart(7)}  ${String(budgetSeconds).padStart(6)}  ${verdict}`)
  }
  const failed = results.filter(({ error }) => error !== undefined).length
  console.log(`\n${results.length - failed} passed, ${failed} failed`)
}
