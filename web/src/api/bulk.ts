import { CallError } from './call.ts'

/** How many of many were done, and what of the others. */
export interface BulkResult {
  done: number
  refused: { id: string; error: unknown }[]
}

const together = 4

/** Does the same with each, a few at a time; one that is refused stops nobody else. */
export async function doEach(ids: readonly string[], one: (id: string) => Promise<unknown>): Promise<BulkResult> {
  const waiting = [...new Set(ids)]
  const result: BulkResult = { done: 0, refused: [] }
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await one(id)
        result.done++
      } catch (error) {
        result.refused.push({ id, error: error instanceof CallError ? error : new CallError(0, '', '') })
      }
    }
  }
  await Promise.all(Array.from({ length: together }, work))
  return result
}

interface Told {
  id: string
  outcome: string
  reason: string | null
}

/** The same where one call takes many ids (at most `most`) and its answer says what became of each. */
export async function doTogether(
  ids: readonly string[],
  most: number,
  some: (ids: string[]) => Promise<{ results: readonly Told[] }>,
): Promise<BulkResult> {
  const all = [...new Set(ids)]
  const result: BulkResult = { done: 0, refused: [] }
  for (let at = 0; at < all.length; at += most) {
    const { results } = await some(all.slice(at, at + most))
    const refused = results.filter(({ outcome }) => outcome !== 'DONE')
    result.done += results.length - refused.length
    result.refused.push(...refused.map(({ id, reason }) => ({ id, error: new CallError(400, reason ?? '', '') })))
  }
  return result
}

/** Of an answer that tells of each how it went: throws the first refusal, as if the whole call had been refused. */
export function refuseFirst(outcomes: readonly { status: number; description: string }[]): void {
  const refused = outcomes.find(({ status }) => status >= 300)
  if (refused) throw new CallError(400, refused.description, '')
}
