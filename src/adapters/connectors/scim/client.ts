import { TargetError } from '../../../ports.ts'
import { address, choice, type SettingsOf, text, timeLimit } from '../settings.ts'
import type { TimeBudget } from '../time-budget.ts'

export const scimTable = {
  baseUrl: address('the address up to and without `/Users`', ['https:', 'http:']),
  token: text('the bearer token, sent with every request', { pattern: /^[\x21-\x7e]+$/, what: 'plain characters without spaces' }),
  timeoutMs: timeLimit,
  groupKey: choice("what an entitlement's value names a group by", 'displayName', ['displayName', 'id']),
  groupUpdates: choice(
    'how members are changed, by PATCH, by a PATCH that names who leaves in its value or by writing the whole group back',
    'patch',
    ['patch', 'patch-values', 'put'],
  ),
}

export type ScimSettings = SettingsOf<typeof scimTable>

/** What the server said, whatever it said: the caller decides which statuses it can live with. */
export interface ScimAnswer {
  status: number
  ok: boolean
  /** The JSON of the body, undefined when there was none. */
  body: unknown
  etag: string | undefined
  /** Why this answer is a failure, ready to be thrown. Only to be asked for when `ok` is false or the body is useless. */
  failure(reason?: string): TargetError
}

interface ScimRequestOptions {
  query?: Record<string, string>
  body?: unknown
  ifMatch?: string | undefined
}

export type ScimRequest = (method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, options?: ScimRequestOptions) => Promise<ScimAnswer>

export interface ScimResource extends Record<string, unknown> {
  id: string
}

const LONGEST_DETAIL = 300
const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** Returns the function for the HTTP requests of one call, which share its time. It throws TargetError only when there is no answer. */
export function scimRequests(settings: ScimSettings, budget: TimeBudget): ScimRequest {
  return (method, path, options = {}) => budget.run(`${method} ${path}`, (limitMs) => send(settings, method, path, options, limitMs))
}

async function send(
  settings: ScimSettings,
  method: string,
  path: string,
  options: ScimRequestOptions,
  limitMs: number,
): Promise<ScimAnswer> {
  try {
    const response = await fetch(urlOf(settings.baseUrl, path, options.query), {
      method,
      headers: headersOf(settings.token, options),
      body: options.body === undefined ? null : JSON.stringify(options.body),
      // A redirect would turn a write into a GET or carry the token to another place.
      redirect: 'manual',
      signal: AbortSignal.timeout(limitMs),
    })
    return answerOf(`${method} ${path}`, response, await response.text(), settings.token)
  } catch (error) {
    throw unreachable(`${method} ${path}`, error, limitMs)
  }
}

/** The resource in an answer, or the answer's failure. */
export function resourceOf(answer: ScimAnswer): ScimResource {
  if (!answer.ok) throw answer.failure()
  if (!isResource(answer.body)) throw answer.failure('did not answer with a SCIM resource')
  return answer.body
}

/** A path segment that cannot leave its place, whatever the id holds. */
export function scimPath(endpoint: '/Users' | '/Groups', id: string): string {
  return `${endpoint}/${encodeURIComponent(id)}`
}

/** The filter `attribute eq "value"`; SCIM strings are JSON strings, so quotes and backslashes are escaped alike. */
export function scimEquals(attribute: string, value: string): string {
  return `${attribute} eq ${JSON.stringify(value)}`
}

/** The body of a PATCH of one operation. */
export function patchBody(operation: { op: 'add' | 'remove' | 'replace'; path: string; value?: unknown }): unknown {
  return { schemas: [PATCH_SCHEMA], Operations: [operation] }
}

/** Whether a refused PATCH may mean that the server knows none; 404 means so when the resource itself is there. */
export function mayLackPatch({ status }: ScimAnswer): boolean {
  return [400, 404, 405, 501].includes(status)
}

/** The version of the resource in an answer, for If-Match: from the header, or from within where a server sends it only there. */
export function versionOf({ etag, body }: ScimAnswer): string | undefined {
  const meta = body instanceof Object && 'meta' in body ? body.meta : undefined
  const version = meta instanceof Object && 'version' in meta ? meta.version : undefined
  return etag ?? (isText(version) ? version : undefined)
}

function urlOf(baseUrl: string, path: string, query: Record<string, string> | undefined): string {
  const search = query === undefined ? '' : `?${new URLSearchParams(query)}`
  return baseUrl.replace(/\/+$/, '') + path + search
}

function headersOf(token: string, options: ScimRequestOptions): Record<string, string> {
  return {
    accept: 'application/scim+json, application/json',
    authorization: `Bearer ${token}`,
    ...(options.body === undefined ? {} : { 'content-type': 'application/scim+json' }),
    ...(options.ifMatch === undefined ? {} : { 'if-match': options.ifMatch }),
  }
}

function answerOf(what: string, response: Response, text: string, token: string): ScimAnswer {
  const body = parsed(text)
  return {
    status: response.status,
    ok: response.ok,
    body,
    etag: response.headers.get('etag') ?? undefined,
    failure(reason) {
      const detail = reason ?? detailOf(response, body, text)
      const message = `${what} answered ${response.status}${detail === '' ? '' : `: ${detail}`}`
      // Some servers repeat the token they refuse.
      return new TargetError(kindOf(response.status), message.replaceAll(token, '…'), retryAfterMsOf(response))
    },
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function detailOf(response: Response, body: unknown, text: string): string {
  if (response.status >= 300 && response.status < 400) return 'the target redirects; give the address it redirects to'
  const told = body instanceof Object ? ['detail', 'message', 'error'].map((key) => Reflect.get(body, key)).find(isText) : undefined
  // A page of HTML helps nobody in an error message.
  return (told ?? (/^\s*[<{[]/.test(text) ? '' : text.trim())).slice(0, LONGEST_DETAIL)
}

function kindOf(status: number): TargetError['kind'] {
  if (status === 429 || status === 503) return 'busy'
  // A 2xx or 1xx comes here only with a body that makes no sense.
  return status >= 500 || mayPass.includes(status) || status < 300 ? 'failed' : 'refused'
}

/** Too slow, somebody else was at it, not as it was, too early: the same call may work a moment later. */
const mayPass = [408, 409, 412, 425]

function retryAfterMsOf(response: Response): number | undefined {
  const retryAfter = response.headers.get('retry-after')?.trim()
  if (kindOf(response.status) === 'refused' || !retryAfter) return undefined
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000
  // Measured against the server's own clock, so that a clock that is wrong here or there does not matter.
  const waitMs = Date.parse(retryAfter) - Date.parse(response.headers.get('date') ?? '')
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined
}

function unreachable(what: string, error: unknown, limitMs: number): TargetError {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new TargetError('unreachable', `${what}: no answer within ${limitMs} ms`)
  }
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  return new TargetError('unreachable', `${what}: the target cannot be reached or broke the connection${code}`)
}

/** Whether something in a list is a resource at all. */
export function isResource(value: unknown): value is ScimResource {
  return value instanceof Object && 'id' in value && typeof value.id === 'string'
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
