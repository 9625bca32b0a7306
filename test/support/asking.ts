import { expect } from 'vitest'
import type { ItemType } from '../../src/domain/access-model.ts'
import type { TestApp } from './app.ts'

type Row = ReturnType<typeof JSON.parse>

/** Asking for access and looking what became of it, as people do over HTTP. */
export function asking(app: TestApp) {
  async function status(requestId: string): Promise<Row> {
    const answer = await app.call('admin', 'GET', `/v2026/access-request-status?filters=accessRequestId eq "${requestId}"`)
    expect(answer.status).toBe(200)
    return answer.json[0]
  }
  async function activity(requestId: string): Promise<Row> {
    return (await app.call('admin', 'GET', `/v2026/account-activities/${requestId}`)).json
  }
  return {
    status,
    activity,
    /** By an org admin, for one person; returns the new request's id. */
    async ask(whom: string, [type, name]: [ItemType, string], more: object = {}, requestType = 'GRANT_ACCESS'): Promise<string> {
      const requestedItems = [{ type, id: await app.itemId(type, name), comment: 'x', ...more }]
      const body = { requestedFor: [await app.idOf(whom)], requestType, requestedItems }
      const answer = await app.call('admin', 'POST', '/v2026/access-requests', body)
      expect(answer.status, JSON.stringify(answer.json)).toBe(202)
      const id = answer.json.newRequests[0]?.accessRequestIds[0]
      expect(id, 'nothing new was asked for').toBeDefined()
      return id
    },
    /** Waits until the request is in a state of the wire; returns its row. */
    async reaches(requestId: string, state: string, seconds = 15): Promise<Row> {
      return app.until(async () => {
        const row = await status(requestId)
        return row.state === state && row
      }, seconds)
    },
    /** Nobody needs to agree to anything any more, and a comment is not demanded. */
    async withoutApprovals(): Promise<void> {
      await app.sql(`
        update access_item set request_config = jsonb_set(jsonb_set(request_config, '{grant,steps}', '[]'), '{grant,commentRequired}', 'false')
        where request_config is not null`)
    },
    /** The words of the only item of a request: execution, completion and provisioning. */
    async words(requestId: string): Promise<string> {
      const { executionStatus, completionStatus, items } = await activity(requestId)
      return `${executionStatus} ${completionStatus} ${items[0].provisioningStatus}`
    },
  }
}
