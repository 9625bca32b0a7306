import { expect } from 'vitest'
import type { TestApp } from './app.ts'
import { FakeConnector } from './fake-connector.ts'

/** Requests in every stage, so that searches have something to find. */
export interface Corpus {
  completed: string
  /** Approved by the manager, waits for the owner; a comment was left. */
  half: string
  waiting: string
  rejected: string
  cancelled: string
  closed: string
  byHand: string
  retried: string
  revoked: string
}

type ItemType = 'ROLE' | 'ACCESS_PROFILE' | 'ENTITLEMENT'

/** Plays the requests through the API; `app` must have no worker yet. */
export async function playCorpus(app: TestApp): Promise<Corpus> {
  const target = new FakeConnector()
  app.startWorker({ scim: target })
  const ask = async (whom: string, type: ItemType, name: string, requestType = 'GRANT_ACCESS') => {
    const item = { type, id: await app.itemId(type, name), comment: `Please: ${name} (Überblick), for "Q4"` }
    const body = { requestedFor: [await app.idOf(whom)], requestType, requestedItems: [item] }
    const answer = await app.call(requestType === 'GRANT_ACCESS' ? whom : 'mgr.one', 'POST', '/v2024/access-requests', body)
    expect(answer.status, JSON.stringify(answer.json)).toBe(202)
    return answer.json.newRequests[0].accessRequestIds[0] as string
  }
  const decide = async (alias: string, requestId: string, verb: 'approve' | 'reject', comment: string) => {
    const filter = encodeURIComponent(`accessRequestId eq "${requestId}"`)
    const path = '/v2024/access-request-approvals'
    const { json } = await app.call(alias, 'GET', `${path}/pending?owner-id=me&filters=${filter}`)
    const answer = await app.call(alias, 'POST', `${path}/${json[0].id}/${verb}`, { comment })
    expect(answer.status, JSON.stringify(answer.json)).toBe(202)
  }
  const ended = (requestId: string, ...states: string[]) =>
    app.until(async () => {
      const filter = encodeURIComponent(`accessRequestId eq "${requestId}"`)
      const { json } = await app.call('admin', 'GET', `/v2024/access-request-status?filters=${filter}`)
      return states.includes(json[0].state)
    })

  const activity = async (requestId: string) => (await app.call('admin', 'GET', `/v3/account-activities/${requestId}`)).json
  const hasWork = async (requestId: string) => {
    const { json } = await app.call('petra.holm', 'GET', '/v3/work-items')
    return json.some((work: { accessRequestId: string }) => work.accessRequestId === requestId)
  }

  const completed = await ask('emp.alice', 'ROLE', 'Finance Analyst')
  await decide('mgr.one', completed, 'approve', 'Needed for the closing; see ticket FIN-2231')
  await decide('dora.finch', completed, 'approve', 'ok')
  await ended(completed, 'REQUEST_COMPLETED')
  const half = await ask('emp.bob', 'ROLE', 'Finance Analyst')
  await decide('mgr.one', half, 'approve', 'fine with me')
  const waiting = await ask('emp.alice', 'ROLE', 'Auditor')
  const rejected = await ask('emp.carol', 'ROLE', 'Auditor')
  await decide('mgr.one', rejected, 'reject', 'not this year, nor the next')
  const cancelled = await ask('emp.bob', 'ROLE', 'Auditor')
  const cancel = { accountActivityId: cancelled, comment: 'asked by mistake' }
  expect((await app.call('emp.bob', 'POST', '/v3/access-requests/cancel', cancel)).status).toBe(202)
  const closed = await ask('emp.carol', 'ENTITLEMENT', 'CN=Reports,OU=Groups')
  const close = { accessRequestIds: [closed, 'no-such-request'], message: 'stuck since the move' }
  expect((await app.call('admin', 'POST', '/v2024/access-requests/close', close)).status).toBe(202)
  const byHand = await ask('emp.alice', 'ACCESS_PROFILE', 'Laboratory Badge')
  await decide('petra.holm', byHand, 'approve', 'welcome')
  await app.until(() => hasWork(byHand))
  const revoked = await ask('emp.alice', 'ROLE', 'Finance Analyst', 'REVOKE_ACCESS')
  await ended(revoked, 'REQUEST_COMPLETED')
  target.failNext(10_000)
  const retried = await ask('emp.bob', 'ACCESS_PROFILE', 'VPN Access')
  await decide('tomas.berg', retried, 'approve', 'yes')
  await app.until(async () => (await activity(retried)).errors.length > 0)
  return { completed, half, waiting, rejected, cancelled, closed, byHand, retried, revoked }
}
