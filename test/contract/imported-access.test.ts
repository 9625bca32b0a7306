import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openOrganisation } from '../../src/adapters/csv.ts'
import { importOrganisation } from '../../src/operations/import-organisation.ts'
import { root, startApp, type TestApp } from '../support/app.ts'

/** A real permission of an imported organisation is asked for, agreed to, done by hand, and revoked again. */

const folders = ['domino', 'apj'].map((name) => join(root, '..', 'shared', 'data', name))
const isHere = folders.every((folder) => existsSync(folder))

let app: TestApp
beforeEach(async () => {
  app = await startApp()
})
afterEach(() => app.close())

test('the organisations to import are here, wherever CI runs', () => {
  if (!isHere) console.warn('The organisations of shared/data are not here: their tests check nothing.')
  expect(isHere || !process.env['CI']).toBe(true)
})

test.each(folders)('a real permission of %s is requested, approved, given by hand and revoked', async (folder) => {
  if (!isHere) return
  app.startWorker()
  const { files } = await openOrganisation(folder)
  const imported = await importOrganisation(app.app, { files })
  expect(imported).toMatchObject({ ok: true })
  const [wanted] = await app.sql(`
    select e.id as item, p.alias as recipient, boss.alias as manager, o.alias as owner, s.id as source
    from access_item e join source s on s.id = e.source_id join identity o on o.id = s.owner_id
    join identity p on p.manager_id is not null and p.id <> s.owner_id join identity boss on boss.id = p.manager_id
    where e.requestable and e.description like '%data set' and p.email like '%example' and boss.id <> s.owner_id
      and not exists (select 1 from assignment a where a.identity_id = p.id and a.item_id = e.id and a.state <> 'ENDED')
    order by e.id, p.id limit 1`)
  const { item, recipient, manager, owner } = wanted as Record<string, string>
  const ask = async (by: string, requestType: string) => {
    const requestedItems = [{ type: 'ENTITLEMENT', id: item, comment: 'for the quarter' }]
    const answer = await app.call(by, 'POST', '/v2024/access-requests', {
      requestedFor: [await app.idOf(recipient as string)],
      requestType,
      requestedItems,
    })
    return answer.json.newRequests[0].accessRequestIds[0] as string
  }
  await settle(owner as string, await ask(recipient as string, 'GRANT_ACCESS'))
  expect(await holds(recipient as string, item as string)).toBe(true)
  await settle(owner as string, await ask(manager as string, 'REVOKE_ACCESS'))
  expect(await holds(recipient as string, item as string)).toBe(false)
})

/** Everybody whose turn it is agrees; the source's owner does the work. */
async function settle(owner: string, requestId: string): Promise<void> {
  const filters = `filters=accessRequestId eq "${requestId}"`
  await app.until(async () => {
    const [row] = (await app.call('admin', 'GET', `/v3/access-request-status?${filters}`)).json
    if (row.state === 'REQUEST_COMPLETED') return true
    for (const approval of (await app.call('admin', 'GET', `/v3/access-request-approvals/pending?${filters}`)).json) {
      const decided = await app.call('admin', 'POST', `/v3/access-request-approvals/${approval.id}/approve`, {})
      expect(decided.status).toBe(202)
    }
    for (const work of row.manualWorkItemDetails ?? []) {
      if (work.status === 'PENDING') expect((await app.call(owner, 'POST', `/v3/work-items/${work.workItemId}`)).status).toBe(200)
    }
    return false
  })
}

async function holds(alias: string, itemId: string): Promise<boolean> {
  const rows = await app.sql(
    `select 1 from assignment a join assignment_grant ag on ag.assignment_id = a.id join access_grant g on g.id = ag.grant_id
    where a.identity_id = $1 and a.item_id = $2 and a.state = 'ACTIVE' and g.present`,
    [await app.idOf(alias), itemId],
  )
  return rows.length > 0
}
