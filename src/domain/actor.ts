import { DomainError } from './errors.ts'

/** Who is calling: a person through one of their clients, or a client that speaks for no person. */
export interface Actor {
  clientId: string
  /** Null for a client without a person. */
  identityId: string | null
  name: string
  isAdmin: boolean
  scopes: string[]
  /** The browser session they came with; absent for a token. */
  sessionId?: string
}

export const ALL_SCOPES = 'sp:scopes:all'

/** True when the token carries one of the scopes, or all of them. */
export function hasScope(actor: Actor, anyOf: readonly string[]): boolean {
  return actor.scopes.includes(ALL_SCOPES) || anyOf.some((scope) => actor.scopes.includes(scope))
}

/** The person behind the token. Refuses a client without one (R2). */
export function personOf(actor: Actor): string {
  if (actor.identityId === null) throw new DomainError('forbidden', 'This call needs a token of a person, not of a client alone.')
  return actor.identityId
}

/** Whose data a call may show: `me`, the caller's own id, or anybody's for an org admin; undefined means everybody's. */
export function visibleOwner(actor: Actor, asked: string | undefined, field: string): string | undefined {
  const wanted = asked === 'me' ? personOf(actor) : asked
  if (actor.isAdmin) return wanted
  if (wanted === undefined || wanted === personOf(actor)) return personOf(actor)
  throw new DomainError('forbidden', 'You may only see your own; use "me".', field)
}
