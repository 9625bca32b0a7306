import { randomBytes } from 'node:crypto'
import { type FileHandle, link, open, readdir, readFile, readlink, rm, stat } from 'node:fs/promises'
import { hostname, platform } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { EmbeddedPostgresError, findProcess } from './postgres-embedded-process.ts'

/*
 * Exactly one process owns a data folder. The owner is named by the file owner.<n> with the highest n.
 *
 * A new owner makes owner.<n+1> with link(2), which is atomic, complete and fails if the name is taken; so of many that find owner.<n> dead,
 * one wins. Taking over by deleting and creating one name could not promise that: the slower one would delete the faster one's lock.
 * The highest file is never deleted (release empties it), or a slow rival could win a number that has been used already.
 */
const ownerFile = /^owner\.(\d+)$/
const draftPrefix = 'owner-draft-'
const heartbeatMs = 1_000

export interface FolderLock {
  release(): Promise<void>
}

interface Owner {
  pid: number
  startedAt: string
  /** Where the pid means something: this boot and this container. */
  place: string
}

/** Makes this process the owner of the folder, or throws an error that names the process that is. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const me = await describeMyself()
  for (;;) {
    const highest = Math.max(0, ...(await listNumbers(folder)))
    if (highest > 0) await refuseIfHeld(folder, highest, me.place)
    const handle = await claim(folder, highest + 1, me)
    if (handle) return holdLock(handle, me)
  }
}

async function describeMyself(): Promise<Owner> {
  const startedAt = (await findProcess(process.pid))?.startedAt ?? ''
  if (platform() !== 'linux') return { pid: process.pid, startedAt, place: hostname() }
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  const container = await readlink('/proc/self/ns/pid').catch(() => '')
  return { pid: process.pid, startedAt, place: `${boot.trim()} ${container}` }
}

async function listNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names.flatMap((name) => ownerFile.exec(name)?.[1] ?? []).map(Number)
}

async function refuseIfHeld(folder: string, number: number, place: string): Promise<void> {
  const path = join(folder, `owner.${number}`)
  const owner = await readOwner(path)
  if (!owner) return
  if (owner.place === place) {
    if ((await findProcess(owner.pid))?.startedAt !== owner.startedAt) return
    throw new EmbeddedPostgresError(`${folder} is in use: Countersign is already running as process ${owner.pid}`)
  }
  if (!(await isBeating(path))) return
  throw new EmbeddedPostgresError(`${folder} is in use from another container or machine: already running there as process ${owner.pid}`)
}

/** The owner written in the file; undefined when it was released, is gone or is not readable as one. */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Owner
  } catch {
    return undefined
  }
}

/** For owners whose pid we cannot look up: they touch their file every second. */
async function isBeating(path: string): Promise<boolean> {
  const modified = async () => (await stat(path, { bigint: true }).catch(() => undefined))?.mtimeNs
  const before = await modified()
  await delay(heartbeatMs * 4)
  const after = await modified()
  return after !== undefined && after !== before
}

async function claim(folder: string, number: number, me: Owner): Promise<FileHandle | undefined> {
  const draft = join(folder, `${draftPrefix}${randomBytes(6).toString('hex')}`)
  const mine = join(folder, `owner.${number}`)
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(JSON.stringify(me))
    await handle.sync()
    await link(draft, mine)
    const numbers = await listNumbers(folder)
    if (Math.max(...numbers) === number) {
      await tidy(folder, number)
      return handle
    }
    await rm(mine)
  } catch (error) {
    // EEXIST: another won the number. ENOENT: it has won already and tidied our draft away.
    if (!['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw await closing(handle, error)
  } finally {
    await rm(draft, { force: true })
  }
  await handle.close()
  return undefined
}

async function closing(handle: FileHandle, error: unknown): Promise<unknown> {
  await handle.close()
  return error
}

/** Earlier owners' files, and drafts of processes that died or lost. */
async function tidy(folder: string, mine: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const number = Number(ownerFile.exec(name)?.[1] ?? mine)
    if (number < mine || name.startsWith(draftPrefix)) await rm(join(folder, name), { force: true })
  }
}

function holdLock(handle: FileHandle, me: Owner): FolderLock {
  const text = JSON.stringify(me)
  let released: Promise<void> | undefined
  // The same bytes over the same bytes: a reader never sees half of them, and the file's time moves on.
  const beat = setInterval(() => void handle.write(text, 0).catch(() => undefined), heartbeatMs).unref()
  const release = async () => {
    clearInterval(beat)
    await handle.truncate(0)
    await handle.close()
  }
  return {
    release: () => {
      released ??= release()
      return released
    },
  }
}
