import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { meets } from '../support/naive-search.ts'
import { playCorpus } from '../support/search-corpus.ts'
import { type Document, leavesOf, queriesAbout, writtenOut } from '../support/search-queries.ts'

/** The documents that SQL finds are the documents that meet the query, looked at one by one. */

const RUNS = process.env['TEST_LONG'] === '1' ? 5_000 : 150
const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 20261122)

let app: TestApp

beforeAll(async () => {
  app = await startApp()
  await playCorpus(app)
})
afterAll(() => app.close())

async function search(index: string, query: string): Promise<Document[]> {
  const answer = await app.call('admin', 'POST', '/v3/search?limit=10000', { indices: [index], query: { query } })
  expect(answer.status, `${query}: ${JSON.stringify(answer.json)}`).toBe(200)
  return answer.json
}

const lists = {
  events: [],
  accountactivities: ['approvals', 'originalRequests', 'accountRequests'],
  identities: ['access', 'accounts'],
}

/** Other calls add to the record; what these tests did not see at first is not theirs. */
test.each(Object.entries(lists))(`of ${RUNS} queries about %s each finds what it means`, async (index, nested) => {
  const documents = await search(index, '*')
  expect(documents.length).toBeGreaterThan(5)
  const known = new Set(documents.map((document) => document['id']))
  const leaves = documents.flatMap((document) => leavesOf(document, nested))
  let found = 0
  await fc.assert(
    fc.asyncProperty(queriesAbout(leaves), async (query) => {
      const text = writtenOut(query)
      const ids = (await search(index, text)).map((document) => document['id']).filter((id) => known.has(id))
      const expected = documents.filter((document) => meets(document, query, nested)).map((document) => document['id'])
      expect([...ids].sort(), text).toEqual([...expected].sort())
      if (ids.length > 0 && ids.length < documents.length) found += 1
    }),
    { seed, numRuns: RUNS },
  )
  // Queries that find everything or nothing would prove little.
  expect(found).toBeGreaterThan(RUNS / 3)
})
