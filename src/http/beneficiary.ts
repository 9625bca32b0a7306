import { personOf } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { findPerson } from '../store/people.ts'
import { loadTenantConfig } from '../store/settings.ts'
import type { Call } from './call.ts'

/** The person access would be for: the caller (`me`), or somebody they may ask for as configured. Refuses others, naming the field. */
export async function loadBeneficiary(call: Call, asked: string, field: string): Promise<string> {
  const { actor, app } = call
  const id = asked === 'me' ? personOf(actor) : asked
  if (id === actor.identityId) return id
  const person = await findPerson(app.db.sql, id)
  if (!actor.isAdmin) {
    const config = await loadTenantConfig(app.db.sql)
    const isManager = config.managerForReports && person?.managerId === actor.identityId
    if (!config.anyoneForAnyone && !isManager) throw new DomainError('forbidden', 'You may not request access for this identity.', field)
  }
  if (!person) throw new DomainError('unknown_reference', `there is no identity ${id}.`, field)
  return id
}
