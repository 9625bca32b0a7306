import { TargetError } from '../../../ports.ts'
import type { TimeBudget } from '../time-budget.ts'
import type { SaasSettings } from './settings.ts'

export type SaasCommand =
  | 'std:test-connection'
  | `std:account:${'list' | 'read' | 'create' | 'update' | 'enable' | 'disable'}`
  | 'std:entitlement:list'

export type SaasOutput = Record<string, unknown>

/** Sends a command; gives what the connector answers, object by object as they come. Throws SaasRefusal or TargetError. */
export type SaasRequest = (command: SaasCommand, input: object) => AsyncGenerator<SaasOutput>

/** The connector said no. `isMissing` when it said that there is no such account or entitlement. */
export class SaasRefusal extends TargetError {
  readonly isMissing: boolean

  constructor(kind: TargetError['kind'], message: string, isMissing: boolean, retryAfterMs?: number) {
    super(kind, message, retryAfterMs)
    this.isMissing = isMissing
  }
}

const LONGEST_LINE = 16 * 1024 * 1024
const LONGEST_DETAIL = 300

/** Returns the function for the commands of one call, which share its time. */
export function saasRequests(settings: SaasSettings, budget: TimeBudget): SaasRequest {
  return async function* (command, input) {
    const given = new AbortController()
    const timed = <T>(work: () => Promise<T>) => budget.run(command, (limitMs) => answerWithin(command, limitMs, given, work))
    try {
      const response = await timed(() => send(settings, command, input, given.signal))
      if (!response.ok) throw refusalOf(command, response, await timed(() => response.text()))
      for await (const line of linesOf(command, response, timed)) yield* outputsIn(command, line)
    } finally {
      given.abort()
    }
  }
}

/** The only output of a command that has one; undefined when the connector answered nothing, which proves nothing. */
export async function onlyOutput(outputs: AsyncGenerator<SaasOutput>): Promise<SaasOutput | undefined> {
  let last: SaasOutput | undefined
  // To the end: an error may come after the output.
  for await (const output of outputs) last = output
  return last
}

function send({ url, token, config }: SaasSettings, type: SaasCommand, input: object, signal: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ type, input, config }),
    // A redirect would carry the config to another place.
    redirect: 'manual',
    signal,
  })
}

async function answerWithin<T>(command: string, limitMs: number, given: AbortController, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => given.abort(new TargetError('unreachable', `${command}: no answer within ${limitMs} ms`)), limitMs)
  try {
    return await work()
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
    if (error instanceof TargetError) throw error
    throw new TargetError('unreachable', `${command}: the connector cannot be reached or broke the connection${code}`)
  } finally {
    clearTimeout(timer)
  }
}

type Timed = <T>(work: () => Promise<T>) => Promise<T>

/** The lines of an answer as they come in; an answer that is one JSON array is one line, however it is broken. */
async function* linesOf(command: string, response: Response, timed: Timed): AsyncGenerator<string> {
  if (response.body === null) return
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await timed(() => reader.read())
    rest += value ?? ''
    if (done) break
    if (rest.length > LONGEST_LINE) throw new TargetError('failed', `${command}: the connector answered with a line without end`)
    if (/^\s*\[/.test(rest)) continue
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  yield rest
}

function outputsIn(command: string, line: string): SaasOutput[] {
  if (line.trim() === '') return []
  return [parsed(command, line)].flat().flatMap((one) => unwrapped(command, one))
}

function parsed(command: string, line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new TargetError('failed', `${command}: the connector answered with a line that is no JSON`)
  }
}

/** A line is what the connector sends, or that within `data` beside its type; what says how far it is or that it lives is passed over. */
function unwrapped(command: string, line: unknown): SaasOutput[] {
  if (!isRecord(line)) throw new TargetError('failed', `${command}: the connector answered with something that is no object`)
  const { type, data } = line
  if (type === 'error' || (line['error'] !== undefined && line['attributes'] === undefined)) {
    throw new SaasRefusal('failed', `${command}: ${detailOf(line) ?? 'the connector reports an error'}`, isMissing(line))
  }
  if (type === 'output' && isRecord(data)) return [data]
  return type === 'state' || type === 'keepAlive' ? [] : [line]
}

function refusalOf(command: string, response: Response, text: string): SaasRefusal {
  const body = jsonIn(text)
  const redirects = response.status >= 300 && response.status < 400
  const detail = redirects ? 'the connector redirects; give the address it redirects to' : detailOf(body)
  const message = `${command} answered ${response.status}${detail === undefined ? '' : `: ${detail}`}`
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const kind = isMissing(body) ? 'refused' : kindOf(response.status)
  return new SaasRefusal(kind, message, isMissing(body), kind !== 'refused' && seconds >= 0 ? seconds * 1000 : undefined)
}

function kindOf(status: number): TargetError['kind'] {
  if (status === 429 || status === 503) return 'busy'
  return status >= 500 || [408, 409, 425].includes(status) ? 'failed' : 'refused'
}

/** The type of error that the protocol has for it, and nothing else: a 404 may as well mean that this is no connector. */
function isMissing(body: unknown): boolean {
  return [body, isRecord(body) ? body['error'] : undefined].some((one) => isRecord(one) && one['type'] === 'notFound')
}

function detailOf(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined
  const told = [body['message'], body['error'], isRecord(body['error']) ? body['error']['message'] : undefined]
  return told.find((one): one is string => typeof one === 'string' && one !== '')?.slice(0, LONGEST_DETAIL)
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is SaasOutput {
  return value instanceof Object && !Array.isArray(value)
}
