import { Agent, createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { lateness, type Misbehaviour, type Mischief, mischiefMaker } from './misbehaviour.ts'

/** What goes wrong with one request. */
type Fault =
  /** Answered here, without asking the target. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: unknown }
  /** Passed on after a while. */
  | { kind: 'delay'; ms: number }
  /** Never passed on and never answered. */
  | { kind: 'hang' }
  /** The connection breaks before the target sees the request. */
  | { kind: 'drop-before' }
  /** The target does what it is asked; the connection breaks before its answer. */
  | { kind: 'drop-after' }
  /** The target does what it is asked; the answer never comes. */
  | { kind: 'hang-after' }
  /** The connection breaks; the target does what it is asked after a while. */
  | { kind: 'late'; ms: number }
  /** The target does the first half of what it is asked; answered 500. */
  | { kind: 'half' }
  /** The target is not asked; answered as if it had done it. */
  | { kind: 'lie' }
  /** The target is asked without the filter, as if it did not know any. */
  | { kind: 'unfilter' }
  /** The target's JSON is changed on the way, to make it another kind of server. */
  | { kind: 'rewrite'; body: (json: unknown) => unknown; headers?: Record<string, string | undefined> }

/** Which requests a fault is for: all that match, `times` of them (default 1). */
interface Match {
  method?: string
  path?: string | RegExp
  times?: number
}

/** One request that came by, what became of it and whether the target saw it. */
interface FaultyCall {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: unknown
  fault: Fault['kind'] | undefined
  /** What the target answered, or undefined when it was not asked. */
  targetStatus: number | undefined
}

interface Passed {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface FaultyTarget {
  /** The target's address, as seen through this proxy. */
  url: string
  /** Plans a fault for the next request that matches; faults for the same request are used in the order of planning. */
  next(fault: Fault, match?: Match): void
  /** From now on any request may meet a fault, by chance; what was planned for it goes first. */
  misbehave(how: Misbehaviour): void
  /** Forgets all faults that were planned, and behaves. */
  heal(): void
  /** Closes the port, so that new connections are refused, until `accept`. */
  refuse(): Promise<void>
  accept(): Promise<void>
  calls: FaultyCall[]
  /** How many requests have met a fault: a suite that meets none proves nothing. */
  faults(): number
  close(): Promise<void>
}

/**
 * Starts an HTTP proxy in front of a target (SCIM, or anything else that speaks JSON over HTTP) that does to requests what the test has
 * planned (`next`), or what chance has (`misbehave`), until it is healed:
 *
 *     const server = await startScimServer(['Readers'])            // its `writes` tell every write that took effect
 *     const target = await startFaultyTarget(server.baseUrl, { keepsCalls: false })
 *     target.misbehave({ seed, rates: BAD_DAY })                   // support/misbehaviour.ts
 *     … connect { baseUrl: target.url, token: server.token, timeoutMs: 300 } …
 *     target.heal()                                                // and now everything has to settle
 *
 * `hang` and `hang-after` take as long as the connector waits, so give it a short `timeoutMs`.
 */
export async function startFaultyTarget(targetUrl: string, { keepsCalls = true }: { keepsCalls?: boolean } = {}): Promise<FaultyTarget> {
  const target = new URL(targetUrl)
  const agent = new Agent({ keepAlive: true })
  const planned: Array<{ fault: Fault; match: Match; left: number }> = []
  const calls: FaultyCall[] = []
  let faults = 0
  let byChance: ((method: string, path: string) => Fault | undefined) | undefined

  function take(method: string, path: string): Fault | undefined {
    const plan = planned.find(({ match, left }) => left > 0 && matches(match, method, path))
    if (plan === undefined) return byChance?.(method, path)
    plan.left--
    return plan.fault
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? ''
    const path = request.url ?? ''
    const body = await bodyOf(request)
    const fault = take(method, path)
    if (fault) faults++
    const call: FaultyCall = { method, path, headers: request.headers, body: parsed(body), fault: fault?.kind, targetStatus: undefined }
    if (keepsCalls) calls.push(call)
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'drop-before') return void request.socket.destroy()
    if (fault?.kind === 'status') return answerStatus(response, fault)
    if (fault?.kind === 'lie') return answerLie(response, method, body)
    if (fault?.kind === 'late') request.socket.destroy()
    if (fault?.kind === 'delay' || fault?.kind === 'late') await sleep(fault.ms)
    const asked = { method, path: fault?.kind === 'unfilter' ? withoutFilter(path) : path, headers: request.headers }
    const passed = await passOn(target, agent, asked, fault?.kind === 'half' ? firstHalf(body) : body)
    call.targetStatus = passed.status
    if (fault?.kind === 'half') return answerStatus(response, { kind: 'status', status: 500, body: { detail: 'something broke half way' } })
    if (fault?.kind === 'hang-after' || fault?.kind === 'late') return
    if (fault?.kind === 'drop-after') return void request.socket.destroy()
    answerPassed(response, fault?.kind === 'rewrite' ? rewritten(passed, fault) : passed)
  }

  const server = createServer((request, response) => {
    // A target that is down looks through this proxy as it is: a broken connection.
    serve(request, response).catch(() => request.socket.destroy())
  })
  const listen = (port: number) => new Promise<void>((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', done))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const shut = () =>
    new Promise<void>((done) => {
      server.close(() => done())
      server.closeAllConnections()
    })
  return {
    url: `http://127.0.0.1:${port}${target.pathname}`,
    next: (fault, match = {}) => void planned.push({ fault, match, left: match.times ?? 1 }),
    misbehave: (how) => {
      byChance = chanceOf(how)
    },
    heal: () => {
      planned.splice(0)
      byChance = undefined
    },
    refuse: shut,
    accept: () => listen(port),
    calls,
    faults: () => faults,
    close: async () => {
      if (server.listening) await shut()
      agent.destroy()
    },
  }
}

function matches(match: Match, method: string, path: string): boolean {
  if (match.method !== undefined && match.method !== method) return false
  if (match.path === undefined) return true
  const readable = decodeURIComponent(path.replaceAll('+', ' '))
  return typeof match.path === 'string' ? readable.includes(match.path) : match.path.test(readable)
}

async function bodyOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function chanceOf(how: Misbehaviour): (method: string, path: string) => Fault | undefined {
  const make = mischiefMaker(how)
  return (method, path) => {
    const isRead = method === 'GET'
    const mischief = make(`${method} ${path}`, isRead)
    // Half of a PUT is a list of members that lost some: what a target does of its own accord is no fault of a call.
    const mild = mischief === 'half' && method === 'PUT' ? 'drop-after' : mischief
    return mild === undefined ? undefined : faultOf(mild, how, path)
  }
}

function faultOf(mischief: Mischief, how: Misbehaviour, path: string): Fault {
  const detail = { detail: `a bad day: ${mischief}` }
  if (mischief === 'busy') {
    return { kind: 'status', status: 429, headers: { 'retry-after': String(how.retryAfterSeconds ?? 0) }, body: detail }
  }
  if (mischief === 'conflict') return { kind: 'status', status: 409, body: detail }
  if (mischief === 'error') return { kind: 'status', status: 500, body: detail }
  if (mischief === 'slow') return { kind: 'delay', ms: lateness(how, mischief, path) }
  if (mischief === 'late') return { kind: 'late', ms: lateness(how, mischief, path) }
  return { kind: mischief === 'drop' ? 'drop-before' : mischief }
}

/** The first half of what a body asks for: of its operations, of the values of the only one, or of the attributes of a new resource. */
function firstHalf(body: Buffer): Buffer {
  const json = parsed(body)
  if (!(json instanceof Object)) return body
  const half = <T>(list: T[]) => list.slice(0, Math.ceil(list.length / 2))
  const operations: unknown = Reflect.get(json, 'Operations')
  if (Array.isArray(operations)) return Buffer.from(JSON.stringify({ ...json, Operations: half(operations) }))
  const { schemas, userName, ...rest } = json as Record<string, unknown>
  return Buffer.from(JSON.stringify({ schemas, userName, ...Object.fromEntries(half(Object.entries(rest))) }))
}

function answerLie(response: ServerResponse, method: string, body: Buffer): void {
  if (method === 'PATCH' || method === 'DELETE') return void response.writeHead(204).end()
  const status = method === 'POST' ? 201 : 200
  answerStatus(response, { kind: 'status', status, body: { id: 'made-up', ...Object(parsed(body)) } })
}

function passOn(
  target: URL,
  agent: Agent,
  asked: { method: string; path: string; headers: IncomingHttpHeaders },
  body: Buffer,
): Promise<Passed> {
  const { host: _host, connection: _connection, 'content-length': _length, ...headers } = asked.headers
  const options = { host: target.hostname, port: target.port, method: asked.method, path: asked.path, headers, agent }
  return new Promise((done, failed) => {
    const passed = httpRequest(options, (answer) => {
      bodyOf(answer).then((answerBody) => done({ status: answer.statusCode ?? 0, headers: answer.headers, body: answerBody }), failed)
    })
    passed.once('error', failed)
    passed.end(body)
  })
}

function withoutFilter(path: string): string {
  const url = new URL(path, 'http://target')
  url.searchParams.delete('filter')
  return url.pathname + url.search
}

function answerStatus(response: ServerResponse, fault: Fault & { kind: 'status' }): void {
  response.writeHead(fault.status, { 'content-type': 'application/scim+json', ...fault.headers })
  response.end(fault.body === undefined ? '' : typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body))
}

function rewritten(passed: Passed, fault: Fault & { kind: 'rewrite' }): Passed {
  const body = passed.body.length === 0 ? passed.body : Buffer.from(JSON.stringify(fault.body(JSON.parse(passed.body.toString()))))
  return { ...passed, body, headers: { ...passed.headers, ...fault.headers } }
}

function answerPassed(response: ServerResponse, passed: Passed): void {
  const { connection: _connection, 'transfer-encoding': _encoding, 'content-length': _length, ...headers } = passed.headers
  const known = Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined)
  response.writeHead(passed.status, Object.fromEntries(known))
  response.end(passed.body)
}

function parsed(body: Buffer): unknown {
  try {
    return body.length === 0 ? undefined : JSON.parse(body.toString())
  } catch {
    return body.toString()
  }
}
