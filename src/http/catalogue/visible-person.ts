import { personOf } from '../../domain/actor.ts'
import { DomainError } from '../../domain/errors.ts'
import type { Person } from '../../domain/routing.ts'
import { findPerson } from '../../store/people.ts'
import type { Call } from '../call.ts'

/** The person a call asks about: everybody may ask about themselves (`me`) and their direct reports, org admins about anybody. */
export async function loadVisiblePerson(call: Call, asked: string): Promise<Person> {
  const id = asked === 'me' ? personOf(call.actor) : asked
  const person = await findPerson(call.app.db.sql, id)
  const isOwn = person !== undefined && (person.id === call.actor.identityId || person.managerId === call.actor.identityId)
  if (!call.actor.isAdmin && !isOwn) throw new DomainError('forbidden', 'You may only ask about yourself and your direct reports.')
  if (!person) throw new DomainError('not_found', `There is no identity ${id}.`)
  return person
}
