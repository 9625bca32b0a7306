import type { FastifyRequest } from 'fastify'
import type { Operation } from '../api/operation.ts'
import { type Actor, ALL_SCOPES, hasScope } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { findOauthClient } from '../store/oauth-clients.ts'
import type { App } from './app.ts'

/**
 * Who is calling, proved by a bearer token we signed and looked up as they are now: a client that was deleted, a person who left or lost
 * their rights has lost them with the next call, not with the next token. Refuses with `unauthenticated`.
 */
export async function authenticate(app: App, request: FastifyRequest): Promise<Actor> {
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
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
