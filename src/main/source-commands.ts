import type { Command } from '../cli/arguments.ts'
import { driftLines, healthLines, syncLines } from '../cli/sources.ts'
import { DomainError } from '../domain/errors.ts'
import { sourceHealth } from '../domain/source-health.ts'
import type { Doer } from '../operations/item-event.ts'
import { limitSource } from '../operations/limit-source.ts'
import { settleDrift } from '../operations/settle-drift.ts'
import { syncSource } from '../operations/sync-source.ts'
import { listOpenDriftIds } from '../store/drift.ts'
import { listSourceDrift } from '../store/lists/source-drift.ts'
import { listSourceHealth } from '../store/lists/source-health.ts'
import { findSourceByName } from '../store/sources.ts'
import type { Node } from './open-node.ts'

const PAGE = 250

async function loadByName(node: Node, name: string) {
  const source = await findSourceByName(node.db.sql, name)
  if (!source) throw new DomainError('not_found', `There is no source named ${name}.`)
  return source
}

const doer = (verb: string): Doer => ({ identityId: null, name: `countersign source ${verb}` })

/** Reads in this process, beside the nodes; one reading of a source at a time. */
export async function syncNow(node: Node, name: string): Promise<number> {
  const source = await loadByName(node, name)
  const context = { db: node.db, ids: node.ids, connectorFor: node.connectors.connectorFor }
  const result = await syncSource(context, doer('sync'), source.id)
  for (const line of syncLines(source.name, result)) console.log(line)
  return 0
}

export async function tellSources(node: Node): Promise<number> {
  await inPages(
    (offset) => listSourceHealth(node.db.sql, { limit: PAGE, offset, count: false }),
    (row) => healthLines(row, sourceHealth(row)),
  )
  return 0
}

export async function tellDrift(node: Node, name: string): Promise<number> {
  const source = await loadByName(node, name)
  const told = await inPages((offset) => listSourceDrift(node.db.sql, source.id, 'open', { limit: PAGE, offset, count: false }), driftLines)
  if (told === 0) console.log(`${source.name}: nothing came or went behind our back, as far as it was read.`)
  return 0
}

async function inPages<Row>(read: (offset: number) => Promise<{ rows: Row[] }>, linesOf: (row: Row) => string[]): Promise<number> {
  for (let told = 0; ; ) {
    const { rows } = await read(told)
    for (const row of rows) for (const line of linesOf(row)) console.log(line)
    told += rows.length
    if (rows.length < PAGE) return told
  }
}

export async function settle(node: Node, { source: name, move, ids }: Extract<Command, { name: 'source-settle' }>): Promise<number> {
  const source = await loadByName(node, name)
  const wanted = ids === 'all' ? await listOpenDriftIds(node.db, source.id) : ids
  const { settled, refused } = await settleDrift(node, doer(move), source.id, wanted, move)
  for (const { id, reason } of refused) console.error(`${id}: ${reason}`)
  const what = move === 'adopt' ? 'adopted' : 'being put right by the workers'
  console.log(`${source.name}: ${settled.length} ${what}${refused.length > 0 ? `, ${refused.length} not` : ''}.`)
  return refused.length === 0 ? 0 : 1
}

export async function limit(node: Node, { source: name, maxJobs }: Extract<Command, { name: 'source-limit' }>): Promise<number> {
  const source = await loadByName(node, name)
  await limitSource(node, doer('limit'), source.id, maxJobs)
  console.log(`${source.name}: at most ${maxJobs ?? node.config.jobsPerSource} jobs at work with its target at a time.`)
  return 0
}
