import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormatsModule from 'ajv-formats'
import { type TSchema, Type } from 'typebox'
import { DomainError } from '../domain/errors.ts'

// The package is CommonJS: under ESM its function hangs on `default`.
const addFormats = addFormatsModule as unknown as (ajv: Ajv, formats: string[]) => Ajv

/** Bodies are taken as they are; query strings are text and are read as what their schema says. */
const bodies = addFormats(new Ajv({ allErrors: true, strict: false, useDefaults: true }), ['date-time', 'date', 'email', 'uri'])
const queries = addFormats(new Ajv({ allErrors: true, strict: false, useDefaults: true, coerceTypes: true }), ['date-time', 'date'])

export type Check = (value: unknown) => unknown

/** Takes a body schema; returns a check that gives the body back or refuses with the field named. */
export function bodyCheck(schema: TSchema): Check {
  const validate = whenNeeded(() => bodies.compile(schema))
  return (value) => checked(validate(), value)
}

/** Takes the query fields of an operation; returns a check that gives the query, coerced and with defaults, or refuses with the field named. */
export function queryCheck(fields: Record<string, TSchema>): Check {
  const validate = whenNeeded(() => queries.compile(Type.Object(fields)))
  return (value) => checked(validate(), { ...(value as object) })
}

/** Compiling all schemas took half of a start and much of what an idle node held; few of them are ever used by one tenant. */
function whenNeeded(compile: () => ValidateFunction): () => ValidateFunction {
  let compiled: ValidateFunction | undefined
  return () => {
    compiled ??= compile()
    return compiled
  }
}

function checked(validate: ValidateFunction, value: unknown): unknown {
  refuseUnstorable(value)
  if (validate(value)) return value
  throw toRefusal(validate.errors ?? [])
}

/**
 * The database's text cannot hold U+0000, nor its JSON half of a surrogate pair, so they are refused wherever they stand. Walks with a
 * list, since a body may be nested deeply.
 */
function refuseUnstorable(value: unknown): void {
  const left: { at: string; value: unknown }[] = [{ at: '', value }]
  for (let next = left.pop(); next; next = left.pop()) {
    if (typeof next.value === 'string' && isUnstorable(next.value))
      throw new DomainError('invalid', 'must not hold the character U+0000 or half of a surrogate pair.', next.at || 'body')
    if (typeof next.value !== 'object' || next.value === null) continue
    const isList = Array.isArray(next.value)
    for (const [key, inner] of Object.entries(next.value)) {
      if (isUnstorable(key))
        throw new DomainError('invalid', 'a name must not hold the character U+0000 or half of a surrogate pair.', next.at || 'body')
      left.push({ at: isList ? `${next.at}[${key}]` : next.at ? `${next.at}.${key}` : key, value: inner })
    }
  }
}

function isUnstorable(text: string): boolean {
  return text.includes('\0') || /\p{Surrogate}/u.test(text)
}

function toRefusal(errors: ErrorObject[]): DomainError {
  // Alternatives (a value or null) report every branch; what is said about the deepest field helps most.
  const telling = errors.filter((error) => error.keyword !== 'anyOf' && error.params['type'] !== 'null')
  const [first] = [...(telling.length > 0 ? telling : errors)].sort((a, b) => b.instancePath.length - a.instancePath.length)
  if (!first) return new DomainError('invalid', 'The body is not valid.')
  return new DomainError('invalid', `${sentence(first)}.`, fieldOf(first))
}

function sentence(error: ErrorObject): string {
  if (error.keyword === 'required') return 'is required'
  if (error.keyword === 'enum') return `must be one of ${(error.params['allowedValues'] as unknown[]).filter((v) => v !== null).join(', ')}`
  if (error.keyword === 'pattern' && error.params['pattern'] === '\\S') return 'must not be blank'
  return error.message ?? 'is not valid'
}

function fieldOf(error: ErrorObject): string {
  const steps = error.instancePath.split('/').slice(1).map(unescapePointer)
  if (error.keyword === 'required') steps.push(String(error.params['missingProperty']))
  if (steps.length === 0) return 'body'
  return steps.map((step, index) => (/^\d+$/.test(step) ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')
}

function unescapePointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}
