import fc from 'fast-check'

/** Arbitraries made from our own JSON schemas: what the table says a body or a query may be, and the same bent out of shape. */

export interface Schema {
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  patternProperties?: Record<string, Schema>
  format?: string
  minLength?: number
  maxLength?: number
  minItems?: number
  minimum?: number
  maximum?: number
}

/** Values the schema allows. `ids` are real ids, used where a text may be one. */
export function valid(schema: Schema, ids: string[]): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((choice) => valid(choice, ids)))
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  switch (type) {
    case 'string':
      return text(schema, ids)
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -10, max: Math.min(schema.maximum ?? 1000, 100_000) })
    case 'number':
      return fc.double({ noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(valid(schema.items ?? {}, ids), { minLength: schema.minItems ?? 0, maxLength: 3 })
    case 'object':
      return object(schema, ids)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

function text(schema: Schema, ids: string[]): fc.Arbitrary<string> {
  if (schema.format === 'date-time') {
    return fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }).map((date) => date.toISOString())
  }
  const free = fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 60, 60), unit: 'grapheme' })
  return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: free })
}

function object(schema: Schema, ids: string[]): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, valid(inner, ids)] as const)
  if (properties.length > 0) return fc.record(Object.fromEntries(properties), { requiredKeys: schema.required ?? [] })
  const [values] = Object.values(schema.patternProperties ?? {})
  return values ? fc.dictionary(fc.string({ maxLength: 10 }), valid(values, ids), { maxKeys: 3 }) : fc.constant({})
}

/** What no schema asks for. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    '',
    ' ',
    0,
    -1,
    1e308,
    true,
    [],
    {},
    [[]],
    'null',
    '\u0000',
    '\ud800',
    "'; drop table identity; --",
    '%',
    '\\',
    '../..',
  ),
  fc.string({ maxLength: 5000, unit: 'binary' }),
  fc.jsonValue({ maxDepth: 4 }),
  fc.constant(JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}}}')),
  fc.constant(Array.from({ length: 2000 }, () => 'x')),
)

/** A value with one place in it replaced by junk, at a depth that `where` chooses. */
export function bent(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.tuple(value, fc.array(fc.nat(20), { maxLength: 4 }), junk).map(([whole, where, wrong]) => replaced(whole, where, wrong))
}

function replaced(value: unknown, [at, ...deeper]: number[], wrong: unknown): unknown {
  if (at === undefined || typeof value !== 'object' || value === null) return wrong
  const keys = Object.keys(value)
  if (keys.length === 0) return wrong
  const key = keys[at % keys.length] as string
  const inner = replaced((value as Record<string, unknown>)[key], deeper, wrong)
  return Array.isArray(value) ? value.map((old, index) => (String(index) === key ? inner : old)) : { ...value, [key]: inner }
}

const word = fc.constantFrom(
  'eq',
  'ne',
  'gt',
  'in',
  'sw',
  'co',
  'ca',
  'pr',
  'isnull',
  'and',
  'or',
  'not',
  '(',
  ')',
  ',',
  '"',
  '"x"',
  'id',
  'name',
  'created',
  'accessRequestId',
  'status',
  '2026-01-01T00:00:00Z',
  '1',
  'null',
  'AND',
  '\\"',
)

/** Texts that look like filters, more or less. */
export const filterText: fc.Arbitrary<string> = fc.oneof(
  fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
  fc.string({ maxLength: 80 }),
)
