import { parseFilter, parseSorters } from '../api/filter.ts'
import type { Operation } from '../api/operation.ts'
import type { PageQuery } from '../store/lists/page.ts'

/** Reads paging, filters and sorters of a list call as its row of the table allows them. Refuses (FilterError) what it does not. */
export function pageQuery(operation: Operation, query: Record<string, unknown>): PageQuery {
  const filters = text(query['filters'])
  const sorters = text(query['sorters'])
  return {
    filter: filters ? parseFilter(filters, operation.filters ?? {}) : undefined,
    sorters: sorters ? parseSorters(sorters, operation.sorters ?? []) : [],
    limit: Number(query['limit'] ?? 250),
    offset: Number(query['offset'] ?? 0),
    count: query['count'] === true,
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}
