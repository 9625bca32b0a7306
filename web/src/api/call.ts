import routes from 'virtual:operations'
import type { Answer, Input, ListId, OperationId, RowOf } from './types.ts'

/** A refusal of the server, or no answer at all (status 0). */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly status: number
  /** With it an administrator finds the call in the log; empty where the server gave none. */
  readonly trackingId: string

  constructor(status: number, message: string, trackingId: string) {
    super(message)
    this.status = status
    this.trackingId = trackingId
  }
}

export interface Page<Row> {
  rows: Row[]
  /** Only where the call asked for it. */
  total: number | undefined
}

/** Calls an operation of the wire contract as the person who is signed in. Refusals are CallErrors. */
export async function call<Id extends OperationId>(id: Id, input: Input<Id>, signal?: AbortSignal): Promise<Answer<Id>> {
  const response = await send(id, input, signal)
  return (response.status === 204 ? undefined : await response.json()) as Answer<Id>
}

/** The same for a list, with the total where `count` was asked for. */
export async function callPage<Id extends ListId>(id: Id, input: Input<Id>, signal?: AbortSignal): Promise<Page<RowOf<Id>>> {
  const response = await send(id, input, signal)
  const total = response.headers.get('X-Total-Count')
  return { rows: (await response.json()) as RowOf<Id>[], total: total === null ? undefined : Number(total) }
}

/** Where an operation is found, with its path and query filled in. */
export function addressOf<Id extends OperationId>(id: Id, input: Input<Id>): string {
  const [, template] = routeOf(id)
  const params = (input.params ?? {}) as Record<string, string>
  const path = template.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries<unknown>(input.query ?? {})) {
    if (value !== undefined && value !== '') query.set(name, String(value))
  }
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

function routeOf(id: OperationId): [method: string, path: string, patch?: 1] {
  const route = routes[id]
  if (route === undefined) throw new Error(`there is no operation ${id} in the dialect of this client`)
  return route
}

async function send<Id extends OperationId>(id: Id, input: Input<Id>, signal: AbortSignal | undefined): Promise<Response> {
  const [method, , patch] = routeOf(id)
  const body = input.body === undefined ? undefined : JSON.stringify(input.body)
  const headers: Record<string, string> = {
    Accept: 'application/json',
    // The one that is spoken here, whatever the browser prefers.
    'Accept-Language': document.documentElement.lang,
    'X-SailPoint-Experimental': 'true',
  }
  if (body !== undefined) headers['Content-Type'] = patch ? 'application/json-patch+json' : 'application/json'
  let response: Response
  try {
    response = await fetch(addressOf(id, input), {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body }),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new CallError(0, '', '')
  }
  if (!response.ok) throw await refusalOf(response)
  return response
}

interface ErrorBody {
  trackingId?: string
  messages?: { text?: string; locale?: string | null; localeOrigin?: string | null }[]
  error?: string
  message?: string
}

async function refusalOf(response: Response): Promise<CallError> {
  const body: ErrorBody = await response.json().catch(() => ({}))
  // Beside the English text there may be one in the language that was asked for.
  const asked = body.messages?.find(({ locale, localeOrigin }) => localeOrigin === 'REQUEST' && locale !== 'und')
  // That there were too many calls is said by the page itself.
  const text = response.status === 429 ? '' : ((asked ?? body.messages?.[0])?.text ?? body.error ?? body.message ?? '')
  return new CallError(response.status, text, body.trackingId ?? response.headers.get('SLPT-Request-ID') ?? '')
}
