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

const dayMs = 86_400_000

/** The same as the list operation asks for it. */
export function queryOf(filters: RequestFilters, isOpenOnly: boolean): Input<'listAdministratorsAccessRequestStatus'> {
  const { state, from, until } = filters
  const firstDay = startOf(from)
  const lastDay = startOf(until)
  return {
    query: {
      ...(filters.for ? { 'requested-for': filters.for } : {}),
      ...(filters.by ? { 'requested-by': filters.by } : {}),
      ...(filters.waits ? { 'assigned-to': filters.waits } : {}),
      ...(isOpenOnly ? { 'request-state': 'EXECUTING' } : {}),
      filters: allOf(
        isRequestState(state) && `status eq "${state}"`,
        firstDay !== undefined && `created ge ${new Date(firstDay).toISOString()}`,
        lastDay !== undefined && `created lt ${new Date(lastDay + dayMs).toISOString()}`,
      ),
      sorters: filters.sort ?? '-created',
    },
  }
}

/** The moment a day (2026-12-31) begins here; undefined for no day. */
function startOf(day: string | undefined): number | undefined {
  const at = /^\d{4}-\d\d-\d\d$/.test(day ?? '') ? Date.parse(`${day}T00:00`) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}
