import { call } from './call.ts'
import type { Input } from './types.ts'

export const indices = ['identities', 'accountactivities', 'events'] as const
export type Index = (typeof indices)[number]

/** A document of any index: which fields it has depends on the index, and on what was asked for. */
export type Found = { id: string } & Record<string, unknown>

/** The furthest that can be reached by counting. */
export const reachable = 10_000
const pageSize = 1_000

interface Wanted {
  index: Index
  query: string
  /** A field, with a minus before it when the order is turned round. */
  sort: string
  /** Which fields are shown: no others are asked for. */
  fields: readonly string[]
}

/** What is asked, as the operation takes it. Where the order does not tell documents apart, their ids do. */
export function searchInput({ index, query, sort, fields }: Wanted): Input<'searchPost'> {
  return {
    body: {
      indices: [index],
      query: { query: query.trim() === '' ? '*' : query },
      sort: sort === 'id' || sort === '-id' ? [sort] : [sort, 'id'],
      queryResultFilter: { includes: [...new Set(['id', ...fields])] },
    },
  }
}

/** Every document there is, also beyond what can be reached by counting: in the order of ids, which every document has. */
export async function allFound(input: Input<'searchPost'>): Promise<Found[]> {
  const found: Found[] = []
  for (;;) {
    const last = found.at(-1)
    const page = (await call('searchPost', {
      query: { limit: pageSize },
      body: { ...input.body, sort: ['id'], ...(last === undefined ? {} : { searchAfter: [last.id] }) },
    })) as Found[]
    found.push(...page)
    if (page.length < pageSize) return found
  }
}

/** What stands at a path of a document, as text: of lists what each has there. */
export function textAt(document: unknown, path: string): string {
  if (Array.isArray(document)) return [...new Set(document.map((one) => textAt(one, path)))].filter((text) => text !== '').join(', ')
  if (path === '')
    return document === null || document === undefined ? '' : typeof document === 'object' ? JSON.stringify(document) : String(document)
  if (typeof document !== 'object' || document === null) return ''
  const [field = '', ...rest] = path.split('.')
  return textAt((document as Record<string, unknown>)[field], rest.join('.'))
}
