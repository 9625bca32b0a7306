import { createHash } from 'node:crypto'
import { DomainError } from '../domain/errors.ts'
import { keepAnswer } from '../operations/keep-answer.ts'
import { findKeptAnswer } from '../store/kept-answers.ts'
import type { Handler } from './call.ts'

const LONGEST_KEY = 255

/**
 * Gives the first answer again when a call comes back with the same Idempotency-Key; the same key with another body is refused. Two calls
 * at the same moment both run, and the rules against duplicates make the second one find what the first has stored.
 */
export function replayable(handler: Handler): Handler {
  return async (call) => {
    const key = call.headers['idempotency-key']
    if (typeof key !== 'string' || key === '') return handler(call)
    if (key.length > LONGEST_KEY) throw new DomainError('invalid', `at most ${LONGEST_KEY} characters.`, 'Idempotency-Key')
    const requestHash = createHash('sha256')
      .update(JSON.stringify([call.operation.path, call.body]))
      .digest('hex')
    const kept = await findKeptAnswer(call.app.db.sql, call.actor.clientId, key)
    if (kept) {
      if (kept.requestHash !== requestHash) throw new DomainError('invalid', 'was used before with another body.', 'Idempotency-Key')
      return { status: kept.status, body: JSON.parse(kept.body), headers: { 'Idempotent-Replay': 'true' } }
    }
    const answer = await handler(call)
    const status = answer.status ?? call.operation.status
    await keepAnswer(call.app, { clientId: call.actor.clientId, key, requestHash, status, body: JSON.stringify(answer.body ?? {}) })
    return answer
  }
}
