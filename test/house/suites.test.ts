import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { repository } from './source.ts'

const folder = mkdtempSync(join(tmpdir(), 'countersign-suites-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Starts a program that runs these suites and, at the end, writes `cleaned` to a file of its own. */
function start(name: string, suites: string): { child: ChildProcess; cleaned: string; path: (file: string) => string } {
  const path = (file: string) => join(folder, `${name}-${file}`)
  const script = `
    import { writeFileSync } from 'node:fs'
    import { run, runSuites } from ${JSON.stringify(join(repository, 'scripts/suites.mjs'))}
    const path = (file) => ${JSON.stringify(join(folder, name))} + '-' + file
    const node = (code, signal) => run(process.execPath, ['-e', code], { signal })
    await runSuites([${suites}], [async () => writeFileSync(path('cleaned'), 'yes')])`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  return { child, cleaned: path('cleaned'), path }
}

async function resultOf(child: ChildProcess): Promise<{ code: number | null; lines: string[] }> {
  let text = ''
  child.stdout?.on('data', (part) => {
    text += part
  })
  const [code] = await once(child, 'close')
  return { code, lines: text.trimEnd().split('\n') }
}

test('suites that pass end with 0 and a line that says so', async () => {
  const { child, cleaned } = start('passing', `{ name: 'a', budgetSeconds: 5, run: (signal) => node('0', signal) }`)
  const { code, lines } = await resultOf(child)
  expect(code).toBe(0)
  expect(lines.at(-1)).toBe('1 passed, 0 failed')
  expect(existsSync(cleaned)).toBe(true)
})

test('one that fails does not keep the next from running, and the end is 1', async () => {
  const failing = `{ name: 'a', budgetSeconds: 5, run: (signal) => node('process.exit(3)', signal) }`
  const { child, cleaned } = start('failing', `${failing}, { name: 'b', budgetSeconds: 5, run: async () => undefined }`)
  const { code, lines } = await resultOf(child)
  expect(code).toBe(1)
  expect(lines.at(-1)).toBe('1 passed, 1 failed')
  expect(lines.find((line) => line.startsWith('a  '))).toContain('ended with 3')
  expect(existsSync(cleaned)).toBe(true)
})

test('a suite that takes twice its budget is stopped, with all that it started', async () => {
  const grandchild = `
    const { spawn } = require('node:child_process')
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'])
    require('node:fs').writeFileSync(process.argv[1], String(child.pid))
    setInterval(() => 0, 1000)`
  const suite = `{ name: 'slow', budgetSeconds: 0.5, run: (signal) => run(process.execPath, ['-e', ${JSON.stringify(grandchild)}, path('pid')], { signal }) }`
  const { child, path } = start('slow', suite)
  const { code, lines } = await resultOf(child)
  expect(code).toBe(1)
  expect(lines.join('\n')).toContain('stopped after 2 times its budget')
  const pid = Number(readFileSync(path('pid'), 'utf8'))
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false))
})

test('an interruption stops the suite, leaves the others out and still cleans up', async () => {
  const waiting = `(signal) => (writeFileSync(path('begun'), ''), node('setInterval(() => 0, 1000)', signal))`
  const other = `{ name: 'b', budgetSeconds: 5, run: async () => writeFileSync(path('other'), '') }`
  const { child, cleaned, path } = start('interrupted', `{ name: 'a', budgetSeconds: 60, run: ${waiting} }, ${other}`)
  const result = resultOf(child)
  await vi.waitFor(() => expect(existsSync(path('begun'))).toBe(true), { timeout: 5_000 })
  child.kill('SIGINT')
  const { code, lines } = await result
  expect(code).toBe(130)
  expect(lines.at(-1)).toBe('0 passed, 1 failed')
  expect([existsSync(cleaned), existsSync(path('other'))]).toEqual([true, false])
})

/** A process that has ended and that nobody has asked about yet is not running either. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
