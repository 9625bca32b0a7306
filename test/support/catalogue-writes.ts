import { expect } from 'vitest'
import type { Answered, TestApp } from './app.ts'

/** What tests of the catalogue's writes have in common: calls as an org admin, requests, and what a refusal must leave alone. */

export interface Writes {
  get(path: string): Promise<Answered['json']>
  /** Calls as an org admin; expects success. */
  did(method: string, path: string, body?: unknown): Promise<Answered['json']>
  /** Calls as an org admin; expects a 400 that changes nothing, and returns what it says. */
  refused(method: string, path: string, body?: unknown, status?: number): Promise<string>
  /** Asks as emp.alice for herself; returns the id of the request. */
  ask(item: { type: string; id: string; [key: string]: unknown }): Promise<string>
  /** Who may decide the open approvals of a request, by alias; empty when none waits. */
  approversOf(requestId: string): Promise<string[]>
  stateOf(requestId: string): Promise<string>
  /** What the record says of the last change of something. */
  lastRecord(action: string): Promise<{ actor: { id: string }; target: { id: string }; details: Record<string, unknown> }>
}

const kept = ['access_item', 'access_item_part', 'governance_group', 'governance_group_member', 'source', 'setting', 'audit_event']
const rows = [...kept, 'approval_candidate', 'approval_move', 'approval']

/** The calls for an app. */
export function writesOf(app: TestApp): Writes {
  const call = (method: string, path: string, body?: unknown) =>
    app.call('admin', method, path, body, method === 'PATCH' ? { 'content-type': 'application/json-patch+json' } : {})
  const everything = async () => {
    const digests = rows.map((table) => `(select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from ${table} t) as ${table}`)
    return (await app.sql(`select ${digests.join(', ')}`))[0]
  }
  return {
    get: async (path) => {
      const { status, json } = await call('GET', path)
      expect(status, path).toBe(200)
      return json
    },
    did: async (method, path, body) => {
      const { status, json } = await call(method, path, body)
      expect(status, `${method} ${path}: ${JSON.stringify(json)}`).toBeLessThan(300)
      return json
    },
    refused: async (method, path, body, status = 400) => {
      const before = await everything()
      const answer = await call(method, path, body)
      expect(answer.status, JSON.stringify(answer.json)).toBe(status)
      expect(await everything()).toEqual(before)
      return `${answer.json.detailCode} ${answer.json.messages[0].text}`
    },
    ask: async (item) => {
      const body = { requestedFor: [await app.idOf('emp.alice')], requestedItems: [{ comment: 'please', ...item }] }
      const { status, json } = await app.call('emp.alice', 'POST', '/v2025/access-requests', body)
      expect(status, JSON.stringify(json)).toBe(202)
      return json.newRequests[0].accessRequestIds[0]
    },
    approversOf: async (requestId) => {
      const found = await app.sql(
        `select p.alias from approval_candidate c join approval a on a.id = c.approval_id join requested_item i on i.id = a.requested_item_id
          join identity p on p.id = c.identity_id where i.request_id = $1 and c.open and a.state = 'PENDING' order by 1`,
        [requestId],
      )
      return found.map((row) => String(row['alias']))
    },
    stateOf: async (requestId) =>
      String((await app.sql('select state from requested_item where request_id = $1', [requestId]))[0]?.['state']),
    lastRecord: async (action) => {
      const [row] = await app.sql('select canonical from audit_event where action = $1 order by id desc limit 1', [action])
      return JSON.parse(String(row?.['canonical']))
    },
  }
}

/** A step of a patch that puts a value in a place. */
export function replace(path: string, value: unknown) {
  return { op: 'replace', path, value }
}
