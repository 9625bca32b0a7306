import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { allRows } from './all-rows.ts'
import type { Basket } from './basket.ts'
import { quoted } from './filter.ts'
import type { ItemType } from './items.ts'
import type { Answer, RowOf } from './types.ts'

/** One item that was asked for one person, and the request it is in. */
export interface SentLine {
  requestId: string
  /** It was in a request before. */
  isExisting: boolean
  recipient: { id: string; name: string }
  item: { id: string; type: ItemType; name: string }
}

/** Where one item of a request stands. */
export type Standing = RowOf<'listAccessRequestStatus'>

/** What was sent, line by line, as the answer tells it; the names are those of the basket. */
export function sentLines({ newRequests, existingRequests }: Answer<'createAccessRequest'>, { lines, recipients }: Basket): SentLine[] {
  const nameIn = (all: readonly { id: string; name: string }[], id: string) => all.find((one) => one.id === id)?.name ?? id
  const linesOf = (requests: typeof newRequests, isExisting: boolean) =>
    requests.flatMap(({ accessRequestIds: [requestId = ''], requestedFor, requestedItemsDetails }) =>
      requestedItemsDetails.map(({ id, type }) => ({
        ...{ requestId, isExisting },
        recipient: { id: requestedFor, name: nameIn(recipients, requestedFor) },
        item: { id, type, name: nameIn(lines, id) },
      })),
    )
  return [...linesOf(newRequests, false), ...linesOf(existingRequests, true)]
}

/** So many ids fit into the address of one call. */
const mostIds = 50

/** Where everything in some requests stands, as far as one may see it. */
export function useStandings(requestIds: readonly string[]): UseQueryResult<Standing[]> {
  const groups = Array.from({ length: Math.ceil(requestIds.length / mostIds) }, (_, at) =>
    requestIds.slice(at * mostIds, (at + 1) * mostIds),
  )
  return useQuery({
    queryKey: ['listAccessRequestStatus', requestIds, 'all'],
    queryFn: async () => {
      const filters = groups.map((ids) => `accessRequestId in (${ids.map(quoted).join(', ')})`)
      const rows = await Promise.all(filters.map((one) => allRows('listAccessRequestStatus', { query: { filters: one } })))
      return rows.flat()
    },
    enabled: requestIds.length > 0,
  })
}
