import { expect } from 'vitest'
import type { TestApp } from './app.ts'

/** What is said about who stands in for somebody; instants as ISO text. */
export interface Said {
  from?: string
  until?: string | null
  type?: string
}

/** Says as an org admin who stands in for whom (aliases); replaces what was said. */
export async function standInFor(app: TestApp, away: string, standIn: string, { from, until = null, type }: Said = {}): Promise<void> {
  const answer = await app.call('admin', 'PUT', `/v2025/reassignment-configurations/${await app.idOf(away)}`, {
    reassignedToId: await app.idOf(standIn),
    configType: type ?? 'ACCESS_REQUESTS',
    ...(from === undefined ? {} : { startDate: from }),
    endDate: until,
  })
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
}

/** The history of an approval as "old > new (type)". */
export async function movesOf(app: TestApp, approvalId: string): Promise<string[]> {
  const rows = await app.sql('select from_name, to_name, reason from approval_move where approval_id = $1 order by created_at, id', [
    approvalId,
  ])
  return rows.map((row) => `${row['from_name']} > ${row['to_name']} (${row['reason']})`)
}

/** Why somebody is asked, in the words that the approver reads. */
export async function whyOf(app: TestApp, alias: string, approvalId: string): Promise<string> {
  const { json } = await app.call(alias, 'GET', `/countersign/v1/approvals/${approvalId}/explanation`)
  return json.why.map(({ text }: { text: string }) => text).join(' ')
}
