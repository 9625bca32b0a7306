import { FilterError } from '../api/filter.ts'
import { publishedIndices, type SearchBody, searchedIndices, searchWindow } from '../api/search.ts'
import { parseSearch } from '../api/search-query.ts'
import { DomainError } from '../domain/errors.ts'
import type { SearchCondition, SearchSort } from '../domain/search.ts'
import { readDateSpan, readZone, utc } from '../domain/search-date.ts'
import { countFoundDocuments, type FoundDocument, listFoundDocuments, type SearchedIndex } from '../store/search/documents.ts'
import { listActions } from '../store/search/events.ts'
import { loadTenantConfig } from '../store/settings.ts'
import { type Call, type Handler, param } from './call.ts'
import { accountActivityIndex } from './search/account-activities.ts'
import { boundTo, type Meaning } from './search/bind.ts'
import { loadDocuments } from './search/documents.ts'
import { eventIndex } from './search/events.ts'
import type { Origin, SearchIndex } from './search/fields.ts'
import { identityIndex } from './search/identities.ts'
import { refuseUnknownNames } from './search/names.ts'
import { filtered, type ResultFilter } from './search/result-filter.ts'

export const searchHandlers = {
  searchPost: async (call) => {
    const body = call.body as SearchBody
    const page = pageOf(call)
    const search = await readSearch(call, body)
    const found = await findPage(call, search, page)
    const documents = await loadDocuments(call, found, originOf(call), search.hideDuplicates)
    const filter: ResultFilter = { ...body.queryResultFilter, includeNested: body.includeNested !== false }
    const wanted = found.map(({ id, index }, at) => filtered(documentOf(documents[at], id), Object.keys(index.lists), filter))
    return { body: wanted, total: call.query['count'] === true ? await countAll(call, search) : undefined }
  },
  searchCount: async (call) => ({ total: await countAll(call, await readSearch(call, call.body as SearchBody)) }),
  searchGet: async (call) => {
    const [index] = await openIndices(call, [param(call, 'index')])
    const id = param(call, 'id')
    const { duplicatesVisible } = await loadTenantConfig(call.app.db.sql)
    const [document] = index ? await loadDocuments(call, [{ id, index }], originOf(call), !duplicatesVisible) : []
    if (!document) throw new DomainError('not_found', `There is no document ${id} in this index.`)
    return { body: document }
  },
} satisfies Record<string, Handler>

interface Asked {
  index: SearchIndex
  searched: SearchedIndex
  condition: SearchCondition
}

interface SearchAsked {
  asked: Asked[]
  sort: SearchSort[]
  after: (string | Date | null)[] | undefined
  hideDuplicates: boolean
}

interface PlacedDocument extends FoundDocument {
  index: SearchIndex
}

function originOf(call: Call): Origin {
  return { org: call.app.settings.tenantName, pod: 'countersign' }
}

/** A document that was found and is gone a moment later is told by its id. */
function documentOf(document: object | undefined, id: string): object {
  return document ?? { id }
}

function pageOf(call: Call): { limit: number; offset: number } {
  const [limit, offset] = [Number(call.query['limit'] ?? 250), Number(call.query['offset'] ?? 0)]
  if (limit + offset > searchWindow) {
    throw new DomainError('invalid', `and offset together reach at most ${searchWindow} documents; go on with searchAfter.`, 'limit')
  }
  return { limit, offset }
}

async function readSearch(call: Call, body: SearchBody): Promise<SearchAsked> {
  refuseOtherQueries(body)
  const query = parseSearch(body.query?.query ?? '')
  const zone = body.query?.timeZone === undefined ? utc : readZone(body.query.timeZone)
  if (!zone) throw new DomainError('invalid', 'is no time zone such as Europe/Berlin or +02:00.', 'query.timeZone')
  const usualFields = (body.query?.fields ?? '').split(/[\s,]+/).filter((field) => field !== '')
  const meaning: Meaning = { now: await call.app.db.businessNow(), zone, usualFields }
  const indices = await openIndices(call, body.indices ?? [])
  refuseUnknownNames(query, indices)
  for (const field of usualFields) refuseUnknownNames({ node: 'exists', field, position: 1 }, indices)
  const hideDuplicates = !(await loadTenantConfig(call.app.db.sql)).duplicatesVisible
  const searchedAs = ({ name }: SearchIndex): SearchedIndex => (name === 'accountactivities' ? { name, hideDuplicates } : { name })
  const sort = (body.sort ?? []).map((one) => readSort(one, indices))
  return {
    asked: indices.map((index) => ({ index, searched: searchedAs(index), condition: boundTo(index, query, meaning) })),
    sort,
    after: readAfter(body.searchAfter, sort, meaning.now),
    hideDuplicates,
  }
}

// compat: search-by-query-only. Everything but the query language would need the other product's search engine.
function refuseOtherQueries(body: SearchBody): void {
  if (body.queryType !== undefined && body.queryType !== 'SAILPOINT') {
    throw new DomainError('invalid', `must be SAILPOINT: queries of type ${body.queryType} are not supported.`, 'queryType')
  }
  const others = ['queryDsl', 'textQuery', 'typeAheadQuery', 'aggregations', 'aggregationsDsl', 'filters'] as const
  for (const field of others)
    if (body[field] !== undefined) throw new DomainError('invalid', 'is not supported; say it in query.query.', field)
  if (body.query?.innerHit !== undefined) throw new DomainError('invalid', 'is not supported; ask @list(…) in the query.', 'query.innerHit')
}

// compat: three-indices. Roles, access profiles and entitlements are found by their own lists.
async function openIndices(call: Call, names: readonly string[]): Promise<SearchIndex[]> {
  const wanted = names.length === 0 || names.includes('*') ? searchedIndices : [...new Set(names)]
  const strange = wanted.find((name) => !(searchedIndices as readonly string[]).includes(name))
  if (strange !== undefined) {
    const isPublished = (publishedIndices as readonly string[]).includes(strange)
    const why = isPublished ? `"${strange}" is not searched here; there are lists of them` : 'there is no such index'
    throw new DomainError('invalid', `${why}. Indices: ${searchedIndices.join(', ')}.`, 'indices')
  }
  const origin = originOf(call)
  const opened = { accountactivities: accountActivityIndex(origin), identities: identityIndex(origin) }
  return Promise.all(
    (wanted as readonly SearchIndex['name'][]).map(async (name) =>
      name === 'events' ? eventIndex(await listActions(call.app.db.sql), origin) : opened[name],
    ),
  )
}

function readSort(written: string, indices: readonly SearchIndex[]): SearchSort {
  const descending = written.startsWith('-')
  const field = written.replace(/^[+-]/, '')
  const allowed = indices.map((index) => index.sorters).reduce((a, b) => a.filter((one) => b.includes(one)))
  if (allowed.includes(field)) return { field, descending }
  throw new FilterError(`sort: ${JSON.stringify(field)} cannot be sorted by; allowed: ${[...allowed].sort().join(', ')}`)
}

const dates = ['created', 'modified', 'synced']

function readAfter(values: SearchBody['searchAfter'], sort: SearchSort[], now: Date): SearchAsked['after'] {
  if (values === undefined || values.length === 0) return undefined
  if (values.length !== sort.length || sort.length === 0) {
    throw new DomainError('invalid', 'must give one value for each field of sort.', 'searchAfter')
  }
  return values.map((value, at) => {
    const field = sort[at]?.field ?? ''
    if (value === null || !dates.includes(field)) return value
    const span = readDateSpan(value, now, utc)
    if (span) return span.first
    throw new DomainError('invalid', `has no date for ${field}.`, 'searchAfter')
  })
}

/** One index pages in the database; of several, each gives as many as could be on the page. */
async function findPage(
  call: Call,
  { asked, sort, after }: SearchAsked,
  page: { limit: number; offset: number },
): Promise<PlacedDocument[]> {
  const several = asked.length > 1
  const limitMs = call.app.settings.searchTimeoutMs
  const slice = { sort, after, limitMs, ...(several ? { limit: page.limit === 0 ? 0 : page.limit + page.offset, offset: 0 } : page) }
  const found: PlacedDocument[] = []
  for (const { index, searched, condition } of asked) {
    const rows = await listFoundDocuments(call.app.db.sql, searched, condition, slice)
    found.push(...rows.map((row) => ({ ...row, index })))
  }
  if (!several) return found
  const ordered = sort.length === 0 ? found : found.sort((a, b) => compare(a, b, sort))
  return ordered.slice(page.offset, page.offset + page.limit)
}

/** The order the database gives within an index; documents that have nothing to be sorted by come last. */
function compare(a: FoundDocument, b: FoundDocument, sort: SearchSort[]): number {
  for (const [at, { descending }] of sort.entries()) {
    const [x, y] = [orderable(a.sortedBy[at]), orderable(b.sortedBy[at])]
    if (x === y) continue
    if (x === null || y === null) return x === null ? 1 : -1
    return x < y === descending ? 1 : -1
  }
  return a.id < b.id === (sort.at(-1)?.descending === true) ? 1 : -1
}

function orderable(value: string | Date | null | undefined): string | number | null {
  return value instanceof Date ? value.getTime() : (value ?? null)
}

async function countAll(call: Call, { asked }: SearchAsked): Promise<number> {
  let total = 0
  for (const { searched, condition } of asked)
    total += await countFoundDocuments(call.app.db.sql, searched, condition, call.app.settings.searchTimeoutMs)
  return total
}
