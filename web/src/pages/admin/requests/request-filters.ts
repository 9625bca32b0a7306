import { allOf } from '../../../api/filter.ts'
import { isRequestState, type RequestState } from '../../../api/requests.ts'
import type { Input } from '../../../api/types.ts'

export type StateFilter = RequestState | ''

/** What the address says about which requests are shown. Days are those of the reader's zone. */
export interface RequestFilters {
  state?: string
  for?: string
  by?: string
  waits?: string
  from?: string
  until?: string
  sort?: string
}

export const filterNames = ['state', 'for', 'by', 'waits', 'from', 'until'] as const

/** The same as the list operation asks for it. */
export function queryOf(filters: RequestFilters, isOpenOnly: boolean): Input<'listAdministratorsAccessRequestStatus'> {
  const { state, from, until } = filters
  const firstDay = startOf(from)
  const dayAfter = startOf(until, 1)
  return {
    query: {
      ...(filters.for ? { 'requested-for': filters.for } : {}),
      ...(filters.by ? { 'requested-by': filters.by } : {}),
      ...(filters.waits ? { 'assigned-to': filters.waits } : {}),
      ...(isOpenOnly ? { 'request-state': 'EXECUTING' } : {}),
      filters: allOf(
        isRequestState(state) && `status eq "${state}"`,
        firstDay && `created ge ${firstDay.toISOString()}`,
        dayAfter && `created lt ${dayAfter.toISOString()}`,
      ),
      sorters: filters.sort ?? '-created',
    },
  }
}

/** The moment a day (2026-12-31), or one so many days later, begins here; undefined for no day. Some days have 23 or 25 hours. */
function startOf(day: string | undefined, daysLater = 0): Date | undefined {
  const at = /^\d{4}-\d\d-\d\d$/.test(day ?? '') ? new Date(`${day}T00:00`) : undefined
  if (!at || Number.isNaN(at.getTime())) return undefined
  at.setDate(at.getDate() + daysLater)
  return at
}
