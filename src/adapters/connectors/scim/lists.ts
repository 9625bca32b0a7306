import { isResource, type ScimAnswer, type ScimRequest, type ScimResource } from './client.ts'

type Endpoint = '/Users' | '/Groups'

interface ListQuery {
  filter?: string
  excludedAttributes?: string
}

const PAGE_SIZE = 100
/** No server makes its pages as short as this: a shorter one is the last, if the server says so too. */
const SHORTEST_FULL_PAGE = 10

/**
 * All resources of an endpoint that a filter lets through, over all pages, each once.
 * Returns undefined when the server does not know the filter. A server may also ignore it, so callers check what they get.
 */
export async function listScim(request: ScimRequest, endpoint: Endpoint, query: ListQuery = {}): Promise<ScimResource[] | undefined> {
  const first = await askPage(request, endpoint, query, 1)
  if (query.filter !== undefined && (first.status === 400 || first.status === 501)) return undefined
  const found: ScimResource[] = []
  for await (const resource of resourcesFrom(request, endpoint, query, first)) found.push(resource)
  return found
}

/** The same without a filter, page by page as the caller takes them. */
export async function* streamScim(request: ScimRequest, endpoint: Endpoint, query: ListQuery = {}): AsyncGenerator<ScimResource> {
  yield* resourcesFrom(request, endpoint, query, await askPage(request, endpoint, query, 1))
}

/**
 * An incomplete list must not pass for a complete one: it would prove the absence of access that is there. So a total is not trusted to be
 * right: after a full page the next one is asked for even when the total is reached, and a page that is empty too early is asked for again.
 */
async function* resourcesFrom(request: ScimRequest, endpoint: Endpoint, query: ListQuery, first: ScimAnswer): AsyncGenerator<ScimResource> {
  const seen = new Set<string>()
  let answer = first
  let total = Number.NaN
  for (let startIndex = 1; ; answer = await askPage(request, endpoint, query, startIndex)) {
    // Some refuse to look beyond their end.
    if (startIndex > total && (answer.status === 400 || answer.status === 404)) return
    const told = pageOf(answer)
    let { page } = told
    total = told.total
    if (page.length === 0 && startIndex <= total) {
      answer = await askPage(request, endpoint, query, startIndex)
      page = pageOf(answer).page
      // A total that leaves the filter out of account is one thing, a directory full of nobody another.
      if (page.length === 0 && startIndex === 1 && query.filter === undefined)
        throw answer.failure(`tells of ${total} ${endpoint} and shows none`)
    }
    const before = seen.size
    for (const resource of page) {
      if (!seen.has(resource.id)) yield resource
      seen.add(resource.id)
    }
    startIndex += page.length
    if (page.length === 0 || (page.length < SHORTEST_FULL_PAGE && startIndex > total)) return
    if (seen.size > before) continue
    // A server that knows no pages gives everything at once and again; one that repeats a part of it has kept the rest from us.
    if (seen.size >= total) return
    throw answer.failure(`gives the same page of ${endpoint} again and again`)
  }
}

function askPage(request: ScimRequest, endpoint: Endpoint, query: ListQuery, startIndex: number): Promise<ScimAnswer> {
  return request('GET', endpoint, { query: { ...query, startIndex: String(startIndex), count: String(PAGE_SIZE) } })
}

/** The resources in an answer and the size that the server gives the whole list (NaN when it does not say), or the answer's failure. */
export function pageOf(answer: ScimAnswer): { page: ScimResource[]; total: number } {
  if (!answer.ok) throw answer.failure()
  const { body } = answer
  if (!(body instanceof Object) || !('totalResults' in body || 'Resources' in body)) throw answer.failure('did not answer with a SCIM list')
  const page = 'Resources' in body && Array.isArray(body.Resources) ? body.Resources.filter(isResource) : []
  return { page, total: 'totalResults' in body ? Number(body.totalResults) : Number.NaN }
}
