import { expect, test } from 'vitest'
import {
  endOccurrence,
  isMailAddress,
  noticesOfApprovals,
  noticesOfItem,
  noticesToDecide,
  onceKey,
  planMails,
  whyUntrue,
} from '../../src/domain/notice.ts'
import { noticeOf } from '../support/notice.ts'

const now = new Date('2030-01-01T00:00:00Z')
const ids = () => {
  let n = 0
  return () => `mail${++n}`
}

test('everybody who may decide a waiting approval is told once, and nobody of one that passed by itself', () => {
  const notices = noticesOfApprovals([
    { id: 'a', state: 'PENDING', candidateIds: ['ann', 'ben', 'ann'] },
    { id: 'b', state: 'APPROVED', candidateIds: ['cem'] },
  ])
  expect(notices.map(({ personId, about }) => [personId, about])).toEqual([
    ['ann', { approvalId: 'a' }],
    ['ben', { approvalId: 'a' }],
  ])
})

test('who asks for themselves is told once how it went, who asks for another is told beside them', () => {
  expect(noticesOfItem('DONE', { id: 'i', requesterId: 'ann', recipientId: 'ann' }, 'x').map((n) => n.personId)).toEqual(['ann'])
  expect(noticesOfItem('DONE', { id: 'i', requesterId: 'mel', recipientId: 'ann' }, 'x').map((n) => n.personId)).toEqual(['mel', 'ann'])
})

test('whoever ended something is not told that it ended', () => {
  const item = { id: 'i', requesterId: 'mel', recipientId: 'ann' }
  expect(noticesOfItem('DONE', item, 'x', 'mel').map((n) => n.personId)).toEqual(['ann'])
})

test('two reminders are two notices, the same reminder is one', () => {
  const keys = ['1', '2', '2'].flatMap((occurrence) => noticesToDecide('REMINDER', 'a', ['ann'], occurrence).map(onceKey))
  expect(new Set(keys).size).toBe(2)
})

test('one question is told of under other words when it is handed on', () => {
  const [asked] = noticesToDecide('APPROVAL_WAITING', 'a', ['ann'])
  const [handed] = noticesToDecide('FORWARDED', 'a', ['ann'])
  expect(asked && handed && onceKey(asked) === onceKey(handed)).toBe(false)
})

const untrue: [string, Parameters<typeof noticeOf>[0], string | undefined][] = [
  ['a waiting approval', {}, undefined],
  ['one that somebody decided', { approvalState: 'APPROVED' }, 'The approval is APPROVED already.'],
  ['one that was cancelled', { kind: 'REMINDER', approvalState: 'CANCELLED' }, 'The approval is CANCELLED already.'],
  ['one that was handed to another', { kind: 'ESCALATED', mayDecide: false }, 'Somebody else decides it now.'],
  ['a decision', { kind: 'DECIDED', occurrence: 'REJECTED', deciderId: 'mel', itemState: 'REJECTED' }, undefined],
  ['a decision of their own', { kind: 'DECIDED', occurrence: 'APPROVED', deciderId: 'me' }, 'They decided it themselves.'],
  ['an approval of what was closed', { kind: 'DECIDED', occurrence: 'APPROVED', itemState: 'CLOSED' }, 'The item is CLOSED now.'],
  ['work that waits', { kind: 'WORK_WAITING', workState: 'PENDING', workOwnerId: 'me' }, undefined],
  ['work that is done', { kind: 'WORK_WAITING', workState: 'FINISHED', workOwnerId: 'me' }, 'The work is FINISHED already.'],
  ['work that was handed on', { kind: 'WORK_WAITING', workState: 'PENDING', workOwnerId: 'ann' }, 'Somebody else does it now.'],
  ['a failure', { kind: 'DONE', occurrence: endOccurrence('FAILED', now), itemState: 'FAILED' }, undefined],
  [
    'one that is tried again',
    { kind: 'DONE', occurrence: endOccurrence('FAILED', now), itemState: 'PROVISIONING' },
    'The item is PROVISIONING now.',
  ],
]
test.each(untrue)('%s is told exactly while it is true', (_what, facts, because) => {
  expect(whyUntrue(noticeOf(facts), now)).toBe(because)
})

test('an end is told of while it lies ahead and stands', () => {
  const end = new Date('2030-01-05T00:00:00Z')
  const ending = noticeOf({ kind: 'ENDING_SOON', occurrence: end.toISOString(), assignmentState: 'ACTIVE', assignmentEndAt: end })
  expect(whyUntrue(ending, now)).toBeUndefined()
  expect(whyUntrue(ending, end)).toBe('The end has come already.')
  expect(whyUntrue({ ...ending, assignmentEndAt: new Date('2031-01-01') }, now)).toBe('The end was put off or brought forward.')
  expect(whyUntrue({ ...ending, assignmentEndAt: null }, now)).toBe('The end was put off or brought forward.')
  expect(whyUntrue({ ...ending, assignmentState: 'ENDING' }, now)).toBe('The assignment is ENDING now.')
})

test('two notices are two mails, three are one', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => noticeOf({ id, approvalId: id }))
  if (!a || !b || !c) throw new Error('three were made')
  expect(planMails([a, b], now, ids()).mails.map((mail) => mail.notices.length)).toEqual([1, 1])
  expect(planMails([a, b, c], now, ids()).mails.map((mail) => mail.notices.length)).toEqual([3])
})

test('of several notices on one approval the last goes out', () => {
  const asked = noticeOf({ id: 'n1', approvalId: 'a' })
  const reminded = noticeOf({ id: 'n2', kind: 'REMINDER', approvalId: 'a' })
  const other = noticeOf({ id: 'n3', approvalId: 'b' })
  const plan = planMails([asked, reminded, other], now, ids())
  expect(plan.mails.flatMap((mail) => mail.notices.map(({ id }) => id))).toEqual(['n2', 'n3'])
  expect(plan.dropped).toEqual([{ id: 'n1', because: 'A later notice on the same approval goes out.' }])
})

test('that it was agreed to is not told beside that it is done, unless that is not true any more', () => {
  const item = { approvalId: null, requestedItemId: 'i', itemState: 'PROVISIONED' as const }
  const decided = noticeOf({ ...item, id: 'n1', kind: 'DECIDED', occurrence: 'APPROVED' })
  const done = noticeOf({ ...item, id: 'n2', kind: 'DONE', occurrence: endOccurrence('PROVISIONED', now) })
  expect(planMails([decided, done], now, ids()).mails.flatMap((mail) => mail.notices.map(({ id }) => id))).toEqual(['n2'])
  const stale = { ...done, itemState: 'PROVISIONING' as const }
  expect(planMails([decided, stale], now, ids()).mails.flatMap((mail) => mail.notices.map(({ id }) => id))).toEqual(['n1'])
})

test('a mail that may have gone out goes again under its id, alone, and loses what is not true any more', () => {
  const sent = ['a', 'b', 'c'].map((id) => noticeOf({ id, approvalId: id, mailId: 'old' }))
  const decided = noticeOf({ id: 'd', approvalId: 'd', mailId: 'old', approvalState: 'REJECTED' })
  const fresh = noticeOf({ id: 'e', approvalId: 'e' })
  const plan = planMails([...sent, decided, fresh], now, ids())
  expect(plan.mails.map(({ id, notices }) => [id, notices.map((n) => n.id)])).toEqual([
    ['old', ['a', 'b', 'c']],
    ['mail1', ['e']],
  ])
  expect(plan.dropped.map(({ id }) => id)).toEqual(['d'])
})

test.each(['ann@example.com', 'ann.ash+x@mail.example.co', 'jürgen@exämple.de', "o'neil@example.com"])('%s is an address', (text) => {
  expect(isMailAddress(text)).toBe(true)
})

test.each([
  '',
  'ann',
  '@example.com',
  'ann@',
  'ann@example.com, eve@example.com',
  'Ann <ann@example.com>',
  'ann@example.com\r\nBcc: eve@example.com',
  'ann@@example.com',
  `${'a'.repeat(250)}@example.com`,
])('%j is no address', (text) => {
  expect(isMailAddress(text)).toBe(false)
})
