import type { QueryClient } from '@tanstack/react-query'
import type { Page } from './call.ts'
import type { Answer, RowOf } from './types.ts'

export type PendingApproval = RowOf<'listPendingApprovals'>
export type DecidedApproval = RowOf<'listCompletedApprovals'>
export type Explanation = Answer<'explainApproval'>

/** Takes decided approvals out of every list that is shown, before the server is asked again. */
export function dropDecided(client: QueryClient, ids: ReadonlySet<string>): void {
  client.setQueriesData<Page<PendingApproval>>(
    { queryKey: ['listPendingApprovals'], predicate: isPage },
    (page) =>
      page && {
        rows: page.rows.filter(({ id }) => !ids.has(id)),
        // The rows of one list come in several answers, and one of them has the total.
        total: page.total === undefined ? undefined : Math.max(0, page.total - ids.size),
      },
  )
}

function isPage({ state }: { state: { data: unknown } }): boolean {
  return typeof state.data === 'object' && state.data !== null && 'rows' in state.data
}
