import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import { type EmbeddedPostgres, EmbeddedPostgresError, startEmbeddedPostgres } from '../../src/adapters/postgres-embedded.ts'
import { makeTestFolder, removeTestFolder } from '../support/database.ts'

const repository = resolve(import.meta.dirname, '../..')
const supervisor = resolve(repository, 'src/adapters/postgres-embedded.ts')

const folders: string[] = []
const servers: EmbeddedPostgres[] = []
const children: ChildProcess[] = []
const logged: string[] = []

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const server of servers.splice(0)) await server.stop()
  for (const folder of folders.splice(0)) await removeTestFolder(folder)
  logged.splice(0)
})

async function newFolder(mode?: number): Promise<string> {
  const folder = await makeTestFolder(mode)
  folders.push(folder)
  return folder
}

async function start(folder: string, settings: Record<string, string> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, settings, log: (message) => logged.push(message) })
  servers.push(server)
  return server
}

/** A real process that starts PostgreSQL in the folder and then stays until it is killed. `ready` is its postmaster's pid. */
function startInChild(folder: string): { child: ChildProcess; ready: Promise<number> } {
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(supervisor)})
    const server = await startEmbeddedPostgres({ folder: ${JSON.stringify(folder)}, log: () => undefined })
    console.log(server.pid)
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const ready = once(createInterface(child.stdout), 'line').then(([line]) => Number(line))
  return { child, ready }
}

async function killHard(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query({ text: statement, rowMode: 'array' })
    return rows.flat()
  } finally {
    await client.end()
  }
}

const keepOneRow = (url: string) => ask(url, `create table kept as select 'still here' as word`)
const readTheRow = (url: string) => ask(url, 'select word from kept')

test('a first start makes a durable UTF-8 database that answers on 127.0.0.1 and refuses other passwords', async () => {
  const folder = await newFolder()
  const server = await start(folder)
  const settings = `current_setting('fsync'), current_setting('server_encoding'), current_setting('listen_addresses'),
    current_setting('unix_socket_directories'), current_database()`
  expect(await ask(server.url, `select ${settings}`)).toEqual(['on', 'UTF8', '127.0.0.1', '', 'countersign'])
  const wrong = new URL(server.url)
  wrong.password = 'guessed'
  await expect(ask(wrong.href, 'select 1')).rejects.toThrow('password authentication failed')
  expect((await stat(join(folder, 'postgres', 'server.json'))).mode & 0o777).toBe(0o600)
  expect(logged.join('\n')).not.toContain(new URL(server.url).password)
})

test('a second start finds the data and the address of the first, and is ready in less than a second', async () => {
  const folder = await newFolder()
  const first = await start(folder)
  await keepOneRow(first.url)
  await first.stop()
  const begun = performance.now()
  const second = await start(folder)
  expect(performance.now() - begun).toBeLessThan(1_000)
  expect(second.url).toBe(first.url)
  expect(await readTheRow(second.url)).toEqual(['still here'])
})

test('stop() may be called twice, ends the postmaster and leaves no pid file', async () => {
  const folder = await newFolder()
  const server = await start(folder)
  const { pid } = server
  await Promise.all([server.stop(), server.stop()])
  await server.stop()
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  expect(await readdir(join(folder, 'postgres', 'data'))).not.toContain('postmaster.pid')
  await expect(ask(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED')
})

test('a start takes another port when the recorded one is in use by a stranger', async () => {
  const folder = await newFolder()
  const first = await start(folder)
  await first.stop()
  const stranger = createServer().listen(Number(new URL(first.url).port), '127.0.0.1')
  await once(stranger, 'listening')
  const second = await start(folder)
  stranger.close()
  expect(new URL(second.url).port).not.toBe(new URL(first.url).port)
  expect(await ask(second.url, 'select 1')).toEqual([1])
})

test('while its process lives a folder is refused; once that is killed its postmaster is adopted with the data, and watched', async () => {
  const folder = await newFolder()
  const { child, ready } = startInChild(folder)
  const pid = await ready
  await expect(start(folder)).rejects.toThrow(`already running as process ${child.pid}`)
  await killHard(child)
  process.kill(pid, 0)

  const adopted = await start(folder)
  expect(adopted.pid).toBe(pid)
  await keepOneRow(adopted.url)

  process.kill(pid, 'SIGKILL')
  await vi.waitFor(async () => expect(await readTheRow(adopted.url)).toEqual(['still here']), { timeout: 8_000, interval: 100 })
  await vi.waitFor(() => expect(adopted.pid).not.toBe(pid))
  const last = adopted.pid
  await adopted.stop()
  expect(() => process.kill(last, 0)).toThrow('ESRCH')
})

test('a postmaster left running with other settings is replaced, not adopted', async () => {
  const folder = await newFolder()
  const { child, ready } = startInChild(folder)
  const pid = await ready
  await killHard(child)
  const server = await start(folder, { work_mem: '5MB' })
  expect(server.pid).not.toBe(pid)
  expect(await ask(server.url, 'show work_mem')).toEqual(['5MB'])
})

test('a stale postmaster.pid whose pid now belongs to a stranger or a zombie does not block the start', async () => {
  const folder = await newFolder()
  const data = join(folder, 'postgres', 'data')
  const first = await start(folder)
  await keepOneRow(first.url)
  const pidFile = await readFile(join(data, 'postmaster.pid'), 'utf8')
  await first.stop()

  // PostgreSQL only respects pids of its own user, so these are. The shell's child ends and, as the shell has become sleep, stays a zombie.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const stranger = spawn('/bin/sh', ['-c', 'true & echo $!; exec sleep 60'], { ...user, cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(stranger)
  const [zombie] = await once(createInterface(stranger.stdout), 'line')
  await delay(50)
  for (const pid of [stranger.pid, zombie]) {
    await writeFile(join(data, 'postmaster.pid'), pidFile.replace(/^\d+/, String(pid)))
    const server = await start(folder)
    expect(await readTheRow(server.url)).toEqual(['still here'])
    await server.stop()
  }
  expect(stranger.exitCode ?? stranger.signalCode).toBe(null)
})

test('of two starts at the same time exactly one wins and the other says which process has the folder', async () => {
  const folder = await newFolder()
  for (let round = 0; round < 3; round++) {
    const results = await Promise.allSettled([start(folder), start(folder), start(folder)])
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))
    expect(refusals).toHaveLength(2)
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(EmbeddedPostgresError)
      expect(refusal.message).toContain(`already running as process ${process.pid}`)
    }
    await servers.pop()?.stop()
  }
})

test('a killed postmaster comes back on the same port with everything committed', async () => {
  const server = await start(await newFolder())
  await keepOneRow(server.url)
  const { url, pid } = server
  process.kill(pid, 'SIGKILL')
  await vi.waitFor(async () => expect(await readTheRow(url)).toEqual(['still here']), { timeout: 8_000, interval: 50 })
  expect(server.url).toBe(url)
  // It may answer us a moment before its supervisor has found it well.
  await vi.waitFor(() => expect(server.pid).not.toBe(pid))
  expect(logged.join('\n')).toContain(`PostgreSQL (process ${pid}) is gone`)
})

test('stop() during a restart leaves nothing running', async () => {
  const folder = await newFolder()
  const server = await start(folder)
  process.kill(server.pid, 'SIGKILL')
  await vi.waitFor(() => expect(logged.join('\n')).toContain('is gone'), { interval: 5 })
  await server.stop()
  expect(() => process.kill(server.pid, 0)).toThrow('ESRCH')
  await delay(300)
  await expect(ask(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED')
})

test('a first start that was killed in the middle of initdb is made good by the next', async () => {
  const folder = await newFolder()
  const home = join(folder, 'postgres')
  const { child } = startInChild(folder)
  const names = async () => (await readdir(home).catch(() => [])).filter((name) => name.startsWith('initdb-'))
  await vi.waitFor(
    async () => {
      const [work] = await names()
      await stat(join(home, work ?? 'not yet', 'data', 'base'))
    },
    { timeout: 10_000, interval: 2 },
  )
  await killHard(child)
  expect(await readdir(home)).not.toContain('data')
  const server = await start(folder)
  expect(await ask(server.url, 'select 1')).toEqual([1])
})

test('data whose password is gone is refused and left alone', async () => {
  const folder = await newFolder()
  const first = await start(folder)
  await first.stop()
  const record = join(folder, 'postgres', 'server.json')
  const text = await readFile(record)
  await rm(record)
  await expect(start(folder)).rejects.toThrow('holds the password of the data, is missing')
  await writeFile(record, text)
  const second = await start(folder)
  expect(await ask(second.url, 'select 1')).toEqual([1])
})

test('root starts PostgreSQL under a folder that only root can enter', async (context) => {
  if (process.getuid?.() !== 0) return context.skip('only root needs this way')
  if (spawnSync('/usr/bin/unshare', ['-U', 'true']).status !== 0) return context.skip('user namespaces are not allowed here')
  const folder = join(await newFolder(0o700), 'inner')
  const server = await start(folder)
  await keepOneRow(server.url)
  expect((await stat(join(folder, 'postgres', 'data'))).uid).toBe(0)
  const { pid } = server
  await server.stop()
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  const again = await start(folder)
  expect(await readTheRow(again.url)).toEqual(['still here'])
})
