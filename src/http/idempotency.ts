import { createHash } from 'node:crypto'
import type { CreatePlan } from '../domain/access-request.ts'
import { DomainError } from '../domain/errors.ts'
import type { AnswerToKeep } from '../operations/create-access-requests.ts'
import type { Call } from './call.ts'

const LONGEST_KEY = 255

/**
 * Reads the Idempotency-Key of a call: what shall be kept with the change it makes, so that the same call sent again, even at the same
 * moment, gets the same answer. Undefined without the header; refuses a key that is too long.
 */
export function answerToKeep(call: Call, render: (plan: CreatePlan) => unknown): AnswerToKeep | undefined {
  const key = call.headers['idempotency-key']
  if (typeof key !== 'string' || key === '') return undefined
  if (key.length > LONGEST_KEY) throw new DomainError('invalid', `at most ${LONGEST_KEY} characters.`, 'Idempotency-Key')
  const requestHash = createHash('sha256')
    .update(JSON.stringify([call.operation.path, call.body]))
    .digest('hex')
  return { clientId: call.actor.clientId, key, requestHash, status: call.operation.status, render: (plan) => JSON.stringify(render(plan)) }
}
