import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FilterError } from '../../src/api/filter.ts'
import { parseSearch } from '../../src/api/search-query.ts'
import type { SearchQuery } from '../../src/domain/search.ts'
import { type Leaf, queriesAbout, writtenOut } from '../support/search-queries.ts'

const runs = process.env['TEST_LONG'] === '1' ? 100_000 : 500

/** Without the places, which only refusals need. */
function bare(query: SearchQuery): unknown {
  return JSON.parse(JSON.stringify(query, (key, value) => (key === 'position' || key === 'fieldPosition' ? undefined : value)))
}

const parsed = (text: string) => bare(parseSearch(text))
const word = (text: string, field?: string) => ({ node: 'term', ...(field ? { field } : {}), pieces: [text] })

test.each([
  ['', { node: 'all' }],
  ['*:*', { node: 'all' }],
  ['london', word('london')],
  ['"sao paulo"', word('sao paulo')],
  ['status: Pending', word('Pending', 'status')],
  ['a\\:b\\*\\"', word('a:b*"')],
  ['now-7d/d', word('now-7d/d')],
  ['attributes.x:y*z?', { node: 'term', field: 'attributes.x', pieces: ['y', { any: 'many' }, 'z', { any: 'one' }] }],
  ['_exists_:email', { node: 'exists', field: 'email' }],
  [
    '@access(name:a b)',
    { node: 'nested', list: 'access', part: { node: 'bool', must: [], should: [word('a', 'name'), word('b')], mustNot: [] } },
  ],
  ['name:(a b)', { node: 'bool', must: [], should: [word('a', 'name'), word('b', 'name')], mustNot: [] }],
])('%s is read as it is meant', (text, expected) => {
  expect(parsed(text)).toEqual(expected)
})

test('operators make terms required, optional or forbidden as the query language has it, without precedence', () => {
  const bool = (must: string, should: string, mustNot: string) => ({
    node: 'bool',
    must: [...must].map((text) => word(text)),
    should: [...should].map((text) => word(text)),
    mustNot: [...mustNot].map((text) => word(text)),
  })
  expect(parsed('a b')).toEqual(bool('', 'ab', ''))
  expect(parsed('a OR b || c')).toEqual(bool('', 'abc', ''))
  expect(parsed('a AND b && c')).toEqual(bool('abc', '', ''))
  expect(parsed('a OR b AND c')).toEqual(bool('bc', 'a', ''))
  expect(parsed('a AND b OR c')).toEqual(bool('ab', 'c', ''))
  expect(parsed('+a b -c !d NOT e')).toEqual(bool('a', 'b', 'cde'))
  expect(parsed('a AND NOT b')).toEqual(bool('a', '', 'b'))
  expect(parsed('NOT a')).toEqual(bool('', '', 'a'))
  expect(parsed('Andrew ORlando NOTary a-b')).toMatchObject({ should: [word('Andrew'), word('ORlando'), word('NOTary'), word('a-b')] })
})

test('what is forbidden within what is forbidden is asked for', () => {
  const not = (query: unknown) => ({ node: 'bool', must: [], should: [], mustNot: [query] })
  expect(parsed('NOT (NOT a)')).toEqual(not(not(word('a'))))
  expect(parsed('-(-a)')).toEqual(not(not(word('a'))))
})

test.each([
  ['NOT NOT a', 5],
  ['!!a', 2],
  ['--a', 2],
  ['NOT -a', 5],
  ['- NOT a', 3],
  ['b AND NOT NOT a', 11],
  ['+-a', 2],
  ['-+a', 2],
  ['NOT +a', 5],
  ['++a', 2],
  ['NOT AND a', 5],
  ['NOT && a', 5],
  ['name:(NOT -a)', 11],
  ['name:NOT a', 6],
  ['name:-a', 6],
  ['a AND && b', 7],
])('%s is refused, as one operator stands before a term', (text, position) => {
  expect(() => parseSearch(text)).toThrow(new RegExp(`^query: Found .* \\(position ${position}\\)$`))
})

test('ranges and comparisons know which of their ends are in them', () => {
  const range = (from: object | undefined, to: object | undefined) => ({
    node: 'range',
    field: 'n',
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  })
  const end = (text: string, inclusive: boolean) => ({ text, inclusive })
  expect(parsed('n:[1 TO 2]')).toEqual(range(end('1', true), end('2', true)))
  expect(parsed('n:{1 TO 2}')).toEqual(range(end('1', false), end('2', false)))
  expect(parsed('n:{1 TO 2]')).toEqual(range(end('1', false), end('2', true)))
  expect(parsed('n:["a b" TO *]')).toEqual(range(end('a b', true), undefined))
  expect(parsed('n:[now-7d/d TO 2026-01-31T12:00:00Z}')).toEqual(range(end('now-7d/d', true), end('2026-01-31T12:00:00Z', false)))
  expect(parsed('n:>1 n:>=1 n:<1 n:<= 1')).toMatchObject({
    should: [
      range(end('1', false), undefined),
      range(end('1', true), undefined),
      range(undefined, end('1', false)),
      range(undefined, end('1', true)),
    ],
  })
})

const leaves: Leaf[] = [
  { list: undefined, field: 'name', value: 'Close Identity Requests "Started" AND (more)' },
  { list: undefined, field: 'attributes.über-field', value: 'TO be OR NOT to be: +1 -2 \\ / ~ ^ {x} [y]' },
  { list: undefined, field: 'created', value: '2026-11-22T10:00:00.000Z' },
  { list: undefined, field: 'accessCount', value: 3 },
  { list: undefined, field: 'inactive', value: false },
  { list: 'access', field: 'source.name', value: 'Active Directory' },
]

test('what is written out is read again as it was', () => {
  fc.assert(
    fc.property(queriesAbout(leaves), (query) => {
      const text = writtenOut(query)
      expect(parsed(text), text).toEqual(bare(query))
    }),
    { numRuns: runs },
  )
})

test('whatever the text, it is read or refused with a place, and never takes long', () => {
  const parts = fc.constantFrom(
    'a',
    'name:',
    '"',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ' TO ',
    ' AND ',
    ' OR ',
    'NOT ',
    '+',
    '-',
    '!',
    '*',
    '?',
    '\\',
    '~',
    '^',
    '/',
    '<=',
    '>',
    '@access(',
    '_exists_:',
    '*:*',
    '&&',
    '||',
    ' ',
    'é',
    '😀',
  )
  const texts = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.array(parts, { maxLength: 40 }).map((some) => some.join('')),
  )
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parseSearch(text)
      } catch (error) {
        expect(error).toBeInstanceOf(FilterError)
        expect((error as FilterError).message).toMatch(/position \d+\)/)
      }
    }),
    { numRuns: runs },
  )
})

test('a query that is too long, too deep or too wide is refused before it costs anything', () => {
  const refused = (text: string) => expect(() => parseSearch(text)).toThrow(FilterError)
  refused('a'.repeat(17_000))
  refused('('.repeat(8_000))
  refused('a '.repeat(2_000))
  refused('*:'.repeat(8_000))
  refused('@a('.repeat(4_000))
  refused(`${'NOT '.repeat(4_000)}`)
})
