import { expect, test } from 'vitest'
import { told } from '../../web/src/parts/told.ts'

test('what was told and comes back late is known as one’s own, what somebody else says is not', () => {
  const sent = told('')
  sent.tell('l')
  sent.tell('le')
  expect([sent.isOwn('l'), sent.isOwn('le')]).toEqual([true, true])
  expect(sent.isOwn('l')).toBe(false)
  expect(sent.isOwn('ledger')).toBe(false)
  expect(sent.isOwn('ledger')).toBe(true)
})
