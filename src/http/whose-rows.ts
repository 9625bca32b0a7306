import { type Actor, personOf, visibleOwner } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { type Call, queryText } from './call.ts'

/** Whose requests a list tells of. */
export interface WhoseRows {
  recipientId?: string | undefined
  requesterId?: string | undefined
  /** Requester or recipient. */
  regardingId?: string | undefined
}

/** The three ways to name people; the third excludes the other two. */
export function askedRows(call: Call): WhoseRows {
  const recipientId = personAsked(call, 'requested-for')
  const requesterId = personAsked(call, 'requested-by')
  const regardingId = personAsked(call, 'regarding-identity')
  if (regardingId !== undefined && (recipientId !== undefined || requesterId !== undefined)) {
    throw new DomainError('invalid', 'cannot stand beside requested-for or requested-by.', 'regarding-identity')
  }
  return { recipientId, requesterId, regardingId }
}

/** An identity in the query; `me` is the caller. */
export function personAsked(call: Call, name: string): string | undefined {
  const value = queryText(call, name)
  return value === 'me' ? personOf(call.actor) : value
}

/** Narrows to what the caller asked for or what is for them, unless one of the people named is the caller already. Refuses others. */
export function narrowedToOwn<Rows extends WhoseRows>(actor: Actor, rows: Rows): Rows {
  const me = personOf(actor)
  if (rows.recipientId === me || rows.requesterId === me) return rows
  const named: [string, string | undefined][] = [
    ['requested-for', rows.recipientId],
    ['requested-by', rows.requesterId],
    ['regarding-identity', rows.regardingId],
  ]
  for (const [field, id] of named) if (id !== undefined) visibleOwner(actor, id, field)
  return { ...rows, regardingId: me }
}
