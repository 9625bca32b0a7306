import { type ApprovalState, type ItemState, itemStates, type StepState } from '../../domain/lifecycle.ts'
import { allOf, anyOf, notIt, type SearchCondition } from '../../domain/search.ts'
import type { ActivityApproval, ActivityAsk, ActivityStep, SearchedActivity } from '../../store/search/account-activities.ts'
import { type Completion, completionOf, completionOfAll, type Execution, executionOf, executionOfAll } from '../account-activity-names.ts'
import { instant } from '../wire-names.ts'
import {
  absent,
  constant,
  date,
  everyDocument,
  id,
  type Origin,
  type SearchField,
  type SearchFields,
  type SearchIndex,
  text,
} from './fields.ts'

/** What the index calls how far an activity is, and what came of it. */
const stages: Record<Execution, string> = {
  EXECUTING: 'Executing',
  VERIFYING: 'Verifying',
  TERMINATED: 'Terminated',
  COMPLETED: 'Completed',
}
const statuses: Record<Completion, string> = { PENDING: 'Pending', SUCCESS: 'Complete', INCOMPLETE: 'Incomplete', FAILURE: 'Failure' }

/** Requests for access are the only kind of activity there is here. */
const action = 'Access Request'

const results: Record<ApprovalState, string> = {
  PENDING: 'Pending',
  APPROVED: 'Approved',
  REJECTED: 'Rejected',
  EXPIRED: 'Expired',
  CANCELLED: 'Cancelled',
}

const stepResults: Record<StepState, string> = {
  INTENDED: 'Pending',
  SENT: 'Committed',
  BY_HAND: 'Pending',
  DONE: 'Finished',
  FAILED: 'Failed',
  DROPPED: 'Cancelled',
}

/** Each outcome an item can have, with its words: every state, and for closed items every way to close. */
const outcomes = [
  ...itemStates
    .filter((state) => state !== 'CLOSED')
    .map((state) => ({ outcome: state as string, state, closeExecution: null, closeCompletion: null })),
  ...(['Terminated', 'Completed'] as const).flatMap((closeExecution) =>
    (['Success', 'Incomplete', 'Failure'] as const).map((closeCompletion) => ({
      outcome: `CLOSED ${closeExecution} ${closeCompletion}`,
      state: 'CLOSED' as ItemState,
      closeExecution,
      closeCompletion,
    })),
  ),
].map((one) => ({ outcome: one.outcome, execution: executionOf(one), completion: completionOf(one) }))

const having = (field: string, fits: (one: (typeof outcomes)[number]) => boolean): SearchCondition => ({
  is: 'oneOf',
  field,
  values: outcomes.filter(fits).map(({ outcome }) => outcome),
})

const running = (...words: Execution[]) => having('outcome', ({ execution }) => words.includes(execution))
const came = (...words: Completion[]) => having('toldOutcome', ({ completion }) => words.includes(completion))
/** Some item is not done yet: said of the few open ones, which have an index of their own. */
const isOpen = having('openOutcome', ({ completion }) => completion === 'PENDING')
const onlyCame = (word: Completion) => allOf([notIt(isOpen), came(word), notIt(came(...others(word)))])
const others = (word: Completion) => (['SUCCESS', 'INCOMPLETE', 'FAILURE'] as const).filter((one) => one !== word)

/** The rules of executionOfAll and completionOfAll, asked of the items in the database. */
const stage: SearchField = {
  is: 'words',
  words: {
    [stages.EXECUTING]: running('EXECUTING'),
    [stages.VERIFYING]: allOf([running('VERIFYING'), notIt(running('EXECUTING'))]),
    [stages.COMPLETED]: allOf([running('COMPLETED'), notIt(running('EXECUTING', 'VERIFYING'))]),
    [stages.TERMINATED]: notIt(running('EXECUTING', 'VERIFYING', 'COMPLETED')),
  },
}
const status: SearchField = {
  is: 'words',
  words: {
    [statuses.PENDING]: isOpen,
    [statuses.SUCCESS]: onlyCame('SUCCESS'),
    [statuses.FAILURE]: onlyCame('FAILURE'),
    [statuses.INCOMPLETE]: allOf([notIt(isOpen), notIt(onlyCame('SUCCESS')), notIt(onlyCame('FAILURE'))]),
  },
}

const byState = (words: Record<string, string>): SearchField => {
  const found: Record<string, SearchCondition[]> = {}
  for (const [state, word] of Object.entries(words))
    found[word] = [...(found[word] ?? []), { is: 'oneOf', field: 'state', values: [state] }]
  return { is: 'words', words: Object.fromEntries(Object.entries(found).map(([word, conditions]) => [word, anyOf(conditions)])) }
}

function attributeFields(prefix: string): SearchFields {
  const op: SearchCondition = { is: 'oneOf', field: `${prefix}.removes`, values: [true] }
  return {
    [`${prefix}.name`]: text,
    [`${prefix}.value`]: text,
    [`${prefix}.op`]: { is: 'words', words: { Remove: op, Add: notIt(op) } },
  }
}

const sourceFields: SearchFields = { 'source.id': id, 'source.name': text, 'source.type': constant('SOURCE') }

/** Documents of requests, in the contract's words. */
export function accountActivityIndex(origin: Origin): SearchIndex {
  return {
    name: 'accountactivities',
    fields: {
      id,
      action: constant(action),
      created: date,
      modified: date,
      synced: date,
      stage,
      status,
      'requester.id': id,
      'requester.name': text,
      'requester.type': constant('IDENTITY'),
      'recipient.id': id,
      'recipient.name': text,
      'recipient.type': constant('IDENTITY'),
      trackingNumber: id,
      errors: text,
      warnings: text,
      sources: text,
      ...everyDocument('accountactivity', origin),
    },
    lists: {
      approvals: {
        fields: {
          'owner.id': id,
          'owner.name': text,
          'owner.type': text,
          result: byState(results),
          modified: date,
          'comments.comment': text,
          'comments.commenter': text,
          'comments.date': date,
          ...attributeFields('attributeRequest'),
          ...sourceFields,
        },
      },
      expansionItems: { empty: true, fields: absent('accountId', 'cause', 'id', 'name', 'state', 'source.id', 'source.name') },
      originalRequests: {
        fields: {
          accountId: text,
          op: constant('Modify'),
          ...attributeFields('attributeRequests'),
          ...sourceFields,
          ...absent('result.status'),
        },
      },
      accountRequests: {
        fields: {
          accountId: text,
          op: constant('Modify'),
          'result.status': byState(stepResults),
          'result.errors': text,
          ...attributeFields('attributeRequests'),
          ...sourceFields,
          'provisioningTarget.id': id,
          'provisioningTarget.name': text,
          'provisioningTarget.type': constant('SOURCE'),
          ...absent('result.ticketId'),
        },
      },
    },
    sorters: ['id', 'created', 'modified', 'synced', 'trackingNumber', 'requester.id', 'requester.name', 'recipient.id', 'recipient.name'],
  }
}

/** An account activity as the wire's search tells of it. */
export function accountActivityDocument(row: SearchedActivity, { org, pod }: Origin): object {
  const person = (one: { id: string; name: string }) => ({ ...one, type: 'IDENTITY' })
  return {
    id: row.id,
    action,
    created: instant(row.createdAt),
    modified: instant(row.modifiedAt),
    synced: instant(row.modifiedAt),
    stage: stages[executionOfAll(row.items)],
    status: statuses[completionOfAll(row.items)],
    requester: person(row.requester),
    recipient: person(row.recipient),
    trackingNumber: row.id,
    errors: row.errors,
    warnings: row.warnings,
    approvals: row.approvals.map(approvalElement),
    originalRequests: row.asks.map(askElement),
    expansionItems: [],
    accountRequests: row.steps.map(stepElement),
    ...(row.sources === null ? {} : { sources: row.sources }),
    org,
    pod,
    _type: 'accountactivity',
    _version: 'v1',
  }
}

function attributeElement({ name, value, removes }: ActivityAsk['attribute']) {
  return { name, op: removes ? 'Remove' : 'Add', value }
}

const sourceElement = (source: ActivityAsk['source']) => ({ ...source, type: 'SOURCE' })

function approvalElement(row: ActivityApproval): object {
  const { comment, commenter, decidedAt } = row
  return {
    comments: comment === null ? [] : [{ comment, ...(commenter === null ? {} : { commenter }), date: instant(decidedAt) }],
    modified: instant(row.modified),
    ...(row.owner === null ? {} : { owner: row.owner }),
    result: results[row.state],
    attributeRequest: attributeElement(row.attribute),
    source: sourceElement(row.source),
  }
}

function askElement(row: ActivityAsk): object {
  return {
    ...(row.accountId === null ? {} : { accountId: row.accountId }),
    attributeRequests: [attributeElement(row.attribute)],
    op: 'Modify',
    source: sourceElement(row.source),
  }
}

function stepElement(row: ActivityStep): object {
  const source = sourceElement(row.source)
  return {
    accountId: row.accountId,
    attributeRequests: [attributeElement(row.attribute)],
    op: 'Modify',
    provisioningTarget: source,
    result: { errors: row.error === null ? [] : [row.error], status: stepResults[row.state] },
    source,
  }
}
