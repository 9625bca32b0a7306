import { type QueryClient, queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { call } from './call.ts'
import type { Answer } from './types.ts'

export type Session = Answer<'getSession'>
export type Me = NonNullable<Session['person']>

export const sessionKey = ['getSession'] as const

/** Who is signed in, and where; asked again now and then, and whenever somebody comes back to the page. */
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: ({ signal }) => call('getSession', {}, signal),
  refetchInterval: 300_000,
})

export function useSession(): UseQueryResult<Session> {
  return useQuery(sessionQuery)
}

/** Who is signed in. Only for what is shown to people who are. */
export function useMe(): Me {
  const { data } = useSession()
  if (!data?.person) throw new Error('nobody is signed in')
  return data.person
}

/** Drops every answer that whoever was here before has seen. The session itself stays, because what is on the screen goes on looking at it. */
export function dropAnswers(client: QueryClient): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] })
}
