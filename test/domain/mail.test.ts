import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderMail } from '../../src/domain/mail.ts'
import { endOccurrence, type Notice } from '../../src/domain/notice.ts'
import { noticeOf } from '../support/notice.ts'

const now = new Date('2030-01-01T00:00:00Z')
const base = 'https://access.example.com'
const render = (...notices: Notice[]) => renderMail(notices, base, now)
const date = (text: string) => new Date(`${text}T17:00:00Z`)
const done = (itemState: 'PROVISIONED' | 'FAILED' | 'PARTLY_PROVISIONED' | 'CANCELLED') =>
  ({ kind: 'DONE', itemState, occurrence: endOccurrence(itemState, now) }) as const

const subjects: [Partial<Notice>, string][] = [
  [{}, 'Grant: Auditor for Ann Ash needs your decision'],
  [{ requestKind: 'REVOKE' }, 'Remove: Auditor from Ann Ash needs your decision'],
  [{ requestKind: 'MODIFY' }, 'Change: Auditor of Ann Ash needs your decision'],
  [{ heldBefore: true, endAt: date('2030-02-01') }, 'Change: Auditor of Ann Ash needs your decision'],
  [{ heldBefore: true, currentEndAt: date('2030-02-01') }, 'Change: Auditor of Ann Ash needs your decision'],
  [{ heldBefore: true, endAt: date('2030-02-01'), currentEndAt: date('2030-02-01') }, 'Grant: Auditor for Ann Ash needs your decision'],
  [{ kind: 'REMINDER' }, 'Grant: Auditor for Ann Ash still needs your decision'],
  [{ kind: 'ESCALATED' }, 'Grant: Auditor for Ann Ash was passed up to you'],
  [{ kind: 'FORWARDED' }, 'Grant: Auditor for Ann Ash was handed to you'],
  [{ kind: 'DECIDED', occurrence: 'APPROVED' }, 'Grant: Auditor for Ann Ash was approved'],
  [{ kind: 'DECIDED', occurrence: 'REJECTED', requestKind: 'REVOKE' }, 'Remove: Auditor from Ann Ash was rejected'],
  [{ kind: 'DECIDED', occurrence: 'REJECTED', itemState: 'EXPIRED' }, 'Grant: Auditor for Ann Ash was not decided in time'],
  [done('PROVISIONED'), 'Grant: Auditor for Ann Ash is done'],
  [done('FAILED'), 'Grant: Auditor for Ann Ash failed'],
  [done('PARTLY_PROVISIONED'), 'Grant: Auditor for Ann Ash is done in part'],
  [done('CANCELLED'), 'Grant: Auditor for Ann Ash was overtaken'],
  [{ kind: 'ENDING_SOON', assignmentEndAt: date('2030-01-05') }, 'Remove: Auditor of Ann Ash ends on 2030-01-05 17:00 UTC'],
]
test.each(subjects)('the subject of %j is told by what happens to whose access', (facts, subject) => {
  expect(render(noticeOf(facts)).subject).toBe(subject)
})

test('what waits for a decision links to the approval, news link to the request', () => {
  const question = render(noticeOf())
  expect(question.text).toContain(`Decide: ${base}/approvals/approval\n`)
  expect(question.html).toContain(`href="${base}/approvals/approval"`)
  const news = render(noticeOf({ kind: 'DECIDED', occurrence: 'APPROVED' }))
  expect(news.text).toContain(`See the request: ${base}/requests/request\n`)
  expect(render(noticeOf({ kind: 'ENDING_SOON', requestId: null, assignmentEndAt: date('2030-01-05') })).text).toContain(
    `${base}/requests\n`,
  )
})

test('a removal is loud in both forms, a grant in neither', () => {
  const removal = render(noticeOf({ requestKind: 'REVOKE', requesterName: 'Mel Ode' }))
  expect(removal.text).toContain('*** REMOVE: Auditor from Ann Ash needs your decision ***')
  expect(removal.text).toContain('Mel Ode asks that Auditor (role) be TAKEN AWAY from Ann Ash.')
  expect(removal.html).toMatch(/<h2 style="[^"]*background:#a4161a">REMOVE: /)
  expect(render(noticeOf()).html).not.toContain('#a4161a')
})

test('dates are in UTC; a change shows the old end beside the new', () => {
  expect(render(noticeOf({ startAt: date('2030-02-01'), endAt: date('2030-03-01') })).text).toContain(
    'From: 2030-02-01 17:00 UTC.\n\nUntil: 2030-03-01 17:00 UTC.',
  )
  const change = noticeOf({ requestKind: 'MODIFY', endAt: date('2030-03-01'), currentEndAt: date('2030-02-01') })
  expect(render(change).text).toContain('Until: 2030-03-01 17:00 UTC (so far: 2030-02-01 17:00 UTC).')
  expect(render({ ...change, endAt: null }).text).toContain('Until: no end (so far: 2030-02-01 17:00 UTC).')
  expect(render(noticeOf({ requestKind: 'REVOKE', endAt: date('2030-03-01') })).text).toContain('It takes effect on 2030-03-01 17:00 UTC.')
})

test('who handed it over, who decided, what they said and why it failed is told', () => {
  const handed = render(noticeOf({ kind: 'FORWARDED', fromName: 'Tom Berg', movedByName: 'Ada Quill', moveComment: 'yours' }))
  expect(handed.text).toContain('Ada Quill handed it to you.\n\nBefore, it was with Tom Berg.')
  expect(handed.text).toContain('Ada Quill:\n> yours')
  const decided = render(noticeOf({ kind: 'DECIDED', occurrence: 'REJECTED', deciderName: 'Tom Berg', decisionComment: 'no\nnever' }))
  expect(decided.text).toContain('Tom Berg:\n> no\n> never')
  expect(render(noticeOf({ ...done('FAILED'), problem: 'No such group.' })).text).toContain('The reason: No such group.')
})

test('three notices are one digest that puts removals first and links to each', () => {
  const mail = render(
    noticeOf({ approvalId: 'a1', itemName: 'Badge' }),
    noticeOf({ approvalId: 'a2', requestKind: 'REVOKE', itemName: 'Vault' }),
    noticeOf({ ...done('PROVISIONED'), requestId: 'r3' }),
  )
  expect(mail.subject).toBe('Remove, Grant: 2 wait for your decision, 1 for you to know')
  expect(mail.text.indexOf('Vault')).toBeLessThan(mail.text.indexOf('Badge'))
  for (const path of ['/approvals/a1', '/approvals/a2', '/requests/r3']) expect(mail.html).toContain(`href="${base}${path}"`)
})

test('a digest of a thousand names a hundred and counts the rest', () => {
  const mail = render(...Array.from({ length: 1_000 }, (_, n) => noticeOf({ approvalId: `a${n}` })))
  expect(mail.subject).toBe('Grant: 1000 wait for your decision')
  expect(mail.text.match(/\/approvals\/a\d+/g)).toHaveLength(100)
  expect(mail.text).toContain('… and 900 more.')
})

test('a name cannot break out of its line or turn what follows around', () => {
  const mail = render(noticeOf({ itemName: 'Badge\r\nBcc: eve@example.com', recipientName: 'Ann\u202e hsA' }))
  expect(mail.subject).toBe('Grant: Badge Bcc: eve@example.com for Ann hsA needs your decision')
  expect(render(noticeOf({ itemName: 'x'.repeat(5_000) })).subject.length).toBeLessThan(200)
})

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '" onmouseover="x',
    "'><img src=x onerror=y>",
    '&lt;b&gt;',
    '</blockquote><a href="http://evil.example">Decide</a>',
  ),
)

test('whatever people write, the HTML has the tags of its own only and no address but ours', () => {
  const kinds = fc.constantFrom(...(['APPROVAL_WAITING', 'FORWARDED', 'DECIDED', 'DONE', 'ENDING_SOON'] as const))
  fc.assert(
    fc.property(kinds, fc.array(text, { minLength: 8, maxLength: 8 }), fc.integer({ min: 1, max: 4 }), (kind, words, count) => {
      const [
        itemName = '',
        recipientName = '',
        requesterName = '',
        comment = '',
        moveComment = '',
        decisionComment = '',
        problem = '',
        id = '',
      ] = words
      const facts = {
        kind,
        itemName,
        recipientName,
        requesterName,
        comment,
        moveComment,
        decisionComment,
        problem,
        movedByName: requesterName,
      }
      const notice = noticeOf({ ...facts, occurrence: 'REJECTED', deciderName: recipientName, approvalId: id, requestId: id })
      const mail = render(...Array.from({ length: count }, () => notice))
      const tags = [...mail.html.matchAll(/<\/?([a-z!][a-z0-9]*)/gi)].map((match) => match[1])
      expect(new Set(tags)).toEqual(new Set([...tags].filter((tag) => allowed.has(tag ?? ''))))
      expect([...mail.html.matchAll(/<a [^>]*href="([^"]*)"/g)].every((match) => match[1]?.startsWith(`${base}/`))).toBe(true)
      expect(mail.html.match(/<a /g)?.length).toBe(count)
      expect(mail.subject).toMatch(/^(Grant|Change|Remove)[^\r\n]*$/)
    }),
  )
})

const allowed = new Set(['!doctype', 'html', 'head', 'meta', 'title', 'body', 'h2', 'p', 'a', 'blockquote'])
