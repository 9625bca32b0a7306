import fc from 'fast-check'
import { expect, test } from 'vitest'
import { safeReturnPath } from '../../src/domain/return-path.ts'

test('a path of a page is kept with its query and fragment', () => {
  for (const path of ['/', '/approvals/1', '/my-team?sort=name&desc', '/a#b', '/a/b?x=%2F%2Fevil.example'])
    expect(safeReturnPath(path)).toBe(path)
})

test('whatever it is given, a browser that follows it stays here', () => {
  const pieces = fc.constantFrom(
    '/',
    '\\',
    '//',
    'evil.example',
    '@',
    ':',
    'https:',
    '\t',
    '\n',
    ' ',
    '..',
    '.',
    '?',
    '#',
    '%2f',
    '%5c',
    'a',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((parts) => `/${parts.join('')}`),
      ),
      (asked) => {
        const path = safeReturnPath(asked)
        expect(path).toMatch(/^\/(?![/\\])/)
        expect(new URL(path, 'https://access.example.com').host).toBe('access.example.com')
      },
    ),
    { numRuns: 2_000 },
  )
})
