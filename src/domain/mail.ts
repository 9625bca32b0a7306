import type { ItemType } from './access-model.ts'
import { type Passage, toHtml, toText } from './mail-layout.ts'
import type { Notice } from './notice.ts'

/** What a mail says. Pure: notices in, subject, text and HTML out. */

export interface MailText {
  subject: string
  text: string
  html: string
}

export type Verb = 'Remove' | 'Change' | 'Grant'

/** As they stand in a subject and in a digest: the one that takes something away comes first. */
const verbs: Verb[] = ['Remove', 'Change', 'Grant']
const typeNames: Record<ItemType, string> = { ROLE: 'role', ACCESS_PROFILE: 'access profile', ENTITLEMENT: 'entitlement' }

/** A digest names this many; the rest is counted. */
const MOST_IN_DIGEST = 100
const LONGEST_COMMENT = 2_000
const LONGEST_NAME = 120

/**
 * Takes what one person is told (at least one notice, all of them true) and the origin that links lead to; returns one mail. Its subject
 * begins with Grant, Change or Remove. Times are UTC.
 */
export function renderMail(notices: Notice[], publicUrl: string, now: Date): MailText {
  const [only] = notices
  if (only && notices.length === 1) return laidOut(`${verbOf(only)}: ${headlineOf(only)}`, bodyOf(only, publicUrl, now))
  return digest(notices, publicUrl, now)
}

function laidOut(subject: string, passages: Passage[]): MailText {
  const all: Passage[] = [
    ...passages,
    { kind: 'small', text: 'Countersign has sent this by itself; an answer reaches nobody. Times are UTC.' },
  ]
  return { subject, text: toText(all), html: toHtml(subject, all) }
}

function digest(notices: Notice[], publicUrl: string, now: Date): MailText {
  const mine = notices.filter(isQuestion).length
  const work = notices.filter((notice) => notice.kind === 'WORK_WAITING').length
  const news = notices.length - mine - work
  const parts = [
    ...(mine > 0 ? [`${mine} wait for your decision`] : []),
    ...(work > 0 ? [`${work} wait for work by you`] : []),
    ...(news > 0 ? [`${news} for you to know`] : []),
  ]
  const shown = verbs.filter((verb) => notices.some((notice) => verbOf(notice) === verb))
  const ordered = shown.flatMap((verb) => notices.filter((notice) => verbOf(notice) === verb))
  const rest = ordered.length - MOST_IN_DIGEST
  const passages = ordered.slice(0, MOST_IN_DIGEST).flatMap((notice) => entryOf(notice, publicUrl, now))
  if (rest > 0)
    passages.push({ kind: 'text', text: `… and ${rest} more.` }, { kind: 'link', text: 'See all', url: `${publicUrl}/approvals` })
  return laidOut(`${shown.join(', ')}: ${parts.join(', ')}`, passages)
}

/** One notice of a digest: what it is, who asks, where to go. */
function entryOf(notice: Notice, publicUrl: string, now: Date): Passage[] {
  const [first] = sentencesOf(notice, now)
  return [titleOf(notice), ...(first === undefined ? [] : [{ kind: 'text' as const, text: first }]), linkOf(notice, publicUrl)]
}

function bodyOf(notice: Notice, publicUrl: string, now: Date): Passage[] {
  return [
    titleOf(notice),
    ...sentencesOf(notice, now).map((text): Passage => ({ kind: 'text', text })),
    ...quotesOf(notice),
    linkOf(notice, publicUrl),
  ]
}

/** Nobody agrees to a removal because it looked like a grant. */
function titleOf(notice: Notice): Passage {
  const verb = verbOf(notice)
  const loud = verb === 'Remove'
  return { kind: loud ? 'loud' : 'heading', text: `${loud ? 'REMOVE' : verb}: ${headlineOf(notice)}` }
}

function isQuestion(notice: Notice): boolean {
  return !['DECIDED', 'DONE', 'ENDING_SOON', 'WORK_WAITING'].includes(notice.kind)
}

function verbOf(notice: Notice): Verb {
  return notice.kind === 'ENDING_SOON' ? 'Remove' : verbFor(notice)
}

type AskedAccess = Pick<Notice, 'requestKind' | 'heldBefore' | 'startAt' | 'endAt' | 'currentStartAt' | 'currentEndAt'>

/** Takes what is asked; returns what happens to the access: a grant of what is held already, with other dates, is a change. */
export function verbFor(asked: AskedAccess): Verb {
  if (asked.requestKind === 'REVOKE') return 'Remove'
  if (asked.requestKind === 'MODIFY') return 'Change'
  return asked.heldBefore && changesDates(asked) ? 'Change' : 'Grant'
}

function changesDates({ startAt, endAt, currentStartAt, currentEndAt }: AskedAccess): boolean {
  const differ = (a: Date | null, b: Date | null) => (a?.getTime() ?? null) !== (b?.getTime() ?? null)
  return differ(endAt, currentEndAt) || (startAt !== null && differ(startAt, currentStartAt))
}

function headlineOf(notice: Notice): string {
  const between = { Grant: 'for', Change: 'of', Remove: notice.kind === 'ENDING_SOON' ? 'of' : 'from' }[verbOf(notice)]
  return `${oneLine(notice.itemName)} ${between} ${oneLine(notice.recipientName)} ${outcomeOf(notice)}`
}

function outcomeOf(notice: Notice): string {
  switch (notice.kind) {
    case 'APPROVAL_WAITING':
      return 'needs your decision'
    case 'REMINDER':
      return 'still needs your decision'
    case 'ESCALATED':
      return 'was passed up to you'
    case 'FORWARDED':
      return 'was handed to you'
    case 'DECIDED':
      return `was ${decisionOf(notice)}`
    case 'DONE':
      return endOf(notice)
    case 'ENDING_SOON':
      return `ends on ${timeText(notice.assignmentEndAt)}`
    case 'WORK_WAITING':
      return 'needs work by you'
  }
}

function decisionOf({ occurrence, itemState }: Notice): string {
  if (itemState === 'EXPIRED') return 'not decided in time'
  return { APPROVED: 'approved', REJECTED: 'rejected' }[occurrence] ?? 'decided'
}

function endOf(notice: Notice): string {
  if (notice.itemState === 'PARTLY_PROVISIONED') return 'is done in part'
  if (notice.itemState === 'CANCELLED') return notice.cancelledByName === null ? 'was overtaken' : 'was withdrawn'
  if (notice.itemState === 'CLOSED') return 'was closed'
  return notice.itemState === 'PROVISIONED' ? 'is done' : 'failed'
}

function sentencesOf(notice: Notice, now: Date): string[] {
  const what = `${oneLine(notice.itemName)} (${typeNames[notice.itemType]})`
  const who = oneLine(notice.recipientName)
  if (notice.kind === 'ENDING_SOON') {
    return [
      `${what}, held by ${who}, is taken away on ${timeText(notice.assignmentEndAt)}.`,
      'Who needs it for longer asks for a later end now.',
    ]
  }
  if (notice.kind === 'WORK_WAITING')
    return [cut(oneLine(notice.work ?? what), LONGEST_COMMENT), 'Say when it is done; or that it will not be done, and why.']
  const asker = oneLine(notice.requesterName ?? 'Somebody')
  const asked = {
    Grant: `${asker} asks that ${who} be given ${what}.`,
    Change: `${asker} asks for other dates of ${what}, held by ${who}.`,
    Remove: `${asker} asks that ${what} be TAKEN AWAY from ${who}.`,
  }[verbOf(notice)]
  return [asked, ...datesOf(notice, now), ...storyOf(notice)]
}

function datesOf(notice: Notice, now: Date): string[] {
  const { startAt, endAt, currentEndAt } = notice
  const verb = verbOf(notice)
  if (verb === 'Remove') return endAt === null ? [] : [`It takes effect on ${timeText(endAt)}.`]
  const lines = startAt !== null && (verb === 'Grant' || startAt > now) ? [`From: ${timeText(startAt)}.`] : []
  if (verb === 'Grant') return endAt === null ? lines : [...lines, `Until: ${timeText(endAt)}.`]
  return [...lines, `Until: ${timeText(endAt)} (so far: ${timeText(currentEndAt)}).`]
}

/** What came after the asking. */
function storyOf(notice: Notice): string[] {
  const { kind, fromName, movedByName, deciderName, itemState } = notice
  const before = fromName === null ? [] : [`Before, it was with ${oneLine(fromName)}.`]
  switch (kind) {
    case 'APPROVAL_WAITING':
      return []
    case 'REMINDER':
      return [`It has waited for you since ${timeText(notice.askedAt)}.`]
    case 'ESCALATED':
      return ['It was not decided in time.', ...before]
    case 'FORWARDED':
      return [movedByName === null ? 'It was handed to you.' : `${oneLine(movedByName)} handed it to you.`, ...before]
    case 'DECIDED':
      return deciderName === null
        ? []
        : [`${oneLine(deciderName)} decided.`, ...(itemState === 'SCHEDULED' ? ['It waits for its start.'] : [])]
    case 'DONE':
      return endStory(notice)
    case 'WORK_WAITING':
    case 'ENDING_SOON':
      return []
  }
}

function endStory({ problem, itemState, cancelledByName, closeMessage }: Notice): string[] {
  if (itemState === 'PROVISIONED') return []
  if (itemState === 'CLOSED')
    return [`An administrator ended it by hand${closeMessage ? `: ${cut(oneLine(closeMessage), LONGEST_COMMENT)}` : '.'}`]
  if (itemState === 'CANCELLED' && cancelledByName !== null) return [`${oneLine(cancelledByName)} withdrew it.`]
  return problem === null ? [] : [`The reason: ${cut(oneLine(problem), LONGEST_COMMENT)}`]
}

function quotesOf(notice: Notice): Passage[] {
  const quote = (by: string | null, text: string | null): Passage[] =>
    text === null || text.trim() === ''
      ? []
      : [{ kind: 'quote', by: oneLine(by ?? 'Somebody'), text: cut(straight(text), LONGEST_COMMENT) }]
  return [
    ...quote(notice.requesterName, notice.comment),
    ...(isQuestion(notice) ? quote(notice.movedByName, notice.moveComment) : []),
    ...(notice.kind === 'DECIDED' ? quote(notice.deciderName, notice.decisionComment) : []),
    ...(notice.kind === 'DONE' && notice.itemState === 'CANCELLED' ? quote(notice.cancelledByName, notice.cancelComment) : []),
  ]
}

function linkOf(notice: Notice, publicUrl: string): Passage {
  if (notice.kind === 'WORK_WAITING')
    return { kind: 'link', text: 'Do it', url: `${publicUrl}/tasks/${encodeURIComponent(notice.workItemId ?? '')}` }
  if (isQuestion(notice))
    return { kind: 'link', text: 'Decide', url: `${publicUrl}/approvals/${encodeURIComponent(notice.approvalId ?? '')}` }
  const path = notice.requestId === null ? '' : `/${encodeURIComponent(notice.requestId)}`
  return { kind: 'link', text: 'See the request', url: `${publicUrl}/requests${path}` }
}

/** Such as 2026-12-31 17:00 UTC. */
function timeText(at: Date | null): string {
  return at === null ? 'no end' : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** A name as it may stand in a line: no line breaks, not endless. */
function oneLine(text: string): string {
  return cut(
    straight(text)
      .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
      .trim(),
    LONGEST_NAME,
  )
}

/** Without the signs that turn the direction of what follows: with them a name can make a line read as it is not. */
function straight(text: string): string {
  return text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
}

function cut(text: string, longest: number): string {
  const letters = [...text]
  return letters.length <= longest ? text : `${letters.slice(0, longest - 1).join('')}…`
}
