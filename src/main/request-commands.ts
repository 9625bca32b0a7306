import type { Command } from '../cli/arguments.ts'
import { stuckLines } from '../cli/stuck.ts'
import { DomainError } from '../domain/errors.ts'
import { usualStuckAfter, whyStuck } from '../domain/stuck.ts'
import { retryAccessRequest, retrySource } from '../operations/retry-access-request.ts'
import { listStuck } from '../store/lists/stuck.ts'
import type { Node } from './open-node.ts'
import { PAGE, printPages } from './print-pages.ts'
import { loadSourceByName } from './source-commands.ts'

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
  const source = await loadSourceByName(node, name)
  const { retried, refused } = await retrySource(node, retrier, source.id)
  for (const { id, reason } of refused) console.error(`${id}: ${reason}`)
  console.log(`${source.name}: ${retried.length} tried again${refused.length > 0 ? `, ${refused.length} not` : ''}.`)
  return refused.length === 0 ? 0 : 1
}

/** Everything that has not moved, page by page; reading it changes nothing. */
export async function tellStuck(node: Node, hours: number | undefined): Promise<number> {
  const after = hours === undefined ? usualStuckAfter : { peopleHours: hours, machineHours: hours }
  const moment = { now: await node.db.businessNow(), after, jobsPerSource: node.config.jobsPerSource }
  const now = node.db.realNow()
  const told = await printPages(
    (offset) => listStuck(node.db.sql, moment, { limit: PAGE, offset, count: false }),
    (row) => stuckLines(row, whyStuck({ ...row, now })),
  )
  if (told === 0) console.log('Nothing is stuck.')
  return 0
}
