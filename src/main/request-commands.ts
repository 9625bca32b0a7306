import type { Command } from '../cli/arguments.ts'
import { stuckLines } from '../cli/stuck.ts'
import { DomainError } from '../domain/errors.ts'
import { usualStuckAfter, whyStuck } from '../domain/stuck.ts'
import { retryAccessRequest, retrySource } from '../operations/retry-access-request.ts'
import { listStuck, type StuckRow } from '../store/lists/stuck.ts'
import { findSourceByName } from '../store/sources.ts'
import type { Node } from './open-node.ts'

const PAGE = 250
const retrier = { identityId: null, name: 'countersign request retry' }

/** Each request on its own: what can be tried again is, and the exit code says whether all could. */
export async function retryRequests(node: Node, { ids, source }: Extract<Command, { name: 'request-retry' }>): Promise<number> {
  if (source !== undefined) return retryAtSource(node, source)
  let refused = 0
  for (const id of ids) {
    try {
      const { requestedItemIds, assignmentIds } = await retryAccessRequest(node, retrier, id)
      console.log(`${id}: ${requestedItemIds.length + assignmentIds.length} tried again.`)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      console.error(`${id}: ${error.message}`)
      refused++
    }
  }
  return refused === 0 ? 0 : 1
}

async function retryAtSource(node: Node, name: string): Promise<number> {
  const source = await findSourceByName(node.db.sql, name)
  if (!source) throw new DomainError('not_found', `There is no source named ${name}.`)
  const { retried, refused } = await retrySource(node, retrier, source.id)
  for (const { id, reason } of refused) console.error(`${id}: ${reason}`)
  console.log(`${source.name}: ${retried.length} tried again${refused.length > 0 ? `, ${refused.length} not` : ''}.`)
  return refused.length === 0 ? 0 : 1
}

/** Everything that has not moved, page by page; reading it changes nothing. */
export async function tellStuck(node: Node, hours: number | undefined): Promise<number> {
  const after = hours === undefined ? usualStuckAfter : { peopleHours: hours, machineHours: hours }
  const moment = { now: await node.db.businessNow(), after, jobsPerSource: node.config.jobsPerSource }
  const realNow = node.db.realNow()
  let told = 0
  for (;;) {
    const { rows } = await listStuck(node.db.sql, moment, { limit: PAGE, offset: told, count: false })
    for (const row of rows) for (const line of stuckLines(row, whyOf(row, realNow))) console.log(line)
    told += rows.length
    if (rows.length < PAGE) break
  }
  if (told === 0) console.log('Nothing is stuck.')
  return 0
}

function whyOf(row: StuckRow, now: Date) {
  const moment = (text: string | null) => (text === null ? null : new Date(text))
  const step = row.step && { ...row.step, retryAt: moment(row.step.retryAt), pausedUntil: moment(row.step.pausedUntil) }
  return whyStuck({ ...row, step, now })
}
