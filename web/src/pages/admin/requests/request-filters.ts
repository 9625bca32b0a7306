import { allOf } from '../../../api/filter.ts'
import type { Input } from '../../../api/types.ts'

export const requestStates = [
  'EXECUTING',
  'REQUEST_COMPLETED',
  'PROVISIONING_VERIFICATION_PENDING',
  'REJECTED',
  'CANCELLED',
  'PROVISIONING_FAILED',
  'NOT_ALL_ITEMS_PROVISIONED',
  'TERMINATED',
  'ERROR',
] as const
export type StateFilter = (typeof requestStates)[number] | ''

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
  const until1 = startOf(until)
  return {
    query: {
      ...(filters.for ? { 'requested-for': filters.for } : {}),
      ...(filters.by ? { 'requested-by': filters.by } : {}),
      ...(filters.waits ? { 'assigned-to': filters.waits } : {}),
      ...(isOpenOnly ? { 'request-state': 'EXECUTING' } : {}),
      filters: allOf(
        requestStates.some((one) => one === state) && `status eq "${state}"`,
        startOf(from) !== undefined && `created ge ${new Date(startOf(from) ?? 0).toISOString()}`,
        until1 !== undefined && `created lt ${new Date(until1 + dayMs).toISOString()}`,
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
