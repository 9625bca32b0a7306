import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { type Corpus, playCorpus } from '../support/search-corpus.ts'

/** Search as the contract's documents tell people to use it. */

let app: TestApp
let corpus: Corpus

beforeAll(async () => {
  app = await startApp()
  corpus = await playCorpus(app)
})
afterAll(() => app.close())

type Document = Record<string, ReturnType<typeof JSON.parse>>

async function search(body: object, query = ''): Promise<Document[]> {
  const answer = await app.call('admin', 'POST', `/v3/search${query}`, body)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer.json
}

const find = (index: string, query: string, more: object = {}) => search({ indices: [index], query: { query }, ...more })
const idsOf = (documents: Document[]) => documents.map((document) => document['id'] as string)

async function refusal(body: object, query = ''): Promise<string> {
  const answer = await app.call('admin', 'POST', `/v3/search${query}`, body)
  expect(answer.status, JSON.stringify(answer.json)).toBe(400)
  return answer.json.messages[0].text
}

const refusalOf = (query: string) => refusal({ indices: ['events'], query: { query } })

describe('the queries that the contract quotes', () => {
  test('status: Pending AND "Access Request" finds the requests that wait, and their tracking numbers', async () => {
    const found = await find('accountactivities', 'status: Pending AND "Access Request"')
    expect(found.map((one) => one['trackingNumber']).sort()).toEqual([corpus.half, corpus.waiting, corpus.byHand, corpus.retried].sort())
    expect(found.every((one) => one['action'] === 'Access Request' && one['status'] === 'Pending')).toBe(true)
    const pending = await search({ query: { query: 'status: Pending AND "Access Request"' } })
    expect(idsOf(pending).sort()).toEqual(idsOf(found).sort())
  })

  test('name:"Close Identity Requests" finds when a close began and ended, and which ids failed', async () => {
    const found = await find('events', 'name:"Close Identity Requests"', { sort: ['created', 'id'] })
    expect(found.map((one) => one['name'])).toEqual(['Close Identity Requests Started', 'Close Identity Requests Completed'])
    expect(found[0]).toMatchObject({
      action: 'CLOSE_IDENTITY_REQUESTS_STARTED',
      type: 'PROVISIONING',
      status: 'STARTED',
      operation: 'CLOSE',
    })
    expect(found[1]).toMatchObject({
      technicalName: 'IDENTITY_REQUESTS_CLOSE_COMPLETED',
      attributes: { failedIds: ['no-such-request'], message: 'stuck since the move' },
    })
    expect(idsOf(await find('events', 'attributes.failedIds:no-such-request'))).toEqual([found[1]?.['id']])
  })

  test('events of one request are joined by its tracking number', async () => {
    const found = await find('events', `trackingNumber:${corpus.completed}`, { sort: ['created', 'id'] })
    expect(found.map((one) => one['action'])).toEqual(
      expect.arrayContaining([
        'ACCESS_REQUEST_REQUESTED',
        'APPROVAL_REQUEST_CREATED',
        'ACCESS_REQUEST_APPROVED',
        'ACCESS_REQUEST_PROCESSED',
      ]),
    )
    expect(found.every((one) => one['trackingNumber'] === corpus.completed)).toBe(true)
    expect(idsOf(await find('events', corpus.completed)).length).toBeGreaterThanOrEqual(found.length)
    const approved = await find('events', `type:ACCESS_REQUEST AND action:ACCESS_REQUEST_APPROVED AND trackingNumber:${corpus.completed}`)
    expect(approved).toHaveLength(1)
    expect(approved[0]).toMatchObject({ type: 'ACCESS_REQUEST', status: 'PASSED', actor: { name: expect.any(String) } })
  })

  test('what a person holds is found in their document, and people by what they hold', async () => {
    const [alice] = await find('identities', 'name:emp.alice')
    const holders = await find('identities', '@access(type:ROLE AND name:Auditor*)')
    expect(alice).toMatchObject({ id: await app.idOf('emp.alice'), name: 'emp.alice', _type: 'identity' })
    for (const holder of holders)
      expect(holder['access'].some((one: Document) => one['type'] === 'ROLE' && one['name'] === 'Auditor')).toBe(true)
    const byAccount = await find('identities', 'manager.name:mgr.one AND @accounts(disabled:false)')
    expect(byAccount.every((one) => one['manager'].name === 'mgr.one' && one['accounts'].length > 0)).toBe(true)
    expect(byAccount.length).toBeGreaterThan(0)
  })
})

describe('the language', () => {
  const counted = async (query: string) => (await find('events', query)).length

  test('terms without an operator between them are alternatives, AND binds the two beside it, and NOT takes away', async () => {
    const [carol, mistake] = [await counted('"emp.carol" OR Carol'), await counted('"asked by mistake"')]
    expect(carol).toBeGreaterThan(0)
    expect(mistake).toBeGreaterThan(0)
    expect(await counted('Carol "asked by mistake"')).toBe(await counted('Carol OR "asked by mistake"'))
    expect(await counted('Carol AND "asked by mistake"')).toBe(0)
    expect(await counted('+Carol -"asked by mistake"')).toBe(await counted('Carol'))
    expect(await counted('Carol AND NOT target.name:Carol*')).toBe(
      (await counted('Carol')) - (await counted('Carol AND target.name:Carol*')),
    )
    expect(await counted('NOT *')).toBe(0)
    expect(await counted('*')).toBe(await counted(''))
    expect(await counted('*:*')).toBe(await counted(''))
  })

  test('words are found without regard to case, as phrases and with wildcards, and as they are with .exact', async () => {
    const reason = await counted('attributes.comment:"not this year"')
    expect(reason).toBeGreaterThan(0)
    expect(await counted('attributes.comment:"NOT THIS YEAR"')).toBe(reason)
    expect(await counted('attributes.comment:"this not year"')).toBe(0)
    expect(await counted('attributes.comment:(nor AND next)')).toBe(reason)
    expect(await counted('attributes.comment:y?ar')).toBe(reason)
    expect(await counted('attributes.comment:mist*')).toBe(await counted('attributes.comment:mistake'))
    expect(await counted('attributes.comment:*stake')).toBe(await counted('attributes.comment:mistake'))
    expect(await counted('überblick')).toBe(await counted('ÜBERBLICK'))
    expect(await counted('überblick')).toBeGreaterThan(0)
    expect(await counted('attributes.comment.exact:"asked by mistake"')).toBe(0)
    expect(await counted('type.exact:ACCESS_REQUEST')).toBe(await counted('type:access_request'))
    expect(await counted('type.exact:access_request')).toBe(0)
    expect(await counted('FIN\\-2231')).toBe(await counted('"fin 2231"'))
  })

  test('dates are compared as days or moments, in the time zone that is said, and counted from now', async () => {
    const all = await counted('*')
    expect(await counted('created:[now-1d/d TO now]')).toBe(all)
    expect(await counted('created:{now TO *]')).toBe(0)
    expect(await counted('created:>=now-1h')).toBe(all)
    expect(await counted('created:<now-1h')).toBe(0)
    expect(await counted('created:[2020-01-01 TO 2020-12-31]')).toBe(0)
    const [first] = await find('events', '*', { sort: ['created'] })
    const moment = String(first?.['created']).replaceAll(':', '\\:')
    expect(await counted(`created:${moment}`)).toBeGreaterThan(0)
    expect(await counted(`created:"${first?.['created']}"`)).toBe(await counted(`created:${moment}`))
    const farEast = await search({ indices: ['events'], query: { query: 'created:[now+1d/d TO *]', timeZone: 'Pacific/Kiritimati' } })
    expect(farEast).toEqual([])
    expect(await refusal({ query: { query: '*', timeZone: 'Mars/Olympus' } })).toContain('query.timeZone')
  })

  test('numbers and flags are compared, and _exists_ asks for any value', async () => {
    const all = await find('identities', '*')
    const several = await find('identities', 'accessCount:>=2')
    expect(idsOf(several).sort()).toEqual(idsOf(all.filter((one) => one['accessCount'] >= 2)).sort())
    expect(idsOf(await find('identities', 'inactive:true')).sort()).toEqual(idsOf(all.filter((one) => one['inactive'])).sort())
    expect(idsOf(await find('identities', '_exists_:manager')).sort()).toEqual(idsOf(all.filter((one) => one['manager'] !== null)).sort())
    expect(await find('identities', 'employeeNumber:1')).toEqual([])
  })

  test.each([
    ['name:/close.*/', 'Regular expressions', 6],
    ['name:clsoe~1', 'Fuzzy', 11],
    ['"close requests"~3', 'Fuzzy', 17],
    ['close^2', 'Weights', 6],
    ['name:"close', 'no closing double quote', 6],
    ['(a OR b', 'no closing ")"', 1],
    ['a)', 'without a "("', 2],
    ['a AND', 'a term after "AND"', 6],
    ['a AND OR b', 'two operators', 7],
    ['OR b', 'where there should be a term', 1],
    ['nmae:x', 'no field "nmae"', 1],
    ['a AND nmae:x', 'no field "nmae"', 7],
    ['@access(x)', 'no list "@access"', 1],
    ['NOT NOT a', 'one operator stands before a term', 5],
    ['created:soon', 'no date', 9],
    ['created:20261122', 'no date', 9],
    ['created:1763800000000', 'no date', 9],
    ['created:[1763800000000 TO now]', 'no date', 10],
    ['created:[now TO]', '"TO" between', 14],
    ['created:[now TO ]', 'two ends', 9],
    ['name:[a TO b]', 'no order', 1],
    ['action:"--"', 'no letter or digit', 8],
    ['na*e:x', 'name of a field', 1],
  ])('%s is refused with the reason and the place', async (query, reason, position) => {
    const text = await refusalOf(query)
    expect(text).toContain(reason)
    expect(text).toContain(`position ${position}`)
  })

  test('parts of a list are asked about together, and the query says how', async () => {
    expect(await refusal({ indices: ['identities'], query: { query: 'access.name:Auditor' } })).toContain('@access(name:')
  })
})

/** Walks an index page by page, each behind the last document of the one before; it must come by all of them, in their order. */
async function walked(index: string | string[], sort: string[]): Promise<Document[]> {
  const indices = [index].flat()
  const all = await search({ indices, sort }, '?limit=5000')
  const found: Document[] = []
  for (let after: unknown[] | undefined; found.length <= all.length; ) {
    const page = await search({ indices, sort, ...(after ? { searchAfter: after } : {}) }, '?limit=7')
    const last = page.at(-1)
    if (!last) break
    found.push(...page)
    after = sort.map((one) => sortedValue(last, one))
  }
  expect(idsOf(found), String(sort)).toEqual(idsOf(all))
  return found
}

function sortedValue(document: Document, sorted: string): unknown {
  const value = sorted
    .replace('-', '')
    .split('.')
    .reduce((inner: Document | null, key) => inner?.[key] ?? null, document)
  return value ?? null
}

describe('pages', () => {
  // As an import leaves people whose address nobody knows.
  beforeAll(() => app.sql("update identity set email = null where alias in ('emp.bob', 'emp.carol')"))

  test('searchAfter goes on behind the last document, for every kind of order', async () => {
    const orders = [['id'], ['-id'], ['-created', 'id'], ['created', '-id'], ['actor.name', 'id'], ['-actor.name', 'target.name', 'id']]
    for (const sort of orders) await walked('events', sort)
  })

  test.each([
    ['events', ['trackingNumber', 'id']],
    ['events', ['-trackingNumber', '-id']],
    ['events', ['target.name', 'id']],
    ['events', ['-target.name', 'id']],
    ['events', ['-trackingNumber', 'target.name', '-id']],
    ['identities', ['email', 'id']],
    ['identities', ['-email', 'id']],
  ])('searchAfter goes on among and behind the %s without a value, sorted by %s', async (index, sort) => {
    const without = (await walked(index, sort)).map((one) => sortedValue(one, sort[0] ?? '') === null)
    expect(new Set(without)).toEqual(new Set([true, false]))
    expect(without, 'they come last, whatever the direction').toEqual([...without].sort())
  })

  test('searchAfter takes several indices as one, those without a value included', async () => {
    const indices = ['events', 'accountactivities']
    await walked('*', ['-created', '-id'])
    await walked('*', ['created', 'id'])
    await walked(indices, ['trackingNumber', 'id'])
    await walked(indices, ['-trackingNumber', '-id'])
  })

  test('several indices are ordered as one', async () => {
    const all = await search({ sort: ['-created'] })
    const created = all.map((one) => Date.parse(one['created']))
    expect(created).toEqual([...created].sort((a, b) => b - a))
    expect(new Set(all.map((one) => one['_type']))).toEqual(new Set(['event', 'accountactivity', 'identity']))
    const second = await search({ sort: ['-created'] }, '?offset=3&limit=4')
    expect(idsOf(second)).toEqual(idsOf(all.slice(3, 7)))
  })

  test('the total is told when asked for, and counting answers nothing else', async () => {
    const body = { indices: ['events'], query: { query: 'type:ACCESS_REQUEST' } }
    const counted = await app.call('admin', 'POST', '/search/v1/count', body)
    expect(counted.status).toBe(204)
    expect(counted.json).toBe(undefined)
    const page = await app.call('admin', 'POST', '/search/v1?limit=2&count=true', body)
    expect(page.json).toHaveLength(2)
    expect(page.headers['x-total-count']).toBe(counted.headers['x-total-count'])
    expect(Number(counted.headers['x-total-count'])).toBe((await search(body)).length)
    expect((await app.call('admin', 'POST', '/v2026/search?limit=0', body)).headers['x-total-count']).toBe(undefined)
  })

  test('what cannot be is refused', async () => {
    expect(await refusal({ indices: ['events'] }, '?limit=250&offset=9751')).toContain('searchAfter')
    expect(await refusal({ indices: ['events'] }, '?limit=10001')).toContain('limit')
    expect(await refusal({ indices: ['events'], sort: ['attributes.x'] })).toContain('cannot be sorted by')
    expect(await refusal({ indices: ['events', 'identities'], sort: ['action'] })).toContain('cannot be sorted by')
    expect(await refusal({ indices: ['events'], sort: ['id'], searchAfter: ['a', 'b'] })).toContain('searchAfter')
    expect(await refusal({ indices: ['events'], sort: ['created'], searchAfter: ['yesterday'] })).toContain('searchAfter')
    expect(await refusal({ indices: ['roles'] })).toContain('events, accountactivities, identities')
    expect(await refusal({ indices: ['nothing'] })).toContain('indices')
    expect(await refusal({ queryType: 'DSL', queryDsl: { match: { action: 'x' } } })).toContain('SAILPOINT')
    expect(await refusal({ filters: {} })).toContain('filters')
    expect(await refusal({ query: { query: 'a', innerHit: { query: 'a', type: 'access' } } })).toContain('innerHit')
  })
})

describe('what comes back', () => {
  test('one document is read by index and id, and others are not there', async () => {
    const [event] = await find('events', 'type:PROVISIONING')
    expect((await app.call('admin', 'GET', `/v2024/search/events/${event?.['id']}`)).json).toEqual(event)
    const activity = await app.call('admin', 'GET', `/search/v1/accountactivities/${corpus.completed}`)
    expect(activity.json).toMatchObject({
      stage: 'Completed',
      status: 'Complete',
      sources: expect.any(String),
      trackingNumber: corpus.completed,
    })
    expect(activity.json.approvals.map((one: Document) => one['result'])).toEqual(['Approved', 'Approved'])
    expect(activity.json.accountRequests.every((one: Document) => one['result'].status === 'Finished')).toBe(true)
    expect((await app.call('admin', 'GET', '/v3/search/events/nothing')).status).toBe(404)
    expect((await app.call('admin', 'GET', `/v3/search/identities/${event?.['id']}`)).status).toBe(404)
    expect((await app.call('admin', 'GET', '/v3/search/roles/nothing')).status).toBe(400)
  })

  test('an activity tells its stage, its status and how it was closed', async () => {
    const all = await find('accountactivities', '*')
    const told = Object.fromEntries(all.map((one) => [one['id'], `${one['stage']} ${one['status']}`]))
    expect(told[corpus.waiting]).toBe('Executing Pending')
    expect(told[corpus.rejected]).toBe('Completed Failure')
    expect(told[corpus.cancelled]).toBe('Terminated Failure')
    expect(told[corpus.closed]).toBe('Terminated Failure')
    expect(told[corpus.byHand]).toMatch(/ Pending$/)
    for (const one of all) {
      const { json } = await app.call('admin', 'GET', `/v3/account-activities/${one['id']}`)
      expect(one['stage'].toUpperCase()).toBe(json.executionStatus)
      expect(one['errors']).toEqual(json.errors)
    }
    expect(all.find((one) => one['id'] === corpus.closed)?.['warnings']).toEqual(['stuck since the move'])
    expect(all.find((one) => one['id'] === corpus.retried)?.['errors'].length).toBeGreaterThan(0)
  })

  test('parts are left out on request', async () => {
    const only = { queryResultFilter: { includes: ['name', 'actor.name', 'attributes.*'], excludes: ['attributes.comment'] } }
    const [event] = await find('events', 'attributes.comment:"asked by mistake"', only)
    expect(Object.keys(event ?? {}).sort()).toEqual(['actor', 'attributes', 'name'])
    expect(Object.keys(event?.['actor'])).toEqual(['name'])
    expect(event?.['attributes']).not.toHaveProperty('comment')
    const [person] = await find('identities', 'name:emp.alice', { includeNested: false })
    expect(person).not.toHaveProperty('access')
    expect(person).toHaveProperty('accessCount')
  })

  test('terms without a field look where they are told to', async () => {
    const everywhere = await search({ indices: ['identities'], query: { query: 'alice' } })
    const named = await search({ indices: ['identities'], query: { query: 'alice', fields: 'name,email' } })
    expect(idsOf(everywhere)).toEqual(expect.arrayContaining(idsOf(named)))
    expect(idsOf(named)).toContain(await app.idOf('emp.alice'))
    expect(await search({ indices: ['identities'], query: { query: 'alice', fields: 'attributes.department' } })).toEqual([])
    expect(await refusal({ indices: ['identities'], query: { query: 'alice', fields: 'nmae' } })).toContain('nmae')
  })
})

test('only org admins search, with the scope for it', async () => {
  expect((await app.call('mgr.one', 'POST', '/v3/search', {})).status).toBe(403)
  const token = await app.tokenFor('admin', ['idn:identity:read'])
  expect((await app.callWithToken(token, 'POST', '/v3/search', {})).status).toBe(403)
  const allowed = await app.tokenFor('admin', ['sp:search:read'])
  expect((await app.callWithToken(allowed, 'POST', '/v3/search', {})).status).toBe(200)
})

test('a search that takes too long is refused with what would be found sooner, and the next one is answered', async () => {
  const hurried = await startApp({ settings: { searchTimeoutMs: 20 } })
  try {
    await hurried.sql(`
      insert into audit_event (id, action, canonical, leaf_hash, created_at)
      select 'e' || n, 'SLOW', json_build_object('actor', null, 'details', repeat('lorem ipsum dolor ', 200) || n), '', now() from generate_series(1, 20000) n`)
    const find = (query: string, path = '/search') => hurried.call('admin', 'POST', `/v3${path}`, { indices: ['events'], query: { query } })
    for (const path of ['/search', '/search/count']) {
      const { status, json } = await find('*zzz', path)
      expect(status, path).toBe(400)
      expect(json.messages[0].text).toMatch(/^query\.query: takes longer than 0\.02 seconds: narrow it by a field, by dates/)
    }
    expect(await find('action:ORGANISATION_IMPORTED AND created:>now-1d')).toMatchObject({ status: 200 })
  } finally {
    await hurried.close()
  }
})
