import { createHash, timingSafeEqual } from 'node:crypto'
import * as fs from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express'
import SCIMMY from 'scimmy'
import SCIMMYRouters from 'scimmy-routers'
import { type Origin, ScimTargetState, type StoredGroup, type StoredUser } from './scim-target-state.ts'

export interface ScimTargetOptions {
  /** Where its state, its write log and its address are kept. */
  folder: string
  /** 0 for any free port. */
  port: number
  token: string
  /** Makes every answer late, in milliseconds. */
  delayMs?: number
  /** A JSON file of `users` and `groups` to begin with, read only when the folder has no state yet. */
  seed?: string
}

const BASE = '/scim/v2'
const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** What the handlers of a resource know of the request they serve. */
interface Context extends Origin {
  filter: EqualFilter | undefined
  logged: boolean
}

interface EqualFilter {
  attribute: string
  value: string
}

const contexts = new WeakMap<Request, Context>()

/**
 * Serves a small directory of users and groups over SCIM 2.0 on 127.0.0.1, below /scim/v2.
 * One per process: the SCIM library keeps what it serves in globals.
 */
export async function runScimTarget(options: ScimTargetOptions): Promise<{ port: number; close(): Promise<void> }> {
  await refuseSecondTarget(options)
  const state = new ScimTargetState(options.folder, options.seed)
  serveUsers(state)
  serveGroups(state)
  const server = createServer(appOf(state, options))
  await listen(server, options.port)
  const { port } = server.address() as AddressInfo
  writePrivately(join(options.folder, 'target.json'), JSON.stringify({ pid: process.pid, port, token: options.token }))
  return { port, close: () => close(server) }
}

/** Two processes over one state file would undo each other's writes. */
async function refuseSecondTarget({ folder, token }: ScimTargetOptions): Promise<void> {
  const file = join(folder, 'target.json')
  if (!fs.existsSync(file)) return
  const { pid, port } = JSON.parse(fs.readFileSync(file, 'utf8'))
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`http://127.0.0.1:${port}${BASE}/ServiceProviderConfig`, { headers, signal: AbortSignal.timeout(2000) }).catch(
    // Nobody there is fine; somebody there who does not speak may be the first target, stopped or swamped.
    (error: Error) => (error.name === 'TimeoutError' ? ('silent' as const) : undefined),
  )
  if (answer === 'silent' || answer?.ok) throw new Error(`The folder ${folder} is served already, by process ${pid} on port ${port}`)
}

function appOf(state: ScimTargetState, { token, delayMs = 0 }: ScimTargetOptions): express.Express {
  const app = express()
  app.disable('x-powered-by')
  // The versions of resources are the ETags; express would hash bodies instead.
  app.set('etag', false)
  const scim = new SCIMMYRouters({ type: 'bearer', handler: () => '', context: (request) => contexts.get(request) })
  const late: RequestHandler = async (_request, _response, next) => {
    if (delayMs > 0) await sleep(delayMs)
    next()
  }
  app.use(
    BASE,
    onlyWith(token),
    late,
    express.json({ type: ['application/scim+json', 'application/json'] }),
    oneWriteAtATime(state),
    versions(state),
    scim,
  )
  app.use(answerError)
  return app
}

function onlyWith(token: string): RequestHandler {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const expected = digest(`Bearer ${token}`)
  return (request, response, next) => {
    if (timingSafeEqual(digest(request.header('authorization') ?? ''), expected)) next()
    else sendError(response, 401, 'A valid bearer token is required')
  }
}

/**
 * The library answers a PATCH by reading, changing and writing a resource in steps: two at once would lose one.
 * Also prepares what the handlers need to know of the request, and logs the writes that never reach them.
 */
function oneWriteAtATime(state: ScimTargetState): RequestHandler {
  let last = Promise.resolve()
  return (request, response, next) => {
    const context: Context = { method: request.method, path: request.originalUrl, filter: undefined, logged: false }
    contexts.set(request, context)
    prepareQuery(request, context)
    if (request.method === 'GET' || request.path.endsWith('/.search')) return next()
    const ended = new Promise<void>((resolve) => {
      const end = response.end.bind(response)
      response.end = ((...args: Parameters<typeof end>) => {
        if (!context.logged) state.logRefused(context, response.statusCode)
        resolve()
        return end(...args)
      }) as typeof response.end
    })
    const before = last
    last = before.then(() => ended)
    before.then(() => next())
  }
}

/**
 * Express makes `query` anew at every look, so numbers that the router writes into it are lost: they are put there for good.
 * Simple equality filters are read here because the library's parser ends a string at an escaped quote.
 */
function prepareQuery(request: Request, context: Context): void {
  const query: Record<string, unknown> = { ...request.query }
  for (const key of ['startIndex', 'count']) {
    if (typeof query[key] === 'string' && /^-?\d+$/.test(query[key])) query[key] = Number(query[key])
  }
  const simple = /^\s*(id|externalId|userName|displayName|members\.value|members)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/i.exec(
    String(query['filter'] ?? ''),
  )
  if (simple !== null) {
    context.filter = { attribute: String(simple[1]).toLowerCase(), value: JSON.parse(String(simple[2])) }
    delete query['filter']
  }
  Object.defineProperty(request, 'query', { value: query, writable: true })
}

/** Offers the version of a single resource as its ETag and refuses a write that goes by an older one. */
function versions(state: ScimTargetState): RequestHandler {
  return (request, response, next) => {
    const [, kind, id] = /^\/(Users|Groups)\/([^/]+)$/.exec(request.path) ?? []
    const stored =
      id === undefined ? undefined : kind === 'Users' ? state.user(decodeURIComponent(id)) : state.group(decodeURIComponent(id))
    if (stored === undefined) return next()
    const expected = request.header('if-match')
    if (expected !== undefined && expected !== '*' && expected !== etagOf(stored)) {
      return sendError(response, 412, `The resource has changed: it is ${etagOf(stored)} now`)
    }
    if (request.method === 'GET') response.setHeader('ETag', etagOf(stored))
    next()
  }
}

function serveUsers(state: ScimTargetState): void {
  SCIMMY.Resources.declare(SCIMMY.Resources.User)
    .egress((resource, context: Context) => {
      if (resource.id !== undefined) return userOf(state, found(state.user(resource.id), resource.id))
      return matching(resource.filter, context, state.users()).map((user) => userOf(state, user))
    })
    .ingress((resource, instance, context: Context) => {
      const { groups: _groups, password: _password, ...attributes } = attributesOf(instance)
      const userName = String(attributes['userName'])
      if (resource.id !== undefined) found(state.user(resource.id), resource.id)
      refuseDouble(state.users(), resource.id, (user) => user.attributes.userName, userName)
      context.logged = true
      return userOf(state, state.putUser(resource.id, { ...attributes, userName }, context))
    })
    .degress((resource, context: Context) => {
      const user = found(state.user(String(resource.id)), resource.id)
      context.logged = true
      state.deleteUser(user, context)
    })
}

function serveGroups(state: ScimTargetState): void {
  SCIMMY.Resources.declare(SCIMMY.Resources.Group)
    .egress((resource, context: Context) => {
      if (resource.id !== undefined) return groupOf(state, found(state.group(resource.id), resource.id))
      return matching(resource.filter, context, state.groups()).map((group) => groupOf(state, group))
    })
    .ingress((resource, instance, context: Context) => {
      const { members = [], ...attributes } = attributesOf(instance)
      const displayName = String(attributes['displayName'])
      if (resource.id !== undefined) found(state.group(resource.id), resource.id)
      refuseDouble(state.groups(), resource.id, (group) => group.attributes.displayName, displayName)
      const ids = (members as Array<{ value: string }>).map((member) => member.value)
      const unknown = ids.find((id) => state.user(id) === undefined)
      if (unknown !== undefined) throw new SCIMMY.Types.Error(400, 'invalidValue', `There is no user with the id '${unknown}'`)
      context.logged = true
      return groupOf(state, state.putGroup(resource.id, { ...attributes, displayName }, ids, context))
    })
    .degress((resource, context: Context) => {
      const group = found(state.group(String(resource.id)), resource.id)
      context.logged = true
      state.deleteGroup(group, context)
    })
}

function matching<T extends StoredUser | StoredGroup>(
  filter: { match(values: object[]): object[] } | undefined,
  context: Context,
  all: T[],
): T[] {
  if (context.filter !== undefined) {
    const { attribute, value } = context.filter
    return all.filter((one) => equals(one, attribute, value))
  }
  if (filter === undefined) return all
  const shown = new Map<object, T>(all.map((one) => [{ id: one.id, ...one.attributes }, one]))
  return filter.match([...shown.keys()]).flatMap((one) => shown.get(one) ?? [])
}

function equals(one: StoredUser | StoredGroup, attribute: string, value: string): boolean {
  if (attribute === 'id') return one.id === value
  if (attribute.startsWith('members')) return 'members' in one && one.members.includes(value)
  const [, actual] = Object.entries(one.attributes).find(([name]) => name.toLowerCase() === attribute) ?? []
  // By the schema these compare without case, externalId with it.
  return attribute === 'externalid' ? actual === value : String(actual ?? '').toLowerCase() === value.toLowerCase()
}

function userOf(state: ScimTargetState, user: StoredUser) {
  const groups = state.groupsOf(user.id).map((group) => ({ value: group.id, display: group.attributes.displayName, type: 'direct' }))
  return { ...user.attributes, id: user.id, groups, meta: metaOf(user) }
}

function groupOf(state: ScimTargetState, group: StoredGroup) {
  const members = group.members.map((id) => ({ value: id, display: state.user(id)?.attributes.userName ?? id, type: 'User' }))
  return { ...group.attributes, id: group.id, members, meta: metaOf(group) }
}

function metaOf(stored: StoredUser | StoredGroup) {
  return { created: new Date(stored.created), lastModified: new Date(stored.lastModified), version: etagOf(stored) }
}

function etagOf(stored: StoredUser | StoredGroup): string {
  return `W/"${stored.version}"`
}

/** The plain attributes of what a client sent, without what the server itself keeps. */
function attributesOf(instance: unknown): Record<string, unknown> {
  const { id: _id, meta: _meta, schemas: _schemas, ...attributes } = JSON.parse(JSON.stringify(instance))
  return attributes
}

function found<T>(stored: T | undefined, id: string | undefined): T {
  if (stored === undefined) throw new SCIMMY.Types.Error(404, '', `Resource ${id} not found`)
  return stored
}

function refuseDouble<T extends { id: string }>(all: T[], id: string | undefined, nameOf: (one: T) => string, name: string): void {
  const other = all.find((one) => one.id !== id && nameOf(one).toLowerCase() === name.toLowerCase())
  if (other !== undefined) throw new SCIMMY.Types.Error(409, 'uniqueness', `'${name}' exists already`)
}

function sendError(response: Response, status: number, detail: string): void {
  response
    .status(status)
    .type('application/scim+json')
    .send(JSON.stringify({ schemas: [ERROR_SCHEMA], status: String(status), detail }))
}

/** The router has answered already when an error of its own comes here; what is left are bodies that are no JSON. */
function answerError(error: Error & { status?: number }, _request: Request, response: Response, _next: NextFunction): void {
  if ((error.status ?? 500) >= 500) console.error(error)
  if (!response.headersSent) sendError(response, error.status ?? 500, error.message)
}

function writePrivately(file: string, text: string): void {
  fs.writeFileSync(`${file}.tmp`, text, { mode: 0o600 })
  fs.renameSync(`${file}.tmp`, file)
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    // Whoever is still being answered gets a moment.
    setTimeout(() => server.closeAllConnections(), 1000).unref()
  })
}
