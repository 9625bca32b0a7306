import { DomainError } from '../domain/errors.ts'
import { type Call, queryText } from './call.ts'

/** A list joined by commas, or given as the parameter several times; undefined when there is none. Refuses words that are not allowed. */
export function wordsOf<const T extends readonly string[]>(call: Call, name: string, allowed: T): T[number][] | undefined {
  const value = call.query[name]
  const text = Array.isArray(value) ? value.join(',') : (queryText(call, name) ?? '')
  const words = [...new Set(text.split(',').flatMap((word) => word.trim() || []))]
  const wrong = words.find((word) => !allowed.includes(word))
  if (wrong !== undefined)
    throw new DomainError('invalid', `must be one or more of ${allowed.join(', ')}, not ${wrong.slice(0, 60)}.`, name)
  return words.length === 0 ? undefined : (words as T[number][])
}
