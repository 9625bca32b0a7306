import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/adapters/postgres-embedded.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A PostgreSQL that every test may connect to; see inject('databaseUrl'). */
    databaseUrl: string
  }
}

const prefix = 'countersign-test-'
const quietly = () => undefined

/** Gives every test the same server: TEST_DATABASE_URL, or an embedded one that lives as long as the run. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  await removeAbandonedFolders()
  const given = process.env['TEST_DATABASE_URL']
  if (given) {
    project.provide('databaseUrl', given)
    return undefined
  }
  const folder = await makeTestFolder()
  const server = await startEmbeddedPostgres({ folder, log: quietly })
  project.provide('databaseUrl', server.url)
  return async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** An empty folder that names the process it belongs to, so that a later run can tell whether it is abandoned. */
export async function makeTestFolder(mode = 0o755): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`))
  await chmod(folder, mode)
  return folder
}

/** Removes the folder and stops the PostgreSQL that may still be running in it. */
export async function removeTestFolder(folder: string): Promise<void> {
  try {
    if (await exists(join(folder, 'postgres', 'data', 'postmaster.pid'))) {
      const server = await startEmbeddedPostgres({ folder, log: quietly })
      await server.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** What a run that was killed has left: its PostgreSQL would otherwise live until the machine is turned off. */
async function removeAbandonedFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]
    if (pid === undefined || isAlive(Number(pid))) continue
    await removeTestFolder(join(tmpdir(), name)).catch(quietly)
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
