import type { QueryClient } from '@tanstack/react-query'
import { CallError, call, type Page } from './call.ts'
import { forget } from './queries.ts'
import type { Answer, RowOf } from './types.ts'

export type PendingApproval = RowOf<'listPendingApprovals'>
export type DecidedApproval = RowOf<'listCompletedApprovals'>
export type Explanation = Answer<'explainApproval'>

/** How it went with one of many. */
export interface Outcome {
  approval: PendingApproval
  error?: unknown
}

const together = 4

/** Takes decided approvals out of every list that is shown, before the server is asked again. */
export function dropDecided(client: QueryClient, ids: ReadonlySet<string>): void {
  client.setQueriesData<Page<PendingApproval>>(
    { queryKey: ['listPendingApprovals'], predicate: isPage },
    (page) =>
      page && {
        rows: page.rows.filter(({ id }) => !ids.has(id)),
        total: page.total === undefined ? undefined : page.total - page.rows.filter(({ id }) => ids.has(id)).length,
      },
  )
}

function isPage({ state }: { state: { data: unknown } }): boolean {
  return typeof state.data === 'object' && state.data !== null && 'rows' in state.data
}

/**
 * Agrees to many approvals, a few at a time, and tells how it went with each. The contract's own bulk operation is only for administrators
 * and tells nothing of the single ones.
 */
export async function approveMany(
  client: QueryClient,
  approvals: readonly PendingApproval[],
  comment: string,
  onProgress: (done: number) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const waiting = [...approvals]
  const work = async () => {
    for (let approval = waiting.shift(); approval !== undefined; approval = waiting.shift()) {
      outcomes.push(await approveOne(approval, comment))
      onProgress(outcomes.length)
    }
  }
  await Promise.all(Array.from({ length: together }, work))
  dropDecided(client, new Set(outcomes.filter(({ error }) => error === undefined).map(({ approval }) => approval.id)))
  void forget(client, ['approvals', 'requests'])
  return outcomes
}

async function approveOne(approval: PendingApproval, comment: string): Promise<Outcome> {
  try {
    await call('approveAccessRequest', { params: { approvalId: approval.id }, body: comment === '' ? {} : { comment } })
    return { approval }
  } catch (error) {
    return { approval, error: error instanceof CallError ? error : new CallError(0, '', '') }
  }
}
