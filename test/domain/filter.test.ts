import { describe, expect, test } from 'vitest'
import { type FilterFields, parseFilter, parseSorters } from '../../src/api/filter.ts'
import type { FilterNode, FilterOperator, FilterValue } from '../../src/domain/filter.ts'

const all: FilterOperator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sw', 'co', 'in', 'ca', 'pr', 'isnull']
const fields: FilterFields = {
  id: { type: 'id', operators: ['eq', 'in'] },
  name: { type: 'string', operators: all },
  'requestedFor.id': { type: 'id', operators: ['eq', 'in', 'isnull'] },
  created: { type: 'date', operators: all },
  requestable: { type: 'boolean', operators: all },
  count: { type: 'number', operators: all },
  tags: { type: 'string', operators: ['ca'] },
}

const eq = (field: string, value: FilterValue): FilterNode => ({ node: 'compare', field, operator: 'eq', value })
const oneOf = (field: string, ...values: FilterValue[]): FilterNode => ({ node: 'list', field, operator: 'in', values })
const a = eq('name', 'a')
const b = eq('name', 'b')
const c = eq('name', 'c')
const newYear = new Date('2026-01-01T00:00:00.000Z')

function check(text: string): void {
  parseFilter(text, fields)
}

function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    expect(error).toMatchObject({ name: 'FilterError' })
    return (error as Error).message
  }
  throw new Error('was accepted')
}

describe('parseFilter', () => {
  const trees: [text: string, tree: FilterNode][] = [
    ['id eq "2c91"', eq('id', '2c91')],
    ['id eq 2c9180835d2e5168015d32f890ca1581', eq('id', '2c9180835d2e5168015d32f890ca1581')],
    ['id eq 0199-aaaa_b.c:d@e', eq('id', '0199-aaaa_b.c:d@e')],
    ['name eq ""', eq('name', '')],
    ['name eq "and"', eq('name', 'and')],
    ['name eq OR', eq('name', 'OR')],
    ['name eq eq', eq('name', 'eq')],
    ['name eq true', eq('name', 'true')],
    ['name eq "O\'Hara (\\"Bob\\"), C:\\\\dir"', eq('name', 'O\'Hara ("Bob"), C:\\dir')],
    ['name eq "Ünïcödé 🙂"', eq('name', 'Ünïcödé 🙂')],
    ['name eq"a"', a],
    ['  name   eq\t"a"  ', a],
    ['((name eq "a"))', a],
    ['name sw "Dev"', { node: 'compare', field: 'name', operator: 'sw', value: 'Dev' }],
    ['name co "%"', { node: 'compare', field: 'name', operator: 'co', value: '%' }],
    ['id in ("a","b")', oneOf('id', 'a', 'b')],
    ['id in("a")', oneOf('id', 'a')],
    ['id in ( a , b )', oneOf('id', 'a', 'b')],
    ['requestedFor.id in ("x")', oneOf('requestedFor.id', 'x')],
    ['count in (1,-2.5,1e3)', oneOf('count', 1, -2.5, 1000)],
    ['created in (2026-01-01,"2026-01-01T00:00:00Z")', oneOf('created', newYear, newYear)],
    ['tags ca ("PROVISIONING","SYNC")', { node: 'list', field: 'tags', operator: 'ca', values: ['PROVISIONING', 'SYNC'] }],
    ['requestable eq true', eq('requestable', true)],
    ['requestable ne false', { node: 'compare', field: 'requestable', operator: 'ne', value: false }],
    ['requestable eq "true"', eq('requestable', true)],
    ['count eq -0', eq('count', 0)],
    ['pr name', { node: 'present', field: 'name', present: true }],
    ['name pr', { node: 'present', field: 'name', present: true }],
    ['isnull name', { node: 'present', field: 'name', present: false }],
    ['requestedFor.id isnull', { node: 'present', field: 'requestedFor.id', present: false }],
    ['name eq "a" and name eq "b" and name eq "c"', { node: 'and', parts: [a, b, c] }],
    ['name eq "a" or name eq "b" and name eq "c"', { node: 'or', parts: [a, { node: 'and', parts: [b, c] }] }],
    ['name eq "a" and name eq "b" or name eq "c"', { node: 'or', parts: [{ node: 'and', parts: [a, b] }, c] }],
    ['(name eq "a" or name eq "b")and(name eq "c")', { node: 'and', parts: [{ node: 'or', parts: [a, b] }, c] }],
    ['(name eq "a" and name eq "b") and name eq "c"', { node: 'and', parts: [{ node: 'and', parts: [a, b] }, c] }],
    ['not name eq "a" and name eq "b"', { node: 'and', parts: [{ node: 'not', part: a }, b] }],
    ['not (name eq "a" and name eq "b")', { node: 'not', part: { node: 'and', parts: [a, b] } }],
    ['not not name eq "a"', { node: 'not', part: { node: 'not', part: a } }],
    ['not pr name or isnull name and name pr', parseFilter('(not (name pr)) or ((name isnull) and (pr name))', fields)],
  ]
  test.each(trees)('%s is read as the tree it means', (text, tree) => {
    expect(parseFilter(text, fields)).toEqual(tree)
  })

  const dates: [text: string, iso: string][] = [
    ['2026-01-01', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01T10:20', '2026-01-01T10:20:00.000Z'],
    ['2026-01-01T10:20:30', '2026-01-01T10:20:30.000Z'],
    ['2026-01-01T10:20:30Z', '2026-01-01T10:20:30.000Z'],
    ['2026-01-01T10:20:30.4Z', '2026-01-01T10:20:30.400Z'],
    ['2026-01-01T10:20:30.456789Z', '2026-01-01T10:20:30.456Z'],
    ['2026-01-01T00:20:30.456+02:00', '2025-12-31T22:20:30.456Z'],
    ['2026-01-01T10:20:30-0130', '2026-01-01T11:50:30.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ]
  test.each(dates)('the date %s is the same instant with and without quotes', (text, iso) => {
    expect(parseFilter(`created eq ${text}`, fields)).toEqual(eq('created', new Date(iso)))
    expect(parseFilter(`created eq "${text}"`, fields)).toEqual(eq('created', new Date(iso)))
  })

  const noDates = ['yesterday', '2026', '2026-13-01', '2026-02-30', '2025-02-29', '2026-01-01T24:00:00Z', '2026-01-01T10:60:00Z']
  const moreNoDates = ['2026-01-01T10:00:00+24:00', '2026-01-01T10:00:00+01:60', '2026-1-1', '1767225600000', '0000-01-01', '12026-01-01']
  const outOfRange = ['0001-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00', '2026-01-01T10:00.5Z', '2026-01-01T', ' 2026-01-01']
  test.each([...noDates, ...moreNoDates, ...outOfRange])('"%s" is refused as a date, and the message names the field', (text) => {
    expect(messageOf(() => check(`created gt "${text}"`))).toContain('is no value for "created", which is an ISO 8601 date')
  })

  test('the beginning of a date is looked for as text', () => {
    const startOf = (text: string) => parseFilter(`created sw ${text}`, fields)
    expect(startOf('2026-01')).toEqual({ node: 'compare', field: 'created', operator: 'sw', value: '2026-01' })
    expect(startOf('"2026-01-01T10:00:00Z"')).toMatchObject({ value: '2026-01-01T10:00:00' })
    expect(() => startOf('January')).toThrow('"January" at position 12 is no value for "created"')
  })

  const refused: [text: string, message: string][] = [
    ['', 'The filter ends where there should be a field; fields: count, created, id, name, requestable, requestedFor.id, tags'],
    ['   ', 'The filter ends where there should be a field'],
    ['nmae eq "a"', '"nmae" at position 1 cannot be filtered by; fields: count, created, id,'],
    ['Name eq "a"', '"Name" at position 1 cannot be filtered by'],
    ['constructor eq "a"', '"constructor" at position 1 cannot be filtered by'],
    ['__proto__ eq "a"', '"__proto__" at position 1 cannot be filtered by'],
    ['"name" eq "a"', 'Found "name" at position 1 where there should be a field'],
    ['id co "a"', '"id" cannot be used with "co" (position 4); "id" supports: eq, in'],
    ['pr id', '"id" cannot be used with "pr" (position 1); "id" supports: eq, in'],
    [
      'created co "2026"',
      '"created" cannot be used with "co" (position 9); "created" supports: eq, ne, gt, ge, lt, le, sw, in, pr, isnull',
    ],
    ['requestable gt true', '"requestable" cannot be used with "gt"'],
    ['requestable sw "t"', '"requestable" cannot be used with "sw"'],
    ['count co 1', '"count" cannot be used with "co"'],
    ['requestable eq "x"', '"x" at position 16 is no value for "requestable", which is true or false'],
    ['requestable eq TRUE', '"TRUE" at position 16 is no value for "requestable", which is true or false'],
    ['count eq "many"', '"many" at position 10 is no value for "count", which is a number'],
    ['count eq 1e999', 'is no value for "count"'],
    ['count eq 0x10', 'is no value for "count"'],
    ['count eq ""', 'is no value for "count"'],
    ['count eq Infinity', 'is no value for "count"'],
    ['id EQ "a"', '"EQ" at position 4 must be in lower case: "eq"'],
    ['id In ("a")', '"In" at position 4 must be in lower case: "in"'],
    ['PR name', '"PR" at position 1 must be in lower case: "pr"'],
    ['name IsNull', '"IsNull" at position 6 must be in lower case: "isnull"'],
    ['name eq "a" AND name eq "b"', '"AND" at position 13 must be in lower case: "and"'],
    ['name eq "a" Or name eq "b"', '"Or" at position 13 must be in lower case: "or"'],
    ['NOT name eq "a"', '"NOT" at position 1 must be in lower case: "not"'],
    ['name', 'The filter ends where there should be an operator; "name" supports: eq, ne,'],
    ['name like "a"', 'Found "like" at position 6 where there should be an operator'],
    ['name = "a"', 'Unexpected "=" at position 6'],
    ['name "eq" "a"', 'Found "eq" at position 6 where there should be an operator'],
    ['name eq', 'The filter ends where there should be a value for "name"'],
    ['name eq and name eq "b"', 'Found "and" at position 9 where there should be a value for "name"'],
    ['name eq (a)', 'Found "(" at position 9 where there should be a value'],
    [
      'name eq John Smith',
      'Found "Smith" at position 14 where there should be "and", "or" or the end of the filter; values with other characters',
    ],
    ["name eq 'a'", 'Unexpected "\'" at position 9; values with other characters than letters, digits and _ . : @ + - need double quotes'],
    ['name eq Jürgen', 'Unexpected "ü" at position 10'],
    ['name eq "a', 'The value that begins at position 9 has no closing double quote'],
    ['name eq "a\\', 'The backslash at position 11 must come before another one or before a double quote'],
    ['name eq "DOM\\user"', 'The backslash at position 13 must come before another one'],
    ['name eq "a\0b"', 'The value at position 9 has a character that no value can have'],
    ['name eq a\0b', 'Unexpected "\\u0000" at position 10'],
    ['name eq "\ud83d"', 'The value at position 9 has a character that no value can have'],
    ['name eq "a" "b"', 'Found "b" at position 13 where there should be "and", "or" or the end of the filter'],
    ['name isnull true', 'Found "true" at position 13 where there should be "and", "or" or the end of the filter'],
    ['name eq "a" not name eq "b"', 'Found "not" at position 13 where there should be "and", "or" or the end'],
    ['name eq "a" and', 'The filter ends where there should be a field'],
    ['and name eq "a"', 'Found "and" at position 1 where there should be a field'],
    ['not', 'The filter ends where there should be a field'],
    ['()', 'Found ")" at position 2 where there should be a field'],
    ['(name eq "a"', 'The filter ends where there should be "and", "or" or ")"'],
    ['name eq "a")', 'Found ")" at position 12 where there should be "and", "or" or the end'],
    ['id in "a"', 'Found "a" at position 7 where there should be "(" after "in"'],
    ['id in ()', 'Found ")" at position 8 where there should be a value for "id"'],
    ['id in ("a",)', 'Found ")" at position 12 where there should be a value for "id"'],
    ['id in ("a" "b")', 'Found "b" at position 12 where there should be "," or ")"'],
    ['id in ("a"', 'The filter ends where there should be "," or ")"'],
  ]
  test.each(refused)('%j is refused: %s', (text, message) => {
    expect(messageOf(() => check(text))).toContain(message)
  })

  test('a message shows no more than the beginning of what was sent', () => {
    expect(messageOf(() => check(`name eq "a" ${'x'.repeat(9_000)}`)).length).toBeLessThan(300)
  })

  test('an operation without filterable fields says so', () => {
    expect(() => parseFilter('id eq "a"', {})).toThrow('"id" at position 1 cannot be filtered by; fields: (none)')
  })

  test('fifty levels are read and the fifty-first is refused, whether they are parentheses or "not"', () => {
    expect(parseFilter(`${'('.repeat(50)}name eq "a"${')'.repeat(50)}`, fields)).toEqual(a)
    expect(() => check(`${'('.repeat(51)}name eq "a"${')'.repeat(51)}`)).toThrow(
      'More than 50 levels of parentheses and "not" (position 51)',
    )
    expect(() => check(`${'not '.repeat(50)}name eq "a"`)).not.toThrow()
    expect(() => check(`${'not ('.repeat(26)}name eq "a"${')'.repeat(26)}`)).toThrow('More than 50 levels')
  })

  test('levels that are closed again do not count', () => {
    expect(() => check(Array.from({ length: 200 }, () => '((name pr))').join(' and '))).not.toThrow()
  })

  test('16,384 characters are read and one more is refused', () => {
    const filter = 'name eq "a"'
    expect(parseFilter(filter.padEnd(16_384), fields)).toEqual(a)
    expect(() => check(filter.padEnd(16_385))).toThrow('The text has 16385 characters; at most 16384 are allowed')
  })

  test('a list holds a thousand values and no more', () => {
    const list = (length: number) => `id in (${Array.from({ length }, (_, at) => at).join()})`
    expect(parseFilter(list(1000), fields)).toMatchObject({ values: { length: 1000 } })
    expect(() => check(list(1001))).toThrow('The list for "id" has more than 1000 values')
  })
})

describe('parseSorters', () => {
  const allowed = ['name', 'created', 'owner.name']

  test('a comma list is read in its order, and a minus turns one field around', () => {
    expect(parseSorters('-created,name, owner.name', allowed)).toEqual([
      { field: 'created', descending: true },
      { field: 'name', descending: false },
      { field: 'owner.name', descending: false },
    ])
  })

  test('of a field that comes twice only the first counts', () => {
    expect(parseSorters('name,-name,name', allowed)).toEqual([{ field: 'name', descending: false }])
  })

  const refused: [text: string, message: string][] = [
    ['', 'A sorter is missing (position 1); allowed: created, name, owner.name'],
    ['name,', 'A sorter is missing (position 6)'],
    ['-', 'A sorter is missing (position 1)'],
    ['name,,created', 'A sorter is missing (position 6)'],
    ['name,nmae', '"nmae" cannot be sorted by (position 6); allowed: created, name, owner.name'],
    ['--name', '"-name" cannot be sorted by'],
    ['Name', '"Name" cannot be sorted by'],
    ['name desc', '"name desc" cannot be sorted by'],
  ]
  test.each(refused)('%j is refused: %s', (text, message) => {
    expect(messageOf(() => parseSorters(text, allowed))).toContain(message)
  })

  test('a text of more than 16,384 characters is refused', () => {
    expect(messageOf(() => parseSorters('x'.repeat(16_385), allowed))).toContain('at most 16384 are allowed')
  })
})
