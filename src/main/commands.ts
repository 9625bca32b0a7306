import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Command } from '../cli/arguments.ts'
import { printSettings } from '../cli/doctor.ts'
import { runImport } from '../cli/import.ts'
import { type Config, describeSettings } from '../config.ts'
import { DomainError } from '../domain/errors.ts'
import { importOrganisation } from '../operations/import-organisation.ts'
import { makeClient } from '../operations/make-client.ts'
import type { Logger } from '../ports.ts'
import { listPendingMigrations, readMigrations } from '../store/migrate.ts'
import { findPersonByAlias } from '../store/people.ts'
import { embeddedUrl, type Node } from './open-node.ts'

/**
 * An import makes much garbage, which V8 clears away late when it has the room. Told at its start to be careful (later it cannot be), the
 * process needs no more memory for a million lines than for a thousand.
 */
export const CAREFUL = ['--max-semi-space-size=1', '--max-old-space-size=64'] as const

/** The same command in a process of its own that is careful with memory; returns its exit code. */
export async function runCarefully(argv: string[]): Promise<number> {
  const child = spawn(process.execPath, [...CAREFUL, ...process.execArgv, process.argv[1] ?? '', ...argv], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}

export function importFolder(node: Node, folder: string): Promise<number> {
  return runImport(folder, {
    importOrganisation: (files, onProgress) => importOrganisation(node, { files, onProgress }),
    out: console.log,
    error: console.error,
  })
}

export async function makeToken(node: Node, { alias, client, scopes }: Extract<Command, { name: 'token' }>): Promise<number> {
  const person = alias === undefined ? null : await findPersonByAlias(node.db.sql, alias)
  if (person === undefined) throw new DomainError('not_found', `There is no identity with the alias ${alias}.`)
  const made = await makeClient(
    node,
    { identityId: null, name: 'countersign token' },
    { name: client, identityId: person?.id ?? null, scopes },
  )
  console.log(`SAIL_CLIENT_ID=${made.id}\nSAIL_CLIENT_SECRET=${made.secret}`)
  return 0
}

/** Says how it is set up and whether the database answers; changes nothing. */
export async function doctor(home: string, config: Config, log: Logger): Promise<number> {
  printSettings(config, describeSettings(), console.log)
  const undo: (() => Promise<unknown>)[] = []
  try {
    const url = config.databaseUrl ?? (await embeddedUrl(config, log, true, undo))
    const missing = await listPendingMigrations({ url, schema: config.schema }, await readMigrations(join(home, 'migrations')))
    console.log(
      `The database answers${missing.length === 0 ? ' and its schema is up to date.' : `; migrations to come: ${missing.join(', ')}.`}`,
    )
    return 0
  } finally {
    for (const step of undo.reverse()) await step()
  }
}
