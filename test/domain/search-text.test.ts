import { expect, test } from 'vitest'
import { readDateSpan, readZone, utc } from '../../src/domain/search-date.ts'
import { hasWords, isLike, wordPattern, wordsOf } from '../../src/domain/search-text.ts'

const has = (text: string, ...pieces: Parameters<typeof wordPattern>[0]) => {
  const words = wordPattern(pieces)
  return words !== undefined && hasWords(text, words)
}
const many = { any: 'many' } as const
const one = { any: 'one' } as const

test('words are runs of letters, digits and underscores, and case does not matter', () => {
  expect(wordsOf(['Close_Identity, requests!', 'close_identity Überblick ÜBERBLICK', ''])).toEqual([
    'close_identity',
    'requests',
    'überblick',
  ])
  expect(has('emp.alice@example.org', 'Alice')).toBe(true)
  expect(has('emp.alice@example.org', 'emp alice')).toBe(true)
  expect(has('emp.alice@example.org', 'ali')).toBe(false)
  expect(has('Straße', 'STRASSE')).toBe(false)
  expect(has('ÉTÉ', 'été')).toBe(true)
  expect(has('“Quoted” – here', 'quoted here')).toBe(true)
  expect(has('one\u0001two', 'one two')).toBe(false)
  expect(wordPattern([' -- '])).toBe(undefined)
})

test('wildcards stand for letters inside a word', () => {
  expect(has('Finance Analyst', 'fin', many)).toBe(true)
  expect(has('Finance Analyst', many, 'lyst')).toBe(true)
  expect(has('Finance Analyst', 'f', one, 'nance')).toBe(true)
  expect(has('Finance Analyst', 'fin', many, 'lyst')).toBe(false)
  expect(has('Finance Analyst', 'finance', one)).toBe(false)
  expect(isLike('Finance (Analyst)', ['Finance (', many])).toBe(true)
  expect(isLike('finance', ['Finance'])).toBe(false)
})

test('an index is told of a term what it can find words by', () => {
  expect(wordPattern(['Close Req', many])).toMatchObject({
    words: [
      { word: 'close', prefix: false },
      { word: 'req', prefix: true },
    ],
    wordsSuffice: false,
  })
  expect(wordPattern(['CLOSE'])).toMatchObject({ words: [{ word: 'close', prefix: false }], wordsSuffice: true })
  expect(wordPattern([many, 'x'])).toMatchObject({ words: [], wordsSuffice: false })
  const long = 'x'.repeat(300)
  expect(wordsOf([long])).toEqual(['x'.repeat(200)])
  expect(wordPattern([long])).toMatchObject({ words: [{ word: 'x'.repeat(200), prefix: true }], wordsSuffice: false })
})

const now = new Date('2026-03-29T12:34:56.789Z')
const berlin = readZone('Europe/Berlin') ?? utc
const span = (text: string, zone = utc) => {
  const found = readDateSpan(text, now, zone)
  return found && `${found.first.toISOString()} ${found.last.toISOString()}`
}

test.each([
  ['2026', '2026-01-01T00:00:00.000Z 2026-12-31T23:59:59.999Z'],
  ['2026-02', '2026-02-01T00:00:00.000Z 2026-02-28T23:59:59.999Z'],
  ['2026-02-03', '2026-02-03T00:00:00.000Z 2026-02-03T23:59:59.999Z'],
  ['2026-02-03T04', '2026-02-03T04:00:00.000Z 2026-02-03T04:59:59.999Z'],
  ['2026-02-03T04:05:06', '2026-02-03T04:05:06.000Z 2026-02-03T04:05:06.999Z'],
  ['2026-02-03T04:05:06.7+02:00', '2026-02-03T02:05:06.700Z 2026-02-03T02:05:06.700Z'],
  ['now', '2026-03-29T12:34:56.789Z 2026-03-29T12:34:56.789Z'],
  ['now-7d/d', '2026-03-22T00:00:00.000Z 2026-03-22T23:59:59.999Z'],
  ['now/w', '2026-03-23T00:00:00.000Z 2026-03-29T23:59:59.999Z'],
  ['now-1M', '2026-02-28T12:34:56.789Z 2026-02-28T12:34:56.789Z'],
  ['2026-01-31||', '2026-01-31T00:00:00.000Z 2026-01-31T23:59:59.999Z'],
  ['2026-01-31||+1M', '2026-02-28T00:00:00.000Z 2026-02-28T00:00:00.000Z'],
  ['now+1H-30m', '2026-03-29T13:04:56.789Z 2026-03-29T13:04:56.789Z'],
])('%s is understood', (text, expected) => {
  expect(span(text)).toBe(expected)
})

test.each([
  '',
  'soon',
  'nowhere',
  '2026-02-30',
  '2026-13',
  '2026-01-01T25',
  'now-',
  'now/x',
  'now+1',
  '12026-01-01',
  'now-999999y',
  '20261122',
  '1770000000000',
  '0000-01-01',
  '2026-01-01||/q',
])('%s is no date', (text) => {
  expect(span(text)).toBe(undefined)
})

test('days are the days of the zone, also when one has 23 hours', () => {
  expect(span('2026-03-29', berlin)).toBe('2026-03-28T23:00:00.000Z 2026-03-29T21:59:59.999Z')
  expect(span('now/d', berlin)).toBe('2026-03-28T23:00:00.000Z 2026-03-29T21:59:59.999Z')
  expect(span('now-1d/d', berlin)).toBe('2026-03-27T23:00:00.000Z 2026-03-28T22:59:59.999Z')
  expect(span('2026-03-29T00:00:00Z', berlin)).toBe('2026-03-29T00:00:00.000Z 2026-03-29T00:00:00.999Z')
  expect(readZone('GMT-8:00')).toEqual({ offsetMs: -8 * 3_600_000 })
  expect(readZone('+05:30')).toEqual({ offsetMs: 5.5 * 3_600_000 })
  expect(readZone('Mars/Olympus')).toBe(undefined)
  expect(readZone('+25:00')).toBe(undefined)
})
