import type { TestApp } from './app.ts'

/** What must be true of the rows, whatever happened; counted from the rows alone, without the engine's own functions. */

interface ItemRow {
  id: string
  state: string
  recipientId: string
  requesterId: string
  policy: {
    steps: { quorum?: { count?: number; percent?: number } }[]
    distinct?: boolean
    autoApprove?: string
    fallbackApproverId?: string | null
    timers?: { expireAfterDays: number | null }
  }
}

interface ApprovalRow {
  id: string
  itemId: string
  stepNumber: number
  state: string
  decidedBy: string | null
  automatic: boolean
  candidates: { id: string; open: boolean }[]
}

interface Rows {
  items: ItemRow[]
  approvals: ApprovalRow[]
  /** Active people, and the org admins among them. */
  active: Set<string>
  adminIds: string[]
}

async function load(app: TestApp, requestIds: string[]): Promise<Rows> {
  const items = await app.sql(
    `select i.id, i.state, i.recipient_id as "recipientId", i.requester_id as "requesterId", i.policy from requested_item i
      where i.request_id = any($1::text[])`,
    [requestIds],
  )
  const approvals = await app.sql(
    `select a.id, a.requested_item_id as "itemId", a.step_number as "stepNumber", a.state, a.decided_by as "decidedBy",
      a.explanation @> '[{"rule":"AUTOMATIC"}]' as automatic,
      coalesce((select jsonb_agg(jsonb_build_object('id', c.identity_id, 'open', c.open)) from approval_candidate c where c.approval_id = a.id), '[]') as candidates
    from approval a join requested_item i on i.id = a.requested_item_id where i.request_id = any($1::text[])`,
    [requestIds],
  )
  const people = await app.sql(`select id, is_admin as admin from identity where status = 'ACTIVE'`)
  return {
    items: items as unknown as ItemRow[],
    approvals: approvals as unknown as ApprovalRow[],
    active: new Set(people.map(({ id }) => String(id))),
    adminIds: people.flatMap(({ id, admin }) => (admin ? [String(id)] : [])),
  }
}

/** Takes requests; returns every broken promise about them, in words. */
export async function brokenPromises(app: TestApp, requestIds: string[]): Promise<string[]> {
  const rows = await load(app, requestIds)
  return rows.items.flatMap((item) => {
    const own = rows.approvals.filter(({ itemId }) => itemId === item.id)
    return [
      ...openThings(item, own),
      ...waitsForSomebody(item, own, rows),
      ...isEarned(item, own),
      ...decidedByOthers(item, own),
      ...decidedOnce(item, own),
    ]
  })
}

/** The states in which an item was agreed to. */
const agreedStates = ['SCHEDULED', 'PROVISIONING', 'VERIFYING', 'PROVISIONED', 'PARTLY_PROVISIONED', 'FAILED']

function openThings({ id, state }: ItemRow, own: ApprovalRow[]): string[] {
  const open = own.filter((approval) => approval.state === 'PENDING')
  return [
    ...(open.length > 0 && state !== 'AWAITING_APPROVAL' ? [`${id} is ${state} and approvals of it are open`] : []),
    ...(open.length === 0 && state === 'AWAITING_APPROVAL' ? [`${id} waits for approvals and none is open`] : []),
    ...own.flatMap((approval) =>
      approval.candidates.some((one) => one.open !== (approval.state === 'PENDING'))
        ? [`${approval.id} is ${approval.state} for some and not for others`]
        : [],
    ),
  ]
}

/** Every open question waits for somebody who is there and may answer it, as long as there is anybody at all who could be asked. */
function waitsForSomebody(item: ItemRow, own: ApprovalRow[], { active, adminIds }: Rows): string[] {
  return own
    .filter(({ state }) => state === 'PENDING')
    .flatMap((approval) => {
      const barred = sayers(item, approval, own)
      const may = (id: string) => active.has(id) && id !== item.recipientId && !barred.has(id)
      const living = approval.candidates.filter(({ id }) => may(id))
      if (living.length > 0) return []
      const fallback = item.policy.fallbackApproverId ?? null
      const left = [...adminIds.filter(may), ...(fallback !== null && fallback !== item.requesterId && may(fallback) ? [fallback] : [])]
      return left.length === 0 ? [] : [`${approval.id} waits for nobody who may answer, and ${left.join(', ')} could be asked`]
    })
}

/** Those who may not answer because they have a say already, where different people are wanted. */
function sayers(item: ItemRow, approval: ApprovalRow, own: ApprovalRow[]): Set<string> {
  const { distinct, steps } = item.policy
  if (!distinct && !steps[approval.stepNumber]?.quorum) return new Set()
  const others = own.filter(({ id, stepNumber }) => id !== approval.id && (distinct || stepNumber === approval.stepNumber))
  return new Set(
    others.flatMap(({ state, decidedBy, candidates }) => {
      if (decidedBy !== null) return [decidedBy]
      return state === 'PENDING' && candidates.length === 1 ? candidates.map(({ id }) => id) : []
    }),
  )
}

/** Nothing goes on that was not agreed to by as many as its rules want, step by step. */
function isEarned(item: ItemRow, own: ApprovalRow[]): string[] {
  if (!agreedStates.includes(item.state)) return []
  return item.policy.steps.flatMap(({ quorum }, stepNumber) => {
    const asked = own.filter((approval) => approval.stepNumber === stepNumber)
    const yes = asked.filter(({ state }) => state === 'APPROVED')
    const needed = quorum ? Math.max(1, quorum.count ?? Math.ceil((asked.length * (quorum.percent ?? 100)) / 100)) : asked.length
    const who = yes.flatMap(({ decidedBy }) => decidedBy ?? [])
    const isCounted = quorum === undefined || new Set(who).size === who.length
    if (asked.length > 0 && yes.length >= needed && isCounted) return []
    return [`${item.id} is ${item.state} though step ${stepNumber} has ${yes.length} of ${needed} (${who.join(', ')})`]
  })
}

/** Nobody decides on their own access, but for the switch that the requester's own steps pass by. */
function decidedByOthers(item: ItemRow, own: ApprovalRow[]): string[] {
  const switched = item.policy.autoApprove !== undefined && item.policy.autoApprove !== 'OFF' && item.requesterId === item.recipientId
  return own
    .filter(({ decidedBy, automatic }) => decidedBy === item.recipientId && !(automatic && switched))
    .map(({ id }) => `${id} was decided by the person it is about`)
}

/** Where different people are wanted nobody decides twice. */
function decidedOnce(item: ItemRow, own: ApprovalRow[]): string[] {
  return own.flatMap((approval) => {
    const { decidedBy, stepNumber, id } = approval
    if (decidedBy === null) return []
    const wantsOthers = item.policy.distinct || item.policy.steps[stepNumber]?.quorum !== undefined
    const again = own.some(
      (other) => other.id < id && other.decidedBy === decidedBy && (item.policy.distinct || other.stepNumber === stepNumber),
    )
    return wantsOthers && again ? [`${decidedBy} decided ${id} and another of ${item.id}`] : []
  })
}
