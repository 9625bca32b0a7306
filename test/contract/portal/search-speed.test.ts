import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'

/** As somebody types, over a hundred thousand items. The limits are several times what a laptop takes, so that they find a missing index. */

const LIMIT_MS = 600

let app: TestApp
beforeAll(async () => {
  app = await startApp()
  await app.sql(`
    insert into access_item (id, type, name, description, owner_id, source_id, attribute, value, requestable, enabled, privileged, created_at, modified_at)
    select 'i' || n, case when n % 20 = 0 then 'ROLE' when n % 5 = 0 then 'ACCESS_PROFILE' else 'ENTITLEMENT' end,
      w[1 + n % 12] || ' ' || w[1 + (n / 12) % 12] || ' ' || n, 'Lets people read ' || w[1 + (n / 144) % 12] || ' data',
      (select id from identity where alias = 'dora.finch'), case when n % 20 = 0 then null else s.id end,
      case when n % 5 <> 0 then 'groups' end, case when n % 5 <> 0 then 'v' || n end, true, true, n % 33 = 0, now(), now()
    from generate_series(1, 100000) n, (select id from source where name = 'Corporate Directory') s,
      (select array['Finance','Reporting','Ledger','Readers','Payroll','Sales','Network','Cluster','Zürich','Design','Legal','Orders'] as w) words`)
  await app.sql('analyze access_item')
}, 120_000)
afterAll(() => app.close())

async function timed(query: string): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 3; round++) {
    const begun = performance.now()
    const answer = await app.call('emp.alice', 'GET', `/countersign/v1/request-center/items?limit=25&${query}`)
    times.push(performance.now() - begun)
    expect(answer.json.length).toBeGreaterThan(0)
  }
  return Math.min(...times)
}

test.each([
  '',
  'q=f',
  'q=fi',
  'q=finance%20rep',
  'q=re',
  'q=4711',
  'q=z%C3%BCr',
  'q=read%20led',
  'types=ROLE',
  'privileged=true&q=le',
  'standing=AVAILABLE&q=sa',
  'q=led&count=true',
])('typing %j is answered while one types', async (query) => {
  expect(await timed(query)).toBeLessThan(LIMIT_MS)
})
