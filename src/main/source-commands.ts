import { readFile } from 'node:fs/promises'
import { checkSettings, connectorKinds } from '../adapters/connectors/registry.ts'
import { type Command, UsageError } from '../cli/arguments.ts'
import { driftLines, healthLines, syncLines } from '../cli/sources.ts'
import { DomainError } from '../domain/errors.ts'
import { sourceHealth } from '../domain/source-health.ts'
import { configureSource } from '../operations/configure-source.ts'
import type { Doer } from '../operations/item-event.ts'
import { limitSource } from '../operations/limit-source.ts'
import { setSourceLeavers } from '../operations/set-source-leavers.ts'
import { settleDrift } from '../operations/settle-drift.ts'
import { syncSource } from '../operations/sync-source.ts'
import { listOpenDriftIds } from '../store/drift.ts'
import { listSourceDrift } from '../store/lists/source-drift.ts'
import { listSourceHealth } from '../store/lists/source-health.ts'
import { findSourceByName } from '../store/sources.ts'
import type { Node } from './open-node.ts'
import { PAGE, printPages } from './print-pages.ts'

/** Refuses (not_found) a name that no source has. */
export async function loadSourceByName(node: Node, name: string) {
  const source = await findSourceByName(node.db.sql, name)
  if (!source) throw new DomainError('not_found', `There is no source named ${name}.`)
  return source
}

const doer = (verb: string): Doer => ({ identityId: null, name: `countersign source ${verb}` })

export async function connectSource(
  node: Node,
  { source, connector, settingsFile }: Extract<Command, { name: 'source-connect' }>,
): Promise<number> {
  if (!connectorKinds.includes(connector))
    throw new UsageError(`There is no connector "${connector}"; there are ${connectorKinds.join(', ')}.`)
  const settings = await readSettings(settingsFile)
  checkSettings(connector, settings)
  await configureSource(
    node,
    { name: source, connector, sealedSettings: node.secrets.seal(JSON.stringify(settings)) },
    'countersign source connect',
  )
  return testSource(node, source)
}

/** Says nothing of what the file holds: whoever reads the terminal, or the log of a CI, is not to see credentials. */
async function readSettings(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new DomainError('invalid', `${file} cannot be read (${error.code}). It is to hold the settings of the connector as JSON.`)
  })
  try {
    return JSON.parse(text)
  } catch {
    throw new DomainError('invalid', `${file} is not JSON. It is to hold the settings of the connector; they are not shown here.`)
  }
}

export async function testSource(node: Node, name: string): Promise<number> {
  const source = await loadSourceByName(node, name)
  if (source.connector === null) {
    console.log(`${source.name} has no connector: its owner does the work by hand.`)
    return 0
  }
  await node.connectors.connectorFor(source).test()
  console.log(`${source.name}: the target answers and takes the credentials.`)
  return 0
}

/** Reads in this process, beside the nodes; one reading of a source at a time. */
export async function syncNow(node: Node, name: string): Promise<number> {
  const source = await loadSourceByName(node, name)
  const context = { db: node.db, ids: node.ids, connectorFor: node.connectors.connectorFor }
  const result = await syncSource(context, doer('sync'), source.id)
  for (const line of syncLines(source.name, result)) console.log(line)
  return 0
}

export async function tellSources(node: Node): Promise<number> {
  await printPages(
    (offset) => listSourceHealth(node.db.sql, { limit: PAGE, offset, count: false }),
    (row) => healthLines(row, sourceHealth(row)),
  )
  return 0
}

export async function tellDrift(node: Node, name: string): Promise<number> {
  const source = await loadSourceByName(node, name)
  const told = await printPages(
    (offset) => listSourceDrift(node.db.sql, source.id, 'open', { limit: PAGE, offset, count: false }),
    driftLines,
  )
  if (told === 0) console.log(`${source.name}: nothing came or went behind our back, as far as it was read.`)
  return 0
}

export async function settleSourceDrift(
  node: Node,
  { source: name, move, ids }: Extract<Command, { name: 'source-settle' }>,
): Promise<number> {
  const source = await loadSourceByName(node, name)
  const wanted = ids === 'all' ? await listOpenDriftIds(node.db, source.id) : ids
  const { settled, refused } = await settleDrift(node, doer(move), source.id, wanted, move)
  for (const { id, reason } of refused) console.error(`${id}: ${reason}`)
  const what = move === 'adopt' ? 'adopted' : 'being put right by the workers'
  console.log(`${source.name}: ${settled.length} ${what}${refused.length > 0 ? `, ${refused.length} not` : ''}.`)
  return refused.length === 0 ? 0 : 1
}

export async function limitSourceJobs(node: Node, { source: name, maxJobs }: Extract<Command, { name: 'source-limit' }>): Promise<number> {
  const source = await loadSourceByName(node, name)
  await limitSource(node, doer('limit'), source.id, maxJobs)
  console.log(`${source.name}: at most ${maxJobs ?? node.config.jobsPerSource} jobs at work with its target at a time.`)
  return 0
}

export async function setLeavers(
  node: Node,
  { source: name, disableAccounts }: Extract<Command, { name: 'source-leavers' }>,
): Promise<number> {
  const source = await loadSourceByName(node, name)
  const concerned = await setSourceLeavers(node, doer('leavers'), source.id, disableAccounts)
  const what = disableAccounts ? 'are disabled, and enabled again when they return' : 'are left alone'
  console.log(`${source.name}: the accounts of people who leave ${what}. The workers have ${concerned} to see to now.`)
  return 0
}
