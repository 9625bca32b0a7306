/** What a list may be narrowed and ordered by, once the text of `filters` and `sorters` has been understood. */

export type FilterOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'sw' | 'co' | 'in' | 'ca' | 'pr' | 'isnull'

export type FilterValue = string | number | boolean | Date

/**
 * A condition is true or false, never unknown: a field without a value satisfies `ne` and `isnull` and no other comparison,
 * and `not` turns exactly the rest around. `sw` on a date carries the beginning of its ISO text in UTC, not a Date.
 */
export type FilterNode =
  | { node: 'and' | 'or'; parts: FilterNode[] }
  | { node: 'not'; part: FilterNode }
  | { node: 'compare'; field: string; operator: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'sw' | 'co'; value: FilterValue }
  | { node: 'list'; field: string; operator: 'in' | 'ca'; values: FilterValue[] }
  | { node: 'present'; field: string; present: boolean }

export interface Sorter {
  field: string
  descending: boolean
}
