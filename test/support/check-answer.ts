import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormatsModule from 'ajv-formats'
import { type TSchema, Type } from 'typebox'
import type { Dialect } from '../../src/api/dialect.ts'
import { OauthError, OauthInfo, TokenResponse } from '../../src/api/oauth.ts'
import type { JsonSchema } from '../../src/api/openapi.ts'
import { inDialect, type Operation, urlOf } from '../../src/api/operation.ts'
import { operations } from '../../src/api/operations.ts'
import { ErrorResponse, TooManyRequests, Unauthorized } from '../../src/api/schema.ts'

/** Every answer a test gets is compared with what the table of operations promises; see callServer in app.ts. */

// The package is CommonJS: under ESM its function hangs on `default`.
const addFormats = addFormatsModule as unknown as (ajv: Ajv) => Ajv
const ajv = addFormats(new Ajv({ strict: true, strictTypes: true, allowUnionTypes: true, allErrors: true }))

export interface Exchange {
  method: string
  url: string
  status: number
  /** The parsed body; undefined when there is none. */
  json: unknown
}

export interface Row {
  id: string
  row: Operation
  dialect: Dialect
  segments: string[]
}

const rows: Row[] = Object.entries(operations as Record<string, Operation>).flatMap(([id, row]) =>
  row.dialects.map((dialect) => ({ id, row, dialect, segments: urlOf(row, dialect).split('/') })),
)

/** Throws when the answer is not one that the table, or the contract's error answers, allow; the text names the call and the place. */
export function checkAnswer(exchange: Exchange): void {
  const found = rowOf(exchange.method, exchange.url)
  const outside = outsideTheTable(exchange)
  if (!found && !outside && exchange.status !== 404) return
  const complaints = outside ? against(outside, exchange.json) : complaintsOf(found, exchange.status, exchange.json)
  if (complaints.length === 0) return
  const call = `${exchange.method} ${exchange.url} -> ${exchange.status}`
  const shown = JSON.stringify(exchange.json)?.slice(0, 2000)
  throw new Error(`${call} is not what ${found?.id ?? 'a path without an operation'} promises:\n${complaints.join('\n')}\n${shown}`)
}

/** What is wrong with an answer of an operation, or of a path that has none. */
export function complaintsOf(found: Row | undefined, status: number, json: unknown): string[] {
  const schema = promisedBy(found, status)
  if (schema === undefined) return [`the table promises no answer ${status}`]
  if (schema === null) return json === undefined ? [] : ['there is a body, and the table promises none']
  return against(schema, json)
}

/** The two calls that come before there is a caller. */
function outsideTheTable({ url, status }: Exchange): JsonSchema | undefined {
  const path = url.split('?')[0]
  if (path === '/oauth/info' && status === 200) return plain(OauthInfo)
  if (path !== '/oauth/token') return undefined
  if (status === 200) return plain(TokenResponse)
  return status === 400 || status === 401 ? plain(OauthError) : undefined
}

function against(schema: JsonSchema, json: unknown): string[] {
  const validate = validatorOf(schema)
  return validate(json) ? [] : (validate.errors ?? []).map(sentence)
}

/** The schema of an answer; null when it has no body, undefined when there is no such answer. */
export function promisedBy(found: Row | undefined, status: number): JsonSchema | null | undefined {
  if (found && [found.row.status, ...(found.row.otherStatuses ?? [])].includes(status)) return answerOf(found)
  const needsHeader = found?.row.experimental?.includes(found.dialect)
  // A call without the header of experimental operations is refused with another body than every other 400.
  if (status === 400 && needsHeader) return { anyOf: [plain(ErrorResponse), plain(Type.Object({ error: Type.String() }))] }
  // Beside the contract's own 400, 403, 404 and 500, the server itself refuses what is too large (413) or of another type (415).
  if ([400, 403, 404, 413, 415, 500, 503].includes(status)) return plain(ErrorResponse)
  if (status === 401) return plain(Unauthorized)
  return status === 429 ? plain(TooManyRequests) : undefined
}

const answers = new Map<Row, JsonSchema | null>()

/** The same object for the same row, so that the validator made of it is found again without writing the schema out. */
function answerOf(found: Row): JsonSchema | null {
  const known = answers.get(found)
  if (known !== undefined) return known
  const answer = found.row.answer && plain(inDialect(found.row.answer, found.dialect))
  answers.set(found, answer)
  return answer
}

/** TypeBox schemas are JSON Schema; their type does not say so. */
function plain(schema: TSchema): JsonSchema {
  return schema as JsonSchema
}

/** The operation a call reaches, as the router would choose: names before placeholders. */
export function rowOf(method: string, url: string): Row | undefined {
  const path = (url.split('?')[0] ?? '').replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')
  const given = path.split('/')
  const fits = ({ row, segments }: Row) =>
    row.method === method &&
    segments.length === given.length &&
    segments.every((one, at) => one === given[at] || (one.startsWith(':') && given[at] !== ''))
  const placeholders = ({ segments }: Row) => segments.map((one) => (one.startsWith(':') ? '1' : '0')).join('')
  return rows.filter(fits).sort((a, b) => placeholders(a).localeCompare(placeholders(b)))[0]
}

const byObject = new WeakMap<JsonSchema, ValidateFunction>()
const byText = new Map<string, ValidateFunction>()

/** Dialects whose schemas read alike share what was made of them: to make it takes longer than a thousand checks. */
function validatorOf(schema: JsonSchema): ValidateFunction {
  const known = byObject.get(schema)
  if (known) return known
  const text = JSON.stringify(closed(schema))
  const validate = byText.get(text) ?? ajv.compile(JSON.parse(text))
  byText.set(text, validate)
  byObject.set(schema, validate)
  return validate
}

/** The same schema, in which an object holds only the keys that are declared. */
export function closed(schema: JsonSchema): JsonSchema {
  const copy = mapped(schema)
  const isObject = schema.type === 'object' || schema.properties !== undefined
  const isOpen = schema['additionalProperties'] !== undefined || schema['patternProperties'] !== undefined
  return isObject && !isOpen ? { ...copy, additionalProperties: false } : copy
}

const holdSchemas = ['properties', 'patternProperties']
const areSchemas = ['items', 'anyOf', 'allOf', 'oneOf', 'additionalProperties']

function mapped(schema: JsonSchema): JsonSchema {
  const each = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(each)
    return typeof value === 'object' && value !== null ? closed(value as JsonSchema) : value
  }
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (holdSchemas.includes(key))
        return [key, Object.fromEntries(Object.entries(value as object).map(([name, inner]) => [name, each(inner)]))]
      return [key, areSchemas.includes(key) ? each(value) : value]
    }),
  )
}

function sentence(error: ErrorObject): string {
  const detail = error.params['additionalProperty'] ?? error.params['allowedValues'] ?? ''
  return `${error.instancePath || 'the answer'} ${error.message} ${detail}`.trimEnd()
}
