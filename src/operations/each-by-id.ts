import { DomainError, type ErrorCode } from '../domain/errors.ts'

/** What became of one of many: done, refused with a reason, or failed for no fault of the caller's. */
export type BulkResult =
  | { id: string; outcome: 'DONE' }
  | { id: string; outcome: 'REFUSED'; code: ErrorCode; reason: string }
  | { id: string; outcome: 'FAILED'; error: unknown }

/**
 * Does something for each id once, one after the other, and tells what became of each. What is refused or fails undoes none of the others and
 * holds none of them up.
 */
export async function eachById(idsToDo: string[], doOne: (id: string) => Promise<void>): Promise<BulkResult[]> {
  const results: BulkResult[] = []
  for (const id of new Set(idsToDo)) results.push(await tried(id, doOne))
  return results
}

async function tried(id: string, doOne: (id: string) => Promise<void>): Promise<BulkResult> {
  try {
    await doOne(id)
    return { id, outcome: 'DONE' }
  } catch (error) {
    if (error instanceof DomainError) return { id, outcome: 'REFUSED', code: error.code, reason: error.message }
    return { id, outcome: 'FAILED', error }
  }
}
