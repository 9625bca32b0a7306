import { Configuration, Paginator, SearchApi, SearchV2024Api } from 'sailpoint-api-client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeClient } from '../../src/operations/make-client.ts'
import { startApp, type TestApp } from '../support/app.ts'

/** The vendor's SDK searches over a real socket, and its paginator goes on with searchAfter. */

let app: TestApp
let configuration: Configuration

beforeAll(async () => {
  app = await startApp()
  const baseurl = await app.server.listen({ host: '127.0.0.1', port: 0 })
  const client = { name: 'sdk', identityId: await app.idOf('admin'), scopes: ['sp:search:read'] }
  const { id, secret } = await makeClient(app.app, { identityId: null, name: 'test' }, client)
  configuration = new Configuration({ baseurl, clientId: id, clientSecret: secret, tokenUrl: `${baseurl}/oauth/token` })
  // More events than two pages: somebody makes tokens.
  for (let at = 0; at < 25; at += 1) await makeClient(app.app, { identityId: null, name: 'test' }, { ...client, name: `client ${at}` })
})
afterAll(() => app.close())

test('the paginator reaches every document of every index, once', async () => {
  const log = vi.spyOn(console, 'log').mockReturnValue(undefined)
  for (const index of ['events', 'identities'] as const) {
    for (const sort of ['id', '-id']) {
      const search = { indices: [index], query: { query: '*' }, sort: [sort] }
      const all = await new SearchApi(configuration).searchPost({ search: { ...search }, limit: 10_000 })
      const paged = await Paginator.paginateSearchApi(new SearchApi(configuration), { ...search }, 10)
      const idsOf = (documents: object[]) => documents.map((document) => (document as { id: string }).id)
      expect(idsOf(paged.data)).toEqual(idsOf(all.data))
      expect(all.data.length).toBeGreaterThan(20)
    }
  }
  log.mockRestore()
})

test('a search, its count and one of its documents come through the SDK', async () => {
  const api = new SearchV2024Api(configuration)
  const searchV2024 = { indices: ['events' as const], query: { query: 'action:OAUTH_CLIENT_CREATED AND target.name:client' } }
  const found = await api.searchPost({ searchV2024, count: true, limit: 3 })
  expect(found.data).toHaveLength(3)
  const counted = await api.searchCount({ searchV2024 })
  expect(counted.status).toBe(204)
  expect(counted.headers['x-total-count']).toBe(found.headers['x-total-count'])
  const one = await api.searchGet({ index: 'events', id: (found.data[0] as { id: string }).id })
  expect(one.data).toEqual(found.data[0])
})
