import type { ItemType, RequestKind } from './access-model.ts'
import type { ApprovalState, AssignmentState, ItemState, WorkItemState } from './lifecycle.ts'

/** What people are told, when, and when not any more. Pure: facts in, notices out. */

/** What a person who may decide an approval is told. */
export type AskKind = 'APPROVAL_WAITING' | 'REMINDER' | 'ESCALATED' | 'FORWARDED'
/** What those are told who asked for something, or for whom it is. */
export type NewsKind = 'DECIDED' | 'DONE'
export type NoticeKind = AskKind | NewsKind | 'ENDING_SOON' | 'WORK_WAITING'

/** One thing to tell one person. The same kind, person, thing and occurrence is the same notice: it is given once. */
export interface NewNotice {
  kind: NoticeKind
  personId: string
  about: { approvalId: string } | { requestedItemId: string } | { assignmentId: string } | { workItemId: string }
  occurrence: string
}

/** Takes the approvals of one item that were just made; returns a notice for everybody who may decide one that waits, one for each person. */
export function noticesOfApprovals(approvals: { id: string; state: ApprovalState; candidateIds: string[] }[]): NewNotice[] {
  const told = new Set<string>()
  return approvals
    .filter((approval) => approval.state === 'PENDING')
    .flatMap((approval) => {
      const anew = approval.candidateIds.filter((id) => !told.has(id))
      for (const id of anew) told.add(id)
      return noticesToDecide('APPROVAL_WAITING', approval.id, anew)
    })
}

/** Tells people that they may decide an approval; `occurrence` tells apart what may happen to it more than once. */
export function noticesToDecide(kind: AskKind, approvalId: string, personIds: string[], occurrence = ''): NewNotice[] {
  return [...new Set(personIds)].map((personId) => ({ kind, personId, about: { approvalId }, occurrence }))
}

/** Tells the requester and the recipient of an item how its approvals ended, or where it ended; not whoever ended it (`byId`). */
export function noticesOfItem(
  kind: NewsKind,
  item: { id: string; requesterId: string; recipientId: string },
  occurrence: string,
  byId: string | null = null,
): NewNotice[] {
  const people = new Set([item.requesterId, item.recipientId].filter((id) => id !== byId))
  return [...people].map((personId) => ({ kind, personId, about: { requestedItemId: item.id }, occurrence }))
}

/** Tells a person that work by hand waits for them; `hops` tells apart the times it came to them. */
export function noticeOfWork(work: { id: string; ownerId: string; hops: number }): NewNotice {
  return { kind: 'WORK_WAITING', personId: work.ownerId, about: { workItemId: work.id }, occurrence: String(work.hops) }
}

/** The occurrence of an item's end; an item that failed, was tried again and failed again ended twice. */
export function endOccurrence(state: ItemState, now: Date): string {
  return `${state} ${now.toISOString()}`
}

/** What kind, person, thing and occurrence come to: no two notices share it. */
export function onceKey({ kind, personId, about, occurrence }: NewNotice): string {
  return [kind, personId, ...Object.values(about), occurrence].join(' ')
}

/** A notice that waits, with all that is true about its subject now. */
export interface Notice {
  id: string
  kind: NoticeKind
  personId: string
  occurrence: string
  /** The mail it may have gone out with, when a try was cut short. */
  mailId: string | null
  attempts: number
  requestKind: RequestKind
  itemName: string
  itemType: ItemType
  recipientId: string
  recipientName: string
  /** Null for access that nobody asked for (imported). */
  requestId: string | null
  requestedItemId: string | null
  requesterName: string | null
  comment: string | null
  startAt: Date | null
  endAt: Date | null
  currentStartAt: Date | null
  currentEndAt: Date | null
  itemState: ItemState | null
  /** True when the recipient holds the item already, by an earlier assignment. */
  heldBefore: boolean
  /** What the target said last. */
  problem: string | null
  approvalId: string | null
  approvalState: ApprovalState | null
  askedAt: Date | null
  /** True while the person told may decide the approval. */
  mayDecide: boolean
  /** The last hand-over to the person told. */
  fromName: string | null
  movedByName: string | null
  moveComment: string | null
  deciderId: string | null
  deciderName: string | null
  decisionComment: string | null
  /** Who withdrew it, and what they said; null where it was overtaken. */
  cancelledByName: string | null
  cancelComment: string | null
  closeMessage: string | null
  workItemId: string | null
  workState: WorkItemState | null
  workOwnerId: string | null
  /** What is to be done by hand. */
  work: string | null
  assignmentState: AssignmentState | null
  assignmentEndAt: Date | null
}

/** Why a notice must not go out any more, in words; undefined while what it says is true. */
export function whyUntrue(notice: Notice, now: Date): string | undefined {
  switch (notice.kind) {
    case 'APPROVAL_WAITING':
    case 'REMINDER':
    case 'ESCALATED':
    case 'FORWARDED':
      if (notice.approvalState !== 'PENDING') return `The approval is ${notice.approvalState} already.`
      return notice.mayDecide ? undefined : 'Somebody else decides it now.'
    case 'DECIDED':
      if (notice.deciderId === notice.personId) return 'They decided it themselves.'
      return notice.itemState === 'CANCELLED' || notice.itemState === 'CLOSED' ? `The item is ${notice.itemState} now.` : undefined
    case 'DONE':
      return notice.occurrence.startsWith(`${notice.itemState} `) ? undefined : `The item is ${notice.itemState} now.`
    case 'ENDING_SOON':
      return whyNotEnding(notice, now)
    case 'WORK_WAITING':
      if (notice.workState !== 'PENDING') return `The work is ${notice.workState} already.`
      return notice.workOwnerId === notice.personId ? undefined : 'Somebody else does it now.'
  }
}

function whyNotEnding({ assignmentState, assignmentEndAt, occurrence }: Notice, now: Date): string | undefined {
  if (assignmentState !== 'PENDING' && assignmentState !== 'ACTIVE') return `The assignment is ${assignmentState} now.`
  if (assignmentEndAt?.toISOString() !== occurrence) return 'The end was put off or brought forward.'
  return assignmentEndAt <= now ? 'The end has come already.' : undefined
}

export interface MailPlan {
  dropped: { id: string; because: string }[]
  mails: { id: string; notices: Notice[] }[]
}

/** From this many on, what one person is told goes into one mail. */
const DIGEST_FROM = 3

/**
 * Takes all that waits for one person, oldest first; returns what is dropped, with the reason, and the mails to send: one digest, or one
 * mail for each notice when there are few. A mail that may have gone out before stays as it was, under its own id.
 */
export function planMails(waiting: Notice[], now: Date, newId: () => string): MailPlan {
  const plan: MailPlan = { dropped: [], mails: [] }
  const isTrue = (notice: Notice) => whyUntrue(notice, now) === undefined
  const fresh: Notice[] = []
  for (const notice of waiting) {
    const because = whyUntrue(notice, now) ?? whyNeedless(notice, waiting.slice(waiting.indexOf(notice) + 1).filter(isTrue))
    if (because !== undefined) plan.dropped.push({ id: notice.id, because })
    else if (notice.mailId === null) fresh.push(notice)
    else addTo(plan, notice.mailId, notice)
  }
  if (fresh.length >= DIGEST_FROM) plan.mails.push({ id: newId(), notices: fresh })
  else for (const notice of fresh) plan.mails.push({ id: newId(), notices: [notice] })
  return plan
}

function addTo(plan: MailPlan, mailId: string, notice: Notice): void {
  const mail = plan.mails.find((one) => one.id === mailId)
  if (mail) mail.notices.push(notice)
  else plan.mails.push({ id: mailId, notices: [notice] })
}

/** Of two notices on one approval the later says it all; what is done need not be called decided. A mail sent again stays as it was. */
function whyNeedless(notice: Notice, later: Notice[]): string | undefined {
  if (notice.mailId !== null) return undefined
  if (notice.approvalId !== null && later.some((other) => other.approvalId === notice.approvalId))
    return 'A later notice on the same approval goes out.'
  const done = notice.kind === 'DECIDED' && later.some((o) => o.kind === 'DONE' && o.requestedItemId === notice.requestedItemId)
  return done ? 'The notice of how it ended goes out.' : undefined
}

/** True for one plain address. A list, a name beside it or a line break is none: it would reach somebody else. */
export function isMailAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@<>()[\]\\,;:"\p{Cc}]+$/u.test(text)
}
