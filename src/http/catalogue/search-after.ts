import type { FilterFields } from '../../api/filter.ts'
import { DomainError } from '../../domain/errors.ts'
import type { FilterNode, FilterValue, Sorter } from '../../domain/filter.ts'
import type { PageQuery } from '../../store/lists/page.ts'
import { type Call, queryText } from '../call.ts'

/** Takes a list call; returns its query, begun behind the row whose sorted values `searchAfter` gives. Refuses values that fit no sorters. */
export function afterRowSeen(call: Call, query: PageQuery, fields: FilterFields): PageQuery {
  const text = queryText(call, 'searchAfter')
  if (text === undefined) return query
  const values = text.split(',')
  if (query.sorters.length === 0 || values.length !== query.sorters.length) {
    throw new DomainError('invalid', 'must give one value for each of the sorters.', 'searchAfter')
  }
  const seen = query.sorters.map((sorter, at) => ({ ...sorter, value: readValue(sorter, values[at] as string, fields) }))
  // Behind (a, b): a greater, or the same a and b greater.
  const parts = seen.map(
    (last, at): FilterNode => ({ node: 'and', parts: [...seen.slice(0, at).map((one) => compare(one, 'eq')), behind(last)] }),
  )
  const behindIt: FilterNode = { node: 'or', parts }
  return { ...query, filter: query.filter ? { node: 'and', parts: [query.filter, behindIt] } : behindIt }
}

type Seen = Sorter & { value: FilterValue }

function behind(seen: Seen): FilterNode {
  return compare(seen, seen.descending ? 'lt' : 'gt')
}

function compare({ field, value }: Seen, operator: 'eq' | 'lt' | 'gt'): FilterNode {
  return { node: 'compare', field, operator, value }
}

function readValue({ field }: Sorter, text: string, fields: FilterFields): FilterValue {
  const type = fields[field]?.type
  if (type === 'boolean') return text === 'true'
  if (type !== 'date') return text
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw new DomainError('invalid', `has no date for ${field}.`, 'searchAfter')
  return date
}
