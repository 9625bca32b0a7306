import { personOf } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { isCancelable } from '../domain/lifecycle.ts'
import { peopleIn, remindableFrom, textIn, timelineWord } from '../domain/timeline.ts'
import { remindApprovers } from '../operations/remind-approvers.ts'
import {
  findPartInRequest,
  listRecorded,
  listTimelineItems,
  loadNames,
  type RecordedEvent,
  type TimelineApproval,
  type TimelineItem,
  type TimelineStep,
} from '../store/timeline.ts'
import { type Call, type Handler, param } from './call.ts'
import { identityRef, instant, requestTypes, wireScheme, wireState } from './wire-names.ts'

export const timelineHandlers = {
  getAccessRequestTimeline: async (call) => {
    const requestId = param(call, 'id')
    const items = await loadVisible(call, requestId)
    const recorded = await listRecorded(call.app.db.sql, requestId)
    const tasks = recorded.flatMap(({ details }) => textIn(details, 'workItemId') ?? [])
    const names = await loadNames(call.app.db.sql, { people: recorded.flatMap(({ details }) => peopleIn(details)), tasks })
    const moment = { now: await call.app.db.businessNow(), mayRemind: mayRemind(call, items) }
    return { body: items.map((item) => toWire(item, eventsOf(item, recorded, names), moment)) }
  },
  remindApprovers: async (call) => {
    const { reminded, remindableFrom: from } = await remindApprovers(call.app, call.actor, param(call, 'id'))
    call.app.wakeWorkers()
    return {
      body: {
        reminded: reminded.map(({ approvalId, people }) => ({ approvalId, people: people.map(identityRef) })),
        remindableFrom: instant(from),
      },
    }
  },
} satisfies Record<string, Handler>

async function loadVisible(call: Call, requestId: string): Promise<TimelineItem[]> {
  const items = await listTimelineItems(call.app.db.sql, requestId)
  const me = personOf(call.actor)
  const isTheirs = items.some((item) => [item.requester.id, item.recipient.id, item.managerId].includes(me))
  if (items.length > 0 && (call.actor.isAdmin || isTheirs || (await findPartInRequest(call.app.db.sql, requestId, me)))) return items
  if (items.length === 0 && call.actor.isAdmin) throw new DomainError('not_found', `There is no access request ${requestId}.`)
  throw new DomainError('forbidden', 'You may only see requests that you have a part in.')
}

function mayRemind({ actor }: Call, items: TimelineItem[]): boolean {
  return actor.isAdmin || items.some((item) => [item.requester.id, item.recipient.id].includes(personOf(actor)))
}

interface Moment {
  now: Date
  mayRemind: boolean
}

type Names = Awaited<ReturnType<typeof loadNames>>

/** The rows of the record about one item: those that name it, and those of its tasks. */
function eventsOf(item: TimelineItem, recorded: RecordedEvent[], names: Names): object[] {
  const own = recorded.filter(({ details }) => {
    const task = textIn(details, 'workItemId')
    return (task === null ? textIn(details, 'requestedItemId') : names.itemOfTask.get(task)) === item.id
  })
  const [first, ...rest] = own.map((event) => eventToWire(event, names))
  return [...(first ? [first] : []), ...checkOf(item), ...rest]
}

/** The check for conflicts belongs to the submission and has no row of its own. */
function checkOf({ sod, createdAt }: TimelineItem): object[] {
  if (sod === null) return []
  const policies = sod.conflicts.map(({ policy }) => policy.name)
  const event = { at: createdAt, action: 'SOD_VIOLATION_CHECKED', actor: { id: null, name: '' }, details: {} }
  const result = policies.length === 0 ? 'CLEAR' : 'CONFLICT'
  const because = policies.length === 0 ? null : policies.join(', ')
  return [{ ...eventToWire(event, { people: new Map(), itemOfTask: new Map() }), because, result }]
}

function eventToWire({ action, at, actor, details }: RecordedEvent, { people }: Names) {
  return {
    at: instant(at),
    what: timelineWord(action),
    action,
    actor: actor.id === null ? null : { id: actor.id, name: actor.name },
    people: peopleIn(details).flatMap((id) => {
      const name = people.get(id)
      return name === undefined ? [] : [identityRef({ id, name })]
    }),
    approvalId: textIn(details, 'approvalId'),
    workItemId: textIn(details, 'workItemId'),
    comment: textIn(details, 'comment', 'message'),
    automatic: details['automatic'] === true,
    because: textIn(details, 'because', 'reason', 'problem'),
    result: textIn(details, 'result'),
  }
}

function toWire(item: TimelineItem, events: object[], moment: Moment): object {
  const open = item.finishedAt === null
  return {
    accountActivityItemId: item.id,
    requestType: requestTypes[item.kind],
    requestedObject: item.item,
    requestedFor: identityRef(item.recipient),
    requester: identityRef(item.requester),
    state: wireState(item),
    startDate: instant(item.startAt),
    removeDate: instant(item.endAt),
    created: instant(item.createdAt),
    finished: instant(item.finishedAt),
    errorMessages: item.errorMessages,
    cancelable: isCancelable(item.state),
    waitsFor: open
      ? [
          ...item.approvals.map((approval) => approvalWait(approval, item, moment)),
          ...item.tasks.map((task) => wait({ ...task, kind: 'WORK_ITEM', people: [task.owner], source: task.source })),
          ...item.steps.filter((step) => step.state === 'INTENDED' || step.state === 'SENT').map(stepWait),
          ...(item.state === 'SCHEDULED' ? [wait({ kind: 'START_DATE', id: null, people: [], since: instant(item.createdAt) })] : []),
        ]
      : [],
    events,
    steps: item.steps.map(stepToWire),
  }
}

interface Waiting {
  kind: 'APPROVAL' | 'WORK_ITEM' | 'TARGET' | 'START_DATE'
  id: string | null
  people: { id: string; name: string }[]
  since: string
  source?: { id: string; name: string }
  [more: string]: unknown
}

const nothing = {
  scheme: null,
  group: null,
  source: null,
  remindAt: null,
  escalateAt: null,
  expiresAt: null,
  canRemind: false,
  remindableFrom: null,
  problem: null,
  nextTry: null,
}

function wait({ kind, id, people, since, source = undefined, ...more }: Waiting): object {
  const known = Object.fromEntries(Object.entries(more).filter(([name]) => name in nothing))
  return { ...nothing, kind, id, people: people.map(identityRef), since: instant(since), source: source ?? null, ...known }
}

function approvalWait(approval: TimelineApproval, item: TimelineItem, { now, mayRemind: may }: Moment): object {
  const from = remindableFrom(approval.remindedAt === null ? null : new Date(approval.remindedAt), now)
  return wait({
    kind: 'APPROVAL',
    id: approval.id,
    people: approval.people,
    since: approval.since,
    scheme: wireScheme(approval.scheme, item.item.type),
    group: approval.group && { type: 'GOVERNANCE_GROUP', ...approval.group },
    remindAt: instant(approval.remindAt),
    escalateAt: instant(approval.escalateAt),
    expiresAt: instant(approval.expiresAt),
    canRemind: may && from === null,
    remindableFrom: instant(from),
  })
}

function stepWait(step: TimelineStep): object {
  const { id, source, createdAt, problem, retryAt } = step
  return wait({ kind: 'TARGET', id, people: [], source, since: createdAt, problem, nextTry: instant(retryAt) })
}

function stepToWire(step: TimelineStep): object {
  const { nativeIdentity, retryAt: _, createdAt, modifiedAt, ...told } = step
  return { ...told, account: nativeIdentity, createdAt: instant(createdAt), modifiedAt: instant(modifiedAt) }
}
