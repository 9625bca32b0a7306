import type { Static } from 'typebox'
import type { BulkAnswer, BulkOutcomes } from '../api/shared-shapes.ts'
import type { ErrorCode } from '../domain/errors.ts'
import type { BulkResult } from '../operations/each-by-id.ts'
import type { Answer, Call } from './call.ts'
import { reasonFor } from './language.ts'

type Outcome = (typeof BulkOutcomes)[number]

const refusals: Partial<Record<ErrorCode, Outcome>> = { not_found: 'NOT_FOUND', forbidden: 'FORBIDDEN', conflict: 'CONFLICT' }

/** What a call about many answers: a line for each; what failed for no fault of the caller's is logged. */
export function bulkAnswer(call: Call, results: BulkResult[]): Answer {
  const body: Static<typeof BulkAnswer> = { results: results.map((result) => toWire(call, result)) }
  return { body }
}

function toWire(call: Call, result: BulkResult): { id: string; outcome: Outcome; reason: string | null } {
  const { id } = result
  if (result.outcome === 'DONE') return { id, outcome: 'DONE', reason: null }
  if (result.outcome === 'REFUSED')
    return { id, outcome: refusals[result.code] ?? 'INVALID', reason: reasonFor(call.headers, result.reason) }
  call.app.log.error({ err: result.error, trackingId: call.trackingId, id }, 'one of many failed')
  return { id, outcome: 'FAILED', reason: reasonFor(call.headers, `An internal fault occurred (${call.trackingId}); try again.`) }
}
