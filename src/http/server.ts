import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Dialect } from '../api/dialect.ts'
import { inDialect, type Operation, urlOf } from '../api/operation.ts'
import { type OperationId, operations } from '../api/operations.ts'
import type { App } from './app.ts'
import { authenticate, authorize } from './authenticate.ts'
import type { Answer, Call, Handler } from './call.ts'
import { csvAnswer, wantsCsv } from './csv.ts'
import { docsRoutes } from './docs.ts'
import { ExperimentalHeaderMissing, refuseUnreadable, renderErrors, renderUnroutable, TooManyCalls } from './errors.ts'
import { handlers } from './handlers.ts'
import { healthRoutes } from './health.ts'
import { Live } from './live.ts'
import { metricsRoutes } from './metrics.ts'
import { oauthRoutes } from './oauth.ts'
import { rateLimiter } from './rate-limit.ts'
import { isHttps } from './session-cookie.ts'
import { bodyCheck, queryCheck } from './validate.ts'
import { webClientRoutes } from './web-client.ts'

/** The whole server: every row of the table in every dialect it speaks, the token calls, health and metrics. */
export async function buildServer(app: App): Promise<FastifyInstance> {
  const server = buildBareServer(app, app.settings.webFolder)
  await webClientRoutes(server, app)
  await server.register(async (forms) => {
    // Only the token endpoint takes forms.
    await forms.register(formbody)
    await forms.register(multipart, {
      limits: { fields: 20, fieldSize: 10_000, files: 0, parts: 20 },
      attachFieldsToBody: 'keyValues',
    })
    oauthRoutes(forms, app)
  })
  docsRoutes(server)
  const overRate = rateLimiter(app)
  const live = new Live(app)
  server.addHook('preClose', () => live.close())
  for (const id of Object.keys(operations) as OperationId[]) {
    const operation: Operation = operations[id]
    if (!operation.sandboxOnly || app.settings.sandbox) mount(server, app, operation, handlers[id], overRate, live)
  }
  return server
}

/** What a worker node serves: health and metrics, no operation. */
export function buildWorkerServer(app: App): FastifyInstance {
  return buildBareServer(app, undefined)
}

function buildBareServer(app: App, webFolder: string | undefined): FastifyInstance {
  const server = Fastify({
    logger: false,
    genReqId: () => app.ids.next(),
    bodyLimit: app.settings.bodyLimitBytes,
    requestTimeout: app.settings.requestTimeoutMs,
    connectionTimeout: app.settings.requestTimeoutMs,
    forceCloseConnections: 'idle',
    // A base URL that ends in a slash gives //v3/…; both spellings reach the same row.
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 512 },
    frameworkErrors: (error, request, reply) => renderUnroutable(error, request, reply),
    clientErrorHandler: refuseUnreadable(app.ids),
  })
  renderErrors(server, app.log, webFolder)
  everyAnswer(server, isHttps(app.settings))
  jsonBodies(server)
  healthRoutes(server, app)
  metricsRoutes(server, app)
  return server
}

/** Headers that every answer carries. */
function everyAnswer(server: FastifyInstance, https: boolean): void {
  server.addHook('onSend', async (request, reply, payload) => {
    reply.header('SLPT-Request-ID', request.id)
    reply.header('X-Content-Type-Options', 'nosniff')
    reply.header('X-Frame-Options', 'DENY')
    reply.header('X-Robots-Tag', 'noindex')
    // A missing asset is not missing for a year.
    if (!reply.hasHeader('Cache-Control') || reply.statusCode >= 400) reply.header('Cache-Control', 'no-store')
    if (!reply.hasHeader('Referrer-Policy')) reply.header('Referrer-Policy', 'no-referrer')
    if (https) reply.header('Strict-Transport-Security', 'max-age=31536000')
    if (!reply.hasHeader('Content-Security-Policy')) reply.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
    return payload
  })
}

/** JSON under both names the contract uses; an empty body is no body, whatever its content type says. */
function jsonBodies(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error')
  server.removeContentTypeParser('application/json')
  server.addContentTypeParser(['application/json', 'application/json-patch+json'], { parseAs: 'string' }, (request, text, done) => {
    if (text === '') return done(null, undefined)
    return parse(request, text as string, done)
  })
}

function mount(
  server: FastifyInstance,
  app: App,
  operation: Operation,
  handler: Handler,
  overRate: (clientId: string, dialect: Dialect) => number,
  live: Live,
): void {
  for (const dialect of operation.dialects) {
    const checkQuery = queryCheck(operation.query ?? {})
    const checkBody = operation.body ? bodyCheck(inDialect(operation.body, dialect)) : undefined
    server.route({
      method: operation.method,
      url: urlOf(operation, dialect),
      // The body is read only after the caller was let in.
      onRequest: async (request) => {
        const actor = await authenticate(app, request, operation)
        authorize(actor, operation)
        // Who is nobody has no bucket: behind a proxy all of them would share one.
        const waitSeconds = operation.levels.includes('ANYBODY') ? 0 : overRate(actor.clientId, dialect)
        if (waitSeconds > 0) throw new TooManyCalls(waitSeconds)
        demandExperimental(app, operation, dialect, request)
        callers.set(request, actor)
      },
      handler: async (request, reply) => {
        const actor = callers.get(request) as Awaited<ReturnType<typeof authenticate>>
        const query = checkQuery(request.query) as Record<string, unknown>
        const body = checkBody ? checkBody(bodyOf(request, operation)) : undefined
        const params = request.params as Record<string, string>
        const call: Call = { app, actor, dialect, operation, params, query, body, headers: request.headers, trackingId: request.id, live }
        const answer = wantsCsv(operation, query, request.headers) ? await csvAnswer(handler, call) : await handler(call)
        return send(reply, operation, dialect, answer)
      },
    })
  }
}

/** Who made the request now being handled; forgotten with it. */
const callers = new WeakMap<FastifyRequest, Awaited<ReturnType<typeof authenticate>>>()

function demandExperimental(app: App, operation: Operation, dialect: Dialect, request: FastifyRequest): void {
  // compat: experimental-header-lenient. SDKs in use do not send the header everywhere the newest documents demand it.
  if (!app.settings.strictExperimental || !operation.experimental?.includes(dialect)) return
  if (request.headers['x-sailpoint-experimental'] !== 'true') throw new ExperimentalHeaderMissing()
}

function bodyOf(request: FastifyRequest, operation: Operation): unknown {
  return (request.body === undefined || request.body === null) && operation.bodyOptional ? {} : (request.body ?? undefined)
}

/** The moment as RFC 9745 writes it; `true`, as its drafts had it, where the contract gives no day. */
function deprecation(operation: Operation): string {
  return operation.deprecatedSince ? `@${Date.parse(operation.deprecatedSince) / 1000}` : 'true'
}

function send(reply: FastifyReply, operation: Operation, dialect: Dialect, answer: Answer): FastifyReply {
  if (answer.total !== undefined) reply.header('X-Total-Count', String(answer.total))
  if (operation.deprecated?.includes(dialect)) {
    reply.header('Deprecation', deprecation(operation))
    reply.header('Link', '</countersign/v1/docs>; rel="deprecation"')
  }
  for (const [name, value] of Object.entries(answer.headers ?? {})) reply.header(name, value)
  reply.code(answer.status ?? operation.status)
  if (answer.stream) return reply.header('Content-Type', answer.contentType ?? operation.produces ?? 'text/plain').send(answer.stream)
  if (answer.body === undefined) return reply.send()
  return reply.header('Content-Type', 'application/json;charset=UTF-8').send(JSON.stringify(answer.body))
}
