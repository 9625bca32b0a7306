import type { FastifyRequest } from 'fastify'
import type { Operation } from '../api/operation.ts'
import { type Actor, ALL_SCOPES, hasScope } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { noteSessionUse } from '../operations/note-session-use.ts'
import { findOauthClient } from '../store/oauth-clients.ts'
import { findWebSession } from '../store/web-sessions.ts'
import type { App } from './app.ts'
import { isFromOurPages } from './same-origin.ts'
import { sessionSecret } from './session-cookie.ts'

/** Whoever calls without credentials an operation that asks for none. */
const nobody: Actor = { clientId: 'nobody', identityId: null, name: 'nobody', isAdmin: false, scopes: [] }

/**
 * Who is calling, proved by a bearer token we signed or by the cookie of a browser session, and looked up as they are now: a client that was
 * deleted, a person who left or lost their rights has lost them with the next call, not with the next token. Refuses with `unauthenticated`,
 * and with `forbidden` a cookie that a page of somebody else made the browser send.
 */
export async function authenticate(app: App, request: FastifyRequest, operation: Operation): Promise<Actor> {
  if (request.headers.authorization !== undefined) return byToken(app, request.headers.authorization)
  const secret = sessionSecret(app.settings, request.headers)
  const open = operation.levels.includes('ANYBODY')
  const refusal = secret === undefined ? 'JWT is required' : 'The session has ended; sign in again.'
  const actor = secret === undefined ? undefined : await bySession(app, request, secret, open)
  if (actor) return actor
  if (open) return nobody
  throw new DomainError('unauthenticated', refusal)
}

async function bySession(app: App, request: FastifyRequest, secret: string, open: boolean): Promise<Actor | undefined> {
  if (!isFromOurPages(request, app.settings)) {
    // Coming back from where one signs in is a call from elsewhere; it is nobody's.
    if (open && request.method === 'GET') return undefined
    throw new DomainError('forbidden', 'A browser session speaks only for pages of this server; scripts use a token.')
  }
  const session = await findWebSession(app.db.sql, app.clientSecrets.hash(secret), app.settings.session)
  if (!session?.person.active) return undefined
  if (session.useIsOld) await noteSessionUse(app, session.id)
  const { id, name, isAdmin } = session.person
  return { clientId: session.id, identityId: id, name, isAdmin, scopes: [ALL_SCOPES], sessionId: session.id }
}

async function byToken(app: App, header: string): Promise<Actor> {
  const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1]
  if (!token) throw new DomainError('unauthenticated', 'JWT is required')
  const claims = await app.tokens.verify(token)
  if (typeof claims === 'string') throw new DomainError('unauthenticated', claims)
  const client = await findOauthClient(app.db.sql, claims.clientId)
  if (!client || client.expired) throw new DomainError('unauthenticated', 'JWT validation failed: the client is gone')
  if (client.person && !client.person.active) throw new DomainError('unauthenticated', 'JWT validation failed: the identity is not active')
  return {
    clientId: client.id,
    identityId: client.person?.id ?? null,
    name: client.person?.name ?? client.name,
    isAdmin: client.person?.isAdmin ?? false,
    scopes: inBoth(claims.scopes, client.scopes),
  }
}

/** A token keeps no scope that its client has lost since, and gains none that its client was given since. */
function inBoth(ofToken: string[], ofClient: string[]): string[] {
  if (ofClient.includes(ALL_SCOPES)) return ofToken
  return ofToken.includes(ALL_SCOPES) ? ofClient : ofToken.filter((scope) => ofClient.includes(scope))
}

/** Checks the row of the operation table: one of its scopes and one of its levels. Refuses with `forbidden`. */
export function authorize(actor: Actor, operation: Operation): void {
  const levels = operation.levels
  if (levels.includes('ANYBODY')) return
  const level =
    levels.includes('APPLICATION') ||
    (actor.identityId !== null && levels.includes('USER')) ||
    (actor.identityId !== null && actor.isAdmin && levels.includes('ORG_ADMIN'))
  if (!level) {
    const needed = actor.identityId === null ? 'a token of a person' : 'an org admin'
    throw new DomainError('forbidden', `This operation needs ${needed}.`)
  }
  if (operation.scopes.length > 0 && !hasScope(actor, operation.scopes)) {
    throw new DomainError('forbidden', `This operation needs the scope ${operation.scopes.join(' or ')}.`)
  }
}
