import { CallError, callPage } from './call.ts'
import type { Input, ListId, RowOf } from './types.ts'

/** Whoever asks a whole list out of the server can be told to wait: by then a window of its limit has passed. */
const waitMs = 10_000
const mostWaits = 30

/** Every row of a list operation, page after page, for a file; `pageSize` is the most the operation gives at once. */
export async function allRows<Id extends ListId>(id: Id, input: Input<Id>, pageSize = 250): Promise<RowOf<Id>[]> {
  const rows: RowOf<Id>[] = []
  for (;;) {
    const paging = { limit: pageSize, offset: rows.length }
    const page = await patiently(() => callPage(id, { ...input, query: { ...input.query, ...paging } } as Input<Id>))
    rows.push(...page.rows)
    if (page.rows.length < pageSize) return rows
  }
}

async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let waits = 0; ; waits++) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof CallError) || error.status !== 429 || waits === mostWaits) throw error
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }
}
