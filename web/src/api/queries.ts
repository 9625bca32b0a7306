import {
  keepPreviousData,
  QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { CallError, call, callPage, type Page } from './call.ts'
import { operationsOf, type Topic } from './topics.ts'
import type { Answer, Input, ListId, OperationId, RowOf } from './types.ts'

const mostRetries = 2

/** A refusal does not change by asking again; a lost connection or a busy server may. */
function mayRetry(failures: number, error: Error): boolean {
  const worthIt = error instanceof CallError && (error.status === 0 || error.status === 429 || error.status >= 500)
  return worthIt && failures < mostRetries
}

/** The answers that are known, which pages share. What changes elsewhere is told by live events, so answers do not age quickly. */
export const answers = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 60_000, gcTime: 300_000, retry: mayRetry, refetchOnWindowFocus: true },
    // Without a connection a decision must fail now, not be sent when nobody thinks of it any more.
    mutations: { retry: false, networkMode: 'always' },
  },
})

interface Asking {
  /** False: do not ask yet. */
  enabled?: boolean
  /** Show the answer to the last question until the next is there. */
  keep?: boolean
}

/** Asks once and shares the answer with every page that asks the same. */
export function useCall<Id extends OperationId>(id: Id, input: Input<Id>, asking: Asking = {}): UseQueryResult<Answer<Id>> {
  return useQuery({
    queryKey: [id, input],
    queryFn: ({ signal }) => call(id, input, signal),
    enabled: asking.enabled ?? true,
    ...(asking.keep ? { placeholderData: keepPreviousData } : {}),
  })
}

/** The same for one page of a list, with the total where `count` is asked for. */
export function usePage<Id extends ListId>(id: Id, input: Input<Id>, asking: Asking = {}): UseQueryResult<Page<RowOf<Id>>> {
  return useQuery({
    queryKey: [id, input, 'page'],
    queryFn: ({ signal }) => callPage(id, input, signal),
    enabled: asking.enabled ?? true,
    ...(asking.keep ? { placeholderData: keepPreviousData } : {}),
  })
}

/** Does something; what it changes is asked anew. Errors are the caller's to show, and what they are about stays on the screen meanwhile. */
export function useSend<Id extends OperationId>(id: Id, ...changes: Topic[]): UseMutationResult<Answer<Id>, Error, Input<Id>> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: Input<Id>) => call(id, input),
    onSuccess: () => forget(client, changes),
  })
}

/** Asks again whatever is on the screen and belongs to one of the topics; the rest is asked again when it is shown next. */
export async function forget(client: QueryClient, topics: readonly Topic[]): Promise<void> {
  const ids = new Set<unknown>(topics.flatMap(operationsOf))
  await client.invalidateQueries({ predicate: ({ queryKey }) => ids.has(queryKey[0]) })
}
