import type { Socket } from 'node:net'
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { FilterError } from '../api/filter.ts'
import { DomainError, type ErrorCode } from '../domain/errors.ts'
import type { Ids, Logger } from '../ports.ts'
import { inGerman } from './german/in-german.ts'
import { wantsGerman } from './language.ts'
import { isClientRoute, sendPage } from './web-client.ts'

// compat: late-decision-is-400. The contract has no 409 on its operations, so a call that comes too late is a 400 that tells the outcome.
const wire: Record<Exclude<ErrorCode, 'unauthenticated' | 'too_many'>, { status: number; detailCode: string }> = {
  malformed: { status: 400, detailCode: '400.0 Bad request syntax' },
  invalid: { status: 400, detailCode: '400.1 Bad request content' },
  unknown_reference: { status: 400, detailCode: '400.1.404 Referenced object not found' },
  forbidden: { status: 403, detailCode: '403 Forbidden' },
  not_found: { status: 404, detailCode: '404 Not found' },
  conflict: { status: 400, detailCode: '400.1 Bad request content' },
}

/** A refusal that says how long to wait. */
export class TooManyCalls extends DomainError {
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number) {
    super('too_many', ' Rate Limit Exceeded ')
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** A call without the header that the contract demands of experimental operations; its body is not the usual one. */
export class ExperimentalHeaderMissing extends Error {}

/** The only place that turns an error into an answer, and the only place that logs one. */
export function renderErrors(server: FastifyInstance, log: Logger, webFolder: string | undefined): void {
  server.setErrorHandler((error: FastifyError, request, reply) => render(error, request, reply, log))
  server.setNotFoundHandler((request, reply) => {
    if (webFolder !== undefined && isClientRoute(request)) return sendPage(webFolder, reply)
    const path = request.url.split('?')[0]
    return sendError(reply, request, wire.not_found, `There is no operation ${request.method} ${path}.`)
  })
}

function render(error: FastifyError, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  if (error instanceof ExperimentalHeaderMissing) return reply.code(400).send({ error: 'Experimental Header is missing or invalid.' })
  if (error instanceof TooManyCalls) {
    return reply.code(429).header('Retry-After', String(error.retryAfterSeconds)).send({ message: error.message })
  }
  if (error instanceof DomainError) {
    if (error.code === 'unauthenticated') return reply.code(401).send({ error: error.message })
    if (error.code === 'too_many') return reply.code(429).send({ message: error.message })
    return sendError(reply, request, wire[error.code], error.message)
  }
  if (error instanceof FilterError) return sendError(reply, request, wire.invalid, error.message)
  const ours = refusedByServer(error)
  if (ours) return sendError(reply, request, ours, ours.text)
  log.error({ err: error, trackingId: request.id }, 'a call failed')
  if (isDatabaseAway(error)) {
    const text = 'The database cannot be reached; try again.'
    return sendError(reply.header('Retry-After', '2'), request, { status: 503, detailCode: '503 Service Unavailable' }, text)
  }
  if (error.code === DISK_FULL) {
    const text = 'The database has no room left on its disk; nothing was stored. Try again when there is.'
    return sendError(reply.header('Retry-After', '30'), request, { status: 503, detailCode: '503 Service Unavailable' }, text)
  }
  if (BUSY_CODES.has(error.code)) {
    const text = 'The database is too busy to answer in time; try again.'
    return sendError(reply.header('Retry-After', '2'), request, { status: 503, detailCode: '503 Service Unavailable' }, text)
  }
  return sendError(reply, request, { status: 500, detailCode: '500.0 Internal Fault' }, 'An internal fault occurred.')
}

/** What the HTTP server itself refuses before any of our code runs. */
function refusedByServer(error: FastifyError): { status: number; detailCode: string; text: string } | undefined {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' || error.statusCode === 413) {
    return { status: 413, detailCode: '413 Payload too large', text: 'The body is larger than this server takes.' }
  }
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || error.statusCode === 415) {
    return { status: 415, detailCode: '415 Unsupported media type', text: 'Send the body as application/json.' }
  }
  if (error.statusCode === 400) return { ...wire.malformed, text: 'The body could not be read: it is not valid JSON.' }
  return undefined
}

const CONNECTION_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', '57P01', '57P02', '57P03', '08006', '08001', '53300'])

const DISK_FULL = '53100'

/** A statement or a lock took longer than it may (55P03, 57014): the database is busy, and trying again may help. */
const BUSY_CODES = new Set(['55P03', '57014'])

function isDatabaseAway(error: FastifyError): boolean {
  return (
    CONNECTION_CODES.has(error.code) || /timeout exceeded when trying to connect|Connection terminated|not queryable/.test(error.message)
  )
}

/** A path that cannot be decoded or holds an impossibly long id: no operation has it. */
export function renderUnroutable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const tooLong = error.code === 'FST_ERR_MAX_PARAM_LENGTH'
  const text = tooLong ? 'There is no such thing.' : 'The path could not be read: it is not valid percent-encoding.'
  reply.header('SLPT-Request-ID', request.id)
  sendError(reply, request, tooLong ? wire.not_found : wire.malformed, text)
}

/** What Node refuses before there is a request (headers too large, no HTTP at all): answered on the bare connection. */
export function refuseUnreadable(ids: Ids): (error: ConnectionError, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const trackingId = ids.next()
    const [status, detailCode, text] =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? ['431 Request Header Fields Too Large', '431 Headers too large', 'The headers are larger than this server takes.']
        : ['400 Bad Request', wire.malformed.detailCode, 'This is not a request that could be read.']
    const body = JSON.stringify(errorBody(detailCode, trackingId, text))
    const head = [
      `HTTP/1.1 ${status}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `SLPT-Request-ID: ${trackingId}`,
      'Connection: close',
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  }
}

function sendError(reply: FastifyReply, request: FastifyRequest, kind: { status: number; detailCode: string }, text: string): FastifyReply {
  const german = wantsGerman(request.headers['accept-language']) ? inGerman(text) : undefined
  return reply.code(kind.status).send(errorBody(kind.detailCode, request.id, text, german))
}

/** The first message is always the English one; the second is in the language of the call, as far as we speak it. */
function errorBody(detailCode: string, trackingId: string, text: string, german?: string): object {
  return {
    detailCode,
    trackingId,
    messages: [
      { locale: 'en-US', localeOrigin: 'DEFAULT', text },
      german === undefined ? { locale: 'und', localeOrigin: 'REQUEST', text } : { locale: 'de-DE', localeOrigin: 'REQUEST', text: german },
    ],
    causes: [],
  }
}
