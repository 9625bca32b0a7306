import { DomainError } from '../../domain/errors.ts'
import type { PageQuery } from '../../store/lists/page.ts'
import { type Call, queryText } from '../call.ts'
import { never } from './wire-filters.ts'

/** There are no segments: everything is in none of them. Refuses what only makes sense beside the ids of segments. */
export function withinSegments(call: Call, query: PageQuery): PageQuery {
  const unsegmented = call.query['include-unsegmented'] !== false
  if (queryText(call, 'for-segment-ids') === undefined) {
    if (!unsegmented) throw new DomainError('invalid', 'can only be false beside for-segment-ids.', 'include-unsegmented')
    return query
  }
  return unsegmented ? query : { ...query, filter: query.filter ? { node: 'and', parts: [query.filter, never] } : never }
}

/** Nobody is a sub-admin here, and the contract has a list for somebody who is not one refused. */
export function refuseSubadmin(call: Call): void {
  if (queryText(call, 'for-subadmin') !== undefined) throw new DomainError('invalid', 'this identity is not a sub-admin.', 'for-subadmin')
}
