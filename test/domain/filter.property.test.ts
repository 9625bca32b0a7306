import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FieldType, FilterError, type FilterFields, parseFilter, parseSorters } from '../../src/api/filter.ts'
import type { FilterNode, FilterOperator, FilterValue } from '../../src/domain/filter.ts'

const all: FilterOperator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sw', 'co', 'in', 'ca', 'pr', 'isnull']
const fields: FilterFields = {
  name: { type: 'string', operators: all },
  'owner.id': { type: 'id', operators: all },
  created: { type: 'date', operators: all },
  requestable: { type: 'boolean', operators: all },
  count: { type: 'number', operators: all },
}

const comparisons = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string()).filter((value) => !value.includes('\0'))
const values: Record<FieldType, fc.Arbitrary<FilterValue>> = {
  string: text,
  id: text,
  date: fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
  boolean: fc.boolean(),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
}

function leaf(field: string, type: FieldType): fc.Arbitrary<FilterNode> {
  const isText = type === 'string' || type === 'id'
  const operator = type === 'boolean' ? fc.constantFrom('eq' as const, 'ne' as const) : fc.constantFrom(...comparisons)
  const operators = isText ? fc.constantFrom(...comparisons, 'sw' as const, 'co' as const) : operator
  return fc.oneof(
    fc.record({ node: fc.constant('compare' as const), field: fc.constant(field), operator: operators, value: values[type] }),
    fc.record({
      node: fc.constant('list' as const),
      field: fc.constant(field),
      operator: isText ? fc.constantFrom('in' as const, 'ca' as const) : fc.constant('in' as const),
      values: fc.array(values[type], { minLength: 1, maxLength: 5 }),
    }),
    fc.record({ node: fc.constant('present' as const), field: fc.constant(field), present: fc.boolean() }),
  )
}

const leaves = fc.oneof(...Object.entries(fields).map(([field, { type }]) => leaf(field, type)))
const { tree } = fc.letrec<{ tree: FilterNode }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, depthIdentifier: 'tree' },
    leaves,
    fc.record({
      node: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('tree'), { minLength: 2, maxLength: 4, depthIdentifier: 'tree' }),
    }),
    fc.record({ node: fc.constant('not' as const), part: tie('tree') }),
  ),
}))

/** The ways in which the same thing may be written: where `pr` stands, quotes that may be left out, needless blanks and parentheses. */
interface Hand {
  presenceFirst: boolean
  quoted: boolean
  blank: string
  parentheses: boolean
}
const hand: fc.Arbitrary<Hand> = fc.record({
  presenceFirst: fc.boolean(),
  quoted: fc.boolean(),
  blank: fc.constantFrom('', ' ', '\t\n '),
  parentheses: fc.boolean(),
})

const quote = (value: string) => `"${value.replace(/["\\]/g, '\\$&')}"`

function printValue(value: FilterValue, by: Hand): string {
  const plain = value instanceof Date ? value.toISOString() : String(value)
  return typeof value !== 'string' && !by.quoted ? plain : quote(plain)
}

function printPart(node: FilterNode, by: Hand): string {
  const composite = node.node === 'and' || node.node === 'or'
  return composite || by.parentheses ? `(${by.blank}${print(node, by)}${by.blank})` : print(node, by)
}

function print(node: FilterNode, by: Hand): string {
  switch (node.node) {
    case 'and':
    case 'or':
      return node.parts.map((part) => printPart(part, by)).join(`${by.blank} ${node.node} ${by.blank}`)
    case 'not':
      return `not ${by.blank}${printPart(node.part, by)}`
    case 'compare':
      return `${node.field} ${node.operator} ${by.blank}${printValue(node.value, by)}`
    case 'list':
      return `${node.field} ${node.operator}${by.blank}(${node.values.map((value) => printValue(value, by)).join(`${by.blank},`)})`
    case 'present': {
      const operator = node.present ? 'pr' : 'isnull'
      return by.presenceFirst ? `${operator} ${node.field}` : `${node.field} ${operator}`
    }
  }
}

function readsOrRefuses(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof FilterError)) throw error
  }
}

const words = [
  'and',
  'or',
  'not',
  'pr',
  'isnull',
  'eq',
  'EQ',
  'in',
  'ca',
  'sw',
  'AND',
  'name',
  'created',
  'count',
  'owner.id',
  'requestable',
]
const marks = [
  '(',
  ')',
  ',',
  '"',
  '\\',
  "'",
  '"a"',
  '"\\""',
  '2026-01-01',
  '2026-99-99',
  'true',
  '-1.5',
  '1e999',
  '\0',
  '\ud800',
  '🙂',
  '-',
]
const soup = fc.array(fc.constantFrom(...words, ...marks, ' ', ' ', ' '), { maxLength: 40 }).map((parts) => parts.join(''))
const spacedSoup = fc.array(fc.constantFrom(...words, ...marks), { maxLength: 40 }).map((parts) => parts.join(' '))

describe('the filter grammar', () => {
  test('any tree, written down in any of the allowed ways, is read back as the same tree', () => {
    fc.assert(
      fc.property(tree, hand, (node, by) => {
        const written = print(node, by)
        fc.pre(written.length <= 16_384)
        expect(parseFilter(written, fields)).toEqual(node)
      }),
      { numRuns: 1_000 },
    )
  })

  test('any text is read or refused with a FilterError, never with another error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string(), soup, spacedSoup), (text) => {
        readsOrRefuses(() => parseFilter(text, fields))
        readsOrRefuses(() => parseSorters(text, Object.keys(fields)))
      }),
      { numRuns: 5_000 },
    )
  })

  test('a valid filter with one character taken out, doubled or replaced is read or refused with a FilterError', () => {
    fc.assert(
      fc.property(tree, hand, fc.nat(), fc.constantFrom('', '"', '\\', '(', ')', ' ', 'x'), (node, by, where, change) => {
        const written = print(node, by)
        const at = where % written.length
        readsOrRefuses(() => parseFilter(written.slice(0, at) + change + written.slice(at + 1), fields))
        readsOrRefuses(() => parseFilter(written.slice(0, at) + change + written.slice(at), fields))
      }),
      { numRuns: 1_000 },
    )
  })

  const hostile = [
    '(',
    ')',
    'not ',
    'not(',
    '"',
    '\\',
    '"\\',
    '"\\\\',
    ' ',
    'a',
    '1',
    ',',
    'name eq ',
    'name in (',
    'pr name or ',
    '-',
    '2026-',
  ]
  test.each(hostile)('%j repeated up to the longest text is answered at once', (part) => {
    for (const prefix of ['', 'name eq "', 'name eq ', 'created eq "', 'count eq ', 'id in (', 'name in (']) {
      const text = (prefix + part.repeat(Math.ceil(16_384 / part.length))).slice(0, 16_384)
      const before = performance.now()
      readsOrRefuses(() => parseFilter(text, fields))
      // Linear time takes a few milliseconds; quadratic or worse takes seconds.
      expect(performance.now() - before).toBeLessThan(500)
    }
  })
})
