import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FakeWrite } from './fake-connector.ts'
import { ScimDirectory, ScimRefusal, type StoredGroup, type StoredUser } from './scim-directory.ts'

/** In what a server differs from the book. Left out: it does not. */
export interface ScimDialect {
  /** `active` is shown as "True" or "False", and taken only so. */
  stringBooleans?: boolean
  /**
   * How a PATCH says who leaves a group: by a filter in the path (the standard, where a path without one means everybody), by values beside
   * the path, or there is no PATCH (501).
   */
  patch?: 'filter' | 'values' | 'none'
  /** Without: no ETag, no version in `meta`, and If-Match is ignored. */
  etag?: boolean
  /** What `totalResults` says: the truth, the size of the page, too much, the truth as text, or nothing. */
  totals?: 'right' | 'page' | 'high' | 'text' | 'absent'
  /** Pages are never longer than this. */
  longestPage?: number
  /** Which filters it knows; with `ignored` it gives everything, with `names` it finds nobody by members. */
  filters?: 'all' | 'names' | 'none' | 'ignored'
  /** Users show the groups they are in. */
  groupsOfUsers?: boolean
  /** Where groups show who is in them. */
  members?: 'everywhere' | 'single' | 'unless empty'
}

export interface ScimServer {
  baseUrl: string
  token: string
  directory: ScimDirectory
  /** Every write that reached the server, in order, and whether it changed anything. */
  writes: FakeWrite[]
  close(): Promise<void>
}

const BASE = '/scim'
const LONGEST_PAGE = 200
const TOO_MANY = 7

/**
 * A SCIM 2.0 server of the tests' own, in memory and without any library: a second opinion beside the demo target, and, by its dialect, the
 * servers that are not as the standard has them. Ids follow from names, so that two runs send the same requests.
 */
export async function startScimServer(groups: string[], dialect: ScimDialect = {}): Promise<ScimServer> {
  const token = 'token-of-the-test-server'
  const directory = new ScimDirectory(groups, dialect)
  const server = createServer((request, response) => {
    void answerTo(request, directory, dialect, token)
      .catch(refusalOf)
      .then((answer) => send(response, answer))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`,
    token,
    directory,
    writes: directory.writes,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

interface Answer {
  status: number
  body: object
  etag?: string
}

interface Served {
  directory: ScimDirectory
  dialect: ScimDialect
  method: string
  endpoint: string
  body: Record<string, unknown>
  query: URLSearchParams
  ifMatch: string | undefined
}

async function answerTo(request: IncomingMessage, directory: ScimDirectory, dialect: ScimDialect, token: string): Promise<Answer> {
  const body = await bodyOf(request)
  if (request.headers.authorization !== `Bearer ${token}`) throw new ScimRefusal(401, 'Who are you?')
  const url = new URL(request.url ?? '', 'http://server')
  const [, endpoint, id] = /^\/scim\/(Users|Groups)(?:\/([^/]+))?$/.exec(url.pathname) ?? []
  if (endpoint === undefined) throw new ScimRefusal(404, 'No such endpoint')
  const ifMatch = request.headers['if-match']
  const served = { directory, dialect, method: request.method ?? '', endpoint, body, query: url.searchParams, ifMatch }
  return id === undefined ? answerAll(served) : answerOne(served, decodeURIComponent(id))
}

function answerAll(served: Served): Answer {
  const { method, endpoint, directory, body } = served
  if (method === 'POST' && endpoint === 'Users') return { ...shownAlone(served, directory.addUser(body)), status: 201 }
  if (method === 'GET') return { status: 200, body: listOf(served) }
  throw new ScimRefusal(405, 'Not here')
}

function answerOne(served: Served, id: string): Answer {
  const { method, endpoint, directory } = served
  const stored = endpoint === 'Users' ? directory.user(id) : directory.group(id)
  if (method !== 'GET') write(served, stored)
  return shownAlone(served, stored)
}

function shownAlone(served: Served, stored: StoredUser | StoredGroup): Answer {
  const body = shapeOf(served)(stored, true)
  return served.dialect.etag === false ? { status: 200, body } : { status: 200, body, etag: etagOf(stored) }
}

function write({ method, directory, dialect, body, ifMatch }: Served, stored: StoredUser | StoredGroup): void {
  if (dialect.etag !== false && ifMatch !== undefined && ifMatch !== etagOf(stored)) throw new ScimRefusal(412, 'It has changed')
  if (method === 'PATCH' && dialect.patch === 'none') throw new ScimRefusal(501, 'There is no PATCH here')
  if (method === 'PATCH') directory.patch(stored, body)
  else if (method === 'PUT') directory.replace(stored, body)
  else throw new ScimRefusal(405, 'Not here')
}

function listOf(served: Served): object {
  const { directory, endpoint, query, dialect } = served
  const all = endpoint === 'Users' ? directory.users() : directory.groups()
  const found = filtered<StoredUser | StoredGroup>(all, query.get('filter'), dialect)
  const shape = shapeOf(served)
  const count = Math.min(Number(query.get('count') ?? LONGEST_PAGE), dialect.longestPage ?? LONGEST_PAGE)
  const startIndex = Number(query.get('startIndex') ?? 1)
  const page = found.slice(startIndex - 1, startIndex - 1 + count)
  const totals = { right: found.length, page: page.length, high: found.length + TOO_MANY, text: String(found.length), absent: undefined }
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: totals[dialect.totals ?? 'right'],
    startIndex,
    itemsPerPage: page.length,
    Resources: page.map((stored) => shape(stored, false)),
  }
}

function filtered<T extends StoredUser | StoredGroup>(all: T[], filter: string | null, dialect: ScimDialect): T[] {
  if (filter === null || dialect.filters === 'ignored') return all
  const [, attribute, quoted] = /^([\w.]+) eq ("(?:[^"\\]|\\.)*")$/.exec(filter) ?? []
  if (attribute === undefined || dialect.filters === 'none') throw new ScimRefusal(400, `The filter ${filter} is not supported`)
  const value = String(JSON.parse(quoted ?? '""'))
  if (attribute === 'members.value') {
    return dialect.filters === 'names' ? [] : all.filter((one) => 'members' in one && one.members.has(value))
  }
  return all.filter((one) => String(one.attributes[attribute]).toLowerCase() === value.toLowerCase())
}

/** How resources of an endpoint look to clients of this dialect. */
function shapeOf({ directory, dialect, endpoint }: Served): (stored: StoredUser | StoredGroup, isSingle: boolean) => object {
  const meta = (stored: StoredUser | StoredGroup) => ({
    resourceType: endpoint.slice(0, -1),
    ...(dialect.etag === false ? {} : { version: etagOf(stored) }),
  })
  return (stored, isSingle) => {
    const common = { ...stored.attributes, id: stored.id, meta: meta(stored) }
    if ('members' in stored) return { ...common, ...membersShown(stored, dialect.members ?? 'everywhere', isSingle) }
    const groups = directory.groups().filter((group) => group.members.has(stored.id))
    const active = dialect.stringBooleans ? (stored.attributes['active'] === false ? 'False' : 'True') : stored.attributes['active']
    const shownGroups = groups.map((group) => ({ value: group.id, display: group.attributes['displayName'] }))
    return { ...common, active, ...(dialect.groupsOfUsers === false ? {} : { groups: shownGroups }) }
  }
}

function membersShown({ members }: StoredGroup, where: NonNullable<ScimDialect['members']>, isSingle: boolean): object {
  const isShown = where === 'everywhere' || (where === 'single' ? isSingle : members.size > 0)
  return isShown ? { members: [...members].map((value) => ({ value })) } : {}
}

function etagOf(stored: StoredUser | StoredGroup): string {
  return `W/"${stored.version}"`
}

function refusalOf(error: unknown): Answer {
  const status = error instanceof ScimRefusal ? error.status : 500
  const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), detail: String(error) }
  return { status, body }
}

function send(response: ServerResponse, { status, body, etag }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/scim+json', ...(etag === undefined ? {} : { etag }) })
  response.end(JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString())
}
