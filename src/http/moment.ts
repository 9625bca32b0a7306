import { DomainError } from '../domain/errors.ts'
import { type Call, queryText } from './call.ts'

/** A moment in the query, or undefined. The format allows a leap second, which no Date can hold. */
export function momentIn(call: Call, name: string): Date | undefined {
  const text = queryText(call, name)
  if (text === undefined) return undefined
  const moment = new Date(text)
  if (Number.isNaN(moment.getTime())) throw new DomainError('invalid', 'is no moment we know.', name)
  return moment
}
