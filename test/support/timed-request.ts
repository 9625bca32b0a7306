import { expect } from 'vitest'
import { lookForPeopleToMend, mendApprovals } from '../../src/operations/mend-approvals.ts'
import type { TestApp } from './app.ts'

/** One request of one item that waits for an approval, on a clock that the test moves. */
export interface TimedRequest {
  requestId: string
  approvalId: string
}

let round = 0

/**
 * Asks for an item in the name of `alias`; returns the request and the approval that waits. A start date of its own makes it another ask;
 * null asks for it from now on.
 */
export async function askFor(
  app: TestApp,
  alias: string,
  type: 'ROLE' | 'ACCESS_PROFILE',
  name: string,
  from: string | null = new Date(Date.parse('2900-01-01T00:00:00Z') + round++ * 1000).toISOString(),
): Promise<TimedRequest> {
  const answer = await app.call(alias, 'POST', '/v2025/access-requests', {
    requestedFor: [await app.idOf(alias)],
    requestedItems: [{ type, id: await app.itemId(type, name), comment: 'please', ...(from === null ? {} : { startDate: from }) }],
  })
  expect(answer.status, JSON.stringify(answer.json)).toBe(202)
  const requestId = answer.json.newRequests[0].accessRequestIds[0]
  return { requestId, approvalId: (await pendingOf(app, requestId))?.id }
}

/** Asks so many times, a few at once: more than the database has connections would wait for each other. */
export async function askMany(count: number, ask: () => Promise<TimedRequest>): Promise<TimedRequest[]> {
  const asked: TimedRequest[] = []
  while (asked.length < count) asked.push(...(await Promise.all(Array.from({ length: Math.min(5, count - asked.length) }, ask))))
  return asked
}

/** The approval of a request that waits now, as an org admin sees it. */
export async function pendingOf(app: TestApp, requestId: string) {
  return (await app.call('admin', 'GET', `/v3/access-request-approvals/pending?filters=accessRequestId eq "${requestId}"`)).json[0]
}

/** The request's row in the status list. */
export async function statusOf(app: TestApp, requestId: string) {
  return (await app.call('admin', 'GET', `/v3/access-request-status?filters=accessRequestId eq "${requestId}"`)).json[0]
}

/** Names of those who can decide it now. */
export async function holdersOf(app: TestApp, requestId: string): Promise<string[]> {
  const { json } = await app.call('admin', 'GET', `/v2025/access-request-approvals/${requestId}/approvers`)
  return json.map((row: { name: string }) => row.name).sort()
}

/** Answers an approval as a person. */
export function decide(app: TestApp, alias: string, approvalId: string, verb: 'approve' | 'reject' | 'forward', body: object = {}) {
  return app.call(alias, 'POST', `/v3/access-request-approvals/${approvalId}/${verb}`, body)
}

/** What the record tells of a request, as "day action", counted from `start`; only of these actions. */
export async function recordOf(app: TestApp, requestId: string, start: string, actions: RegExp): Promise<string[]> {
  const rows = await app.sql('select action, created_at from audit_event where tracking_number = $1 order by created_at, id', [requestId])
  const told = rows.filter((row) => actions.test(String(row['action'])))
  return told.map((row) => `${((row['created_at'] as Date).getTime() - Date.parse(start)) / 86_400_000} ${row['action']}`)
}

/** Moves the clock through its route; everything due has happened when this returns. */
export async function moveClock(app: TestApp, body: object): Promise<void> {
  const answer = await app.call('admin', 'POST', '/countersign/v1/clock', body)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
}

/** What a sweep does about people who were changed here by other hands than an import's; returns how many approvals it moved. */
export async function mendPeople({ app }: TestApp): Promise<number> {
  await lookForPeopleToMend(app)
  return mendApprovals(app)
}
