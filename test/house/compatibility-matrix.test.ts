import { expect, test } from 'vitest'
import { withMatrix } from '../../scripts/compatibility.ts'
import { operations } from '../../src/api/operations.ts'
import { read } from './source.ts'

test('docs/compatibility.md shows every operation as the table has it (npm run docs:compatibility writes it)', () => {
  const text = read('docs/compatibility.md')
  expect(text).toBe(withMatrix(text))
  for (const id of Object.keys(operations)) expect(text).toContain(`| ${id} |`)
})

test('what is written by hand around the generated part stays as it is', () => {
  const mark = (which: string) => `<!-- made by npm run docs:compatibility: ${which} -->`
  const text = `by hand\n${mark('begin')}\nold\n${mark('end')}\nby hand, too\n`
  const written = withMatrix(text)
  expect([written.startsWith('by hand\n'), written.endsWith('\nby hand, too\n'), written.includes('\nold\n')]).toEqual([true, true, false])
  expect(() => withMatrix('no markers')).toThrow('must hold')
})
