import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { noteClientUse } from '../operations/note-client-use.ts'
import { findOauthClient, type OauthClient } from '../store/oauth-clients.ts'
import type { App } from './app.ts'

/** POST /oauth/token in the five encodings that clients use, and GET /oauth/info. */
export function oauthRoutes(server: FastifyInstance, app: App): void {
  server.post('/oauth/token', async (request, reply) => giveToken(app, request, reply))
  server.get('/oauth/info', async (request) => {
    const origin = app.settings.publicUrl || `${request.protocol}://${request.host}`
    return {
      tenantId: app.settings.tenantId,
      tenantName: app.settings.tenantName,
      authorizeEndpoint: `${origin}/oauth/authorize`,
      tokenEndpoint: `${origin}/oauth/token`,
      cloudDomainUrl: origin,
      logoutUrl: `${origin}/logout`,
      pod: 'countersign',
    }
  })
}

interface Grant {
  grantType: string | undefined
  clientId: string | undefined
  secret: string | undefined
}

async function giveToken(app: App, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const asked = readGrant(request)
  if (asked.grantType !== 'client_credentials') {
    const description = asked.grantType
      ? `The grant ${asked.grantType.slice(0, 50)} is not offered; use client_credentials.`
      : 'grant_type is required.'
    return reply.code(400).send({ error: asked.grantType ? 'unsupported_grant_type' : 'invalid_request', error_description: description })
  }
  const client = asked.clientId && !asked.clientId.includes('\0') ? await findOauthClient(app.db.sql, asked.clientId) : undefined
  if (!client || !mayHaveToken(app, client, asked.secret)) {
    return reply.code(401).send({ error: 'invalid_client', error_description: 'Bad client credentials' })
  }
  await noteClientUse(app, client.id)
  return reply.send(await tokenAnswer(app, client))
}

async function tokenAnswer(app: App, client: OauthClient) {
  const tokenId = app.ids.next()
  const authorities = client.person?.isAdmin ? ['ORG_ADMIN', 'sp:user'] : client.person ? ['sp:user'] : []
  const claims = {
    clientId: client.id,
    identityId: client.person?.id ?? null,
    userName: client.person?.alias ?? null,
    authorities,
    scopes: client.scopes,
    tokenId,
  }
  return {
    access_token: await app.tokens.issue(claims, client.tokenValiditySeconds),
    token_type: 'bearer',
    expires_in: client.tokenValiditySeconds - 1,
    scope: client.scopes.join(' '),
    accessType: 'OFFLINE',
    tenant_id: app.settings.tenantId,
    internal: false,
    pod: 'countersign',
    strong_auth_supported: true,
    org: app.settings.tenantName,
    user_id: client.person?.id ?? null,
    identity_id: client.person?.id ?? null,
    strong_auth: true,
    enabled: true,
    jti: tokenId,
  }
}

/** Body fields (form, multipart or JSON), else query fields, else HTTP Basic for the client. */
function readGrant(request: FastifyRequest): Grant {
  const fields = { ...record(request.query), ...record(request.body) }
  const basic = /^Basic\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const [user, ...rest] = basic ? Buffer.from(basic, 'base64').toString('utf8').split(':') : []
  return {
    grantType: text(fields['grant_type']),
    clientId: text(fields['client_id']) ?? (user === undefined ? undefined : decode(user)),
    secret: text(fields['client_secret']) ?? (basic ? decode(rest.join(':')) : undefined),
  }
}

/** Basic credentials are form-encoded before they are joined (RFC 6749 2.3.1); a stray percent sign is taken as it is. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    return value
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function mayHaveToken(app: App, client: OauthClient, secret: string | undefined): boolean {
  if (secret === undefined || !app.clientSecrets.matches(secret, client.secretHash)) return false
  return !client.expired && (client.person === null || client.person.active)
}
