import { expect } from 'vitest'
import type { Actor } from '../../src/domain/actor.ts'
import { later } from '../../src/domain/business-clock.ts'
import { DomainError } from '../../src/domain/errors.ts'
import type { ScenarioAsk } from '../../src/domain/scenario/scenario.ts'
import { standingInTrial } from '../../src/domain/scenario/scenario-checks.ts'
import { actorOf, arrangedIn, askOf, factsOf } from '../../src/domain/scenario/scenario-facts.ts'
import { beginTrial, cancelInTrial, decideInTrial, forwardInTrial } from '../../src/domain/scenario/simulate.ts'
import { changeGroup, changeOwner, changePerson } from '../../src/domain/scenario/simulate-people.ts'
import { endReassignment, reassign } from '../../src/domain/scenario/simulate-reassignment.ts'
import { passTime, settle } from '../../src/domain/scenario/simulate-time.ts'
import type { Trial, TriedApproval } from '../../src/domain/scenario/trial.ts'
import { cancelAccessRequest } from '../../src/operations/cancel-access-requests.ts'
import { closeAccessRequests } from '../../src/operations/close-access-requests.ts'
import { createAccessRequests } from '../../src/operations/create-access-requests.ts'
import { decideApproval } from '../../src/operations/decide-approval.ts'
import { endReassignment as comeBack } from '../../src/operations/delete-reassignment.ts'
import { forwardApproval } from '../../src/operations/forward-approval.ts'
import { setClock } from '../../src/operations/set-clock.ts'
import { addGroupMembers, removeGroupMembers } from '../../src/operations/set-group-members.ts'
import { setReassignment } from '../../src/operations/set-reassignment.ts'
import type { TestApp } from './app.ts'
import { insertWorld, setRules } from './insert-world.ts'
import { brokenPromises } from './invariants.ts'
import type { Action, Story } from './random-actions.ts'
import type { ItemRules } from './random-world.ts'
import { seenApprovals, standings } from './standings.ts'

/**
 * Plays a story on the operations and a real database, and beside it on the simulator. After every action both must stand alike, refuse alike,
 * and the rows must keep every promise.
 */

const DAY_MS = 86_400_000
const clockHand: Actor = { clientId: 'clock', identityId: null, name: 'clock', isAdmin: true, scopes: ['sp:scopes:all'] }

interface Request {
  requestId: string
  key: string
  trial: Trial
}

interface Told {
  app: TestApp
  prefix: string
  story: Story
  /** The world without a request: from it every new one begins. */
  empty: Trial
  requests: Request[]
}

/** Tells one story from its beginning to its end, under names of its own. */
export async function tell(app: TestApp, prefix: string, story: Story): Promise<void> {
  const { world } = story.world
  await app.sql(`update business_clock set held_at = $1`, [world.begins])
  await insertWorld(app, prefix, story.world)
  const told: Told = { app, prefix, story, empty: emptyTrial(story), requests: [] }
  try {
    for (const [at, action] of story.actions.entries()) {
      const place = `${at}: ${JSON.stringify(action)}`
      await play(told, action, place)
      await compare(told, place)
    }
    if (story.mustEnd) await waitForTheEnd(told)
  } finally {
    await leave(told)
  }
}

function emptyTrial({ world: { world, rules } }: Story): Trial {
  const facts = factsOf(world)
  const items = new Map([...facts.items].map(([name, item]) => [name, { ...item, requestConfig: configOf(rules.get(name)) }]))
  const approvalRules = new Map([...rules].map(([name, { approvals }]) => [name, approvals]))
  const { adminIds, reassignments } = arrangedIn(world)
  const nothing = { approvals: [], ending: 'approved' as const, reminders: 0, requesterId: '', newId: () => '' }
  const item = { policy: {} } as Trial['item']
  return { ...nothing, item, facts: { ...facts, items, approvalRules }, now: world.begins, adminIds, reassignments }
}

function configOf(rules: ItemRules | undefined) {
  return rules ? { grant: rules.grant, revoke: rules.revoke } : null
}

/** Whatever changes the world changes it for every request. */
function everywhere({ empty, requests }: Told, change: (trial: Trial) => unknown): void {
  for (const trial of [empty, ...requests.map((one) => one.trial)]) change(trial)
}

async function play(told: Told, action: Action, place: string): Promise<void> {
  switch (action.kind) {
    case 'ask':
      return ask(told, action, place)
    case 'decide':
    case 'forward':
      return answer(told, action, place)
    case 'cancel':
      return cancel(told, action, place)
    case 'wait': {
      const to = later(told.empty.now, { months: 0, milliseconds: action.hours * 3_600_000 })
      await setClock(told.app.app, clockHand, { set: to })
      return everywhere(told, (trial) => passTime(trial, to))
    }
    default:
      return change(told, action, place)
  }
}

type Outcome = { refused: string } | { refused: null }

/** What an operation (or the simulator) says: refused with a code, or not. */
async function outcomeOf(work: () => unknown): Promise<Outcome> {
  try {
    await work()
    return { refused: null }
  } catch (error) {
    if (error instanceof DomainError) return { refused: error.code }
    throw error
  }
}

async function ask(told: Told, action: Extract<Action, { kind: 'ask' }>, place: string): Promise<void> {
  const { app, prefix, empty, story, requests } = told
  const key = `${action.for} ${action.item} ${action.remove}`
  // Asked for again it is a duplicate, of which other tests tell; who has left asks for nothing.
  if (requests.some((one) => one.key === key) || !isThere(told, action.by)) return
  const wanted: ScenarioAsk = {
    ...action,
    kind: action.remove ? 'REVOKE' : 'GRANT',
    lastingDays: action.remove ? null : action.lastingDays,
    inDays: null,
    comment: 'please',
  }
  const arranged = { adminIds: empty.adminIds, reassignments: empty.reassignments.map((one) => ({ ...one })) }
  let trial: Trial | undefined
  const foreseen = await outcomeOf(() => {
    const made = askOf(wanted, empty.facts, empty.now)
    trial = beginTrial(actorOf(story.world.world, action.by), made, empty.facts, arranged, empty.now)
  })
  let requestId = ''
  const found = await outcomeOf(async () => {
    const facts = { ...empty.facts, items: new Map([...empty.facts.items].map(([name, item]) => [prefix + name, item])) }
    const made = askOf({ ...wanted, for: prefix + wanted.for, item: prefix + wanted.item }, facts, empty.now)
    const plan = await createAccessRequests(app.app, actorIn(told, action.by), made)
    requestId = plan.requests[0]?.id ?? ''
  })
  expect(found, place).toEqual(foreseen)
  if (trial) requests.push({ requestId, key, trial })
}

function isThere({ empty }: Told, name: string): boolean {
  return empty.facts.routing.people.get(name)?.active === true
}

function actorIn({ prefix, story }: Told, name: string): Actor {
  return { ...actorOf(story.world.world, name), identityId: prefix + name }
}

/** An open approval, or (when none is open) a closed one that somebody comes late for. */
function pickApproval({ requests }: Told, pick: number): { request: Request; approval: TriedApproval } | undefined {
  const all = requests.flatMap((request) => request.trial.approvals.map((approval) => ({ request, approval })))
  const open = all.filter(({ approval }) => approval.state === 'PENDING')
  const among = open.length > 0 && pick % 10 !== 9 ? open : all
  return among[pick % Math.max(1, among.length)]
}

async function answer(told: Told, action: Extract<Action, { kind: 'decide' | 'forward' }>, place: string): Promise<void> {
  const picked = pickApproval(told, action.pick)
  if (!picked) return
  const { request, approval } = picked
  const by = action.by ?? approval.candidateIds[action.pick % approval.candidateIds.length]
  if (by === undefined || !isThere(told, by)) return
  const id = await idInDatabase(told, request, approval)
  const { app, prefix, story } = told
  const person = actorOf(story.world.world, by)
  const decision = action.kind === 'decide' ? { answer: action.answer, comment: action.comment ? 'because' : null } : undefined
  const foreseen = await outcomeOf(() =>
    action.kind === 'forward'
      ? forwardInTrial(request.trial, approval, person, action.to)
      : decision && decideInTrial(request.trial, approval, person, decision),
  )
  const found = await outcomeOf(() =>
    action.kind === 'forward'
      ? forwardApproval(app.app, actorIn(told, by), id, { id: prefix + action.to, comment: 'for you' })
      : decision && decideApproval(app.app, actorIn(told, by), id, decision),
  )
  expect(found, `${place} by ${by}`).toEqual(foreseen)
}

/** Approvals have the same order in both. */
async function idInDatabase({ app, prefix }: Told, { requestId, trial }: Request, approval: TriedApproval): Promise<string> {
  const rows = (await seenApprovals(app, prefix, [requestId])).get(requestId) ?? []
  return rows[trial.approvals.indexOf(approval)]?.id ?? ''
}

async function cancel(told: Told, { pick, by }: Extract<Action, { kind: 'cancel' }>, place: string): Promise<void> {
  const { app, requests, story } = told
  const request = requests[pick % Math.max(1, requests.length)]
  // An item that nobody has to agree to is on its way, and how far is not the simulator's business.
  if (!request || !isThere(told, by) || request.trial.ending === 'approved') return
  const foreseen = await outcomeOf(() => cancelInTrial(request.trial, actorOf(story.world.world, by)))
  const found = await outcomeOf(() => cancelAccessRequest(app.app, actorIn(told, by), request.requestId, 'not needed'))
  expect(found, place).toEqual(foreseen)
}

type Change = Exclude<Action, { kind: 'ask' | 'decide' | 'forward' | 'cancel' | 'wait' }>

async function change(told: Told, action: Change, place: string): Promise<void> {
  const { app, prefix } = told
  switch (action.kind) {
    case 'leaves':
    case 'returns':
      await app.sql(`update identity set status = $2, to_mend = true where id = $1`, [
        prefix + action.person,
        action.kind === 'leaves' ? 'INACTIVE' : 'ACTIVE',
      ])
      everywhere(told, (trial) => changePerson(trial, action.person, { active: action.kind === 'returns' }))
      return sweep(told)
    case 'manager':
      await app.sql(`update identity set manager_id = $2, to_mend = true where id = $1`, [
        prefix + action.person,
        action.manager && prefix + action.manager,
      ])
      everywhere(told, (trial) => changePerson(trial, action.person, { managerId: action.manager }))
      return sweep(told)
    case 'owner':
      await app.sql(`update access_item set owner_id = $2 where id = $1`, [prefix + action.item, prefix + action.owner])
      return everywhere(told, (trial) => changeOwner(trial, action.item, action.owner))
    case 'rules':
      await setRules(app, prefix, action.item, action.rules)
      return everywhere(told, (trial) => withRules(trial, action.item, action.rules))
    case 'joins':
    case 'quits':
      return changeMembers(told, action, place)
    case 'away':
    case 'back':
      return changeAbsence(told, action, place)
  }
}

/** The clock stays, and everything that is due happens. */
async function sweep(told: Told): Promise<void> {
  await setClock(told.app.app, clockHand, {})
  everywhere(told, settle)
}

function withRules(trial: Trial, name: string, rules: ItemRules): void {
  const item = trial.facts.items.get(name)
  if (!item) return
  const items = new Map([...trial.facts.items, [name, { ...item, requestConfig: configOf(rules) }]])
  trial.facts = { ...trial.facts, items, approvalRules: new Map([...trial.facts.approvalRules, [name, rules.approvals]]) }
}

async function changeMembers(told: Told, action: Extract<Action, { kind: 'joins' | 'quits' }>, place: string): Promise<void> {
  const { app, prefix, empty } = told
  const isMember = empty.facts.routing.groups.get(action.group)?.memberIds.includes(action.person) === true
  if (isMember === (action.kind === 'joins')) return
  const [added, removed] = action.kind === 'joins' ? [[action.person], []] : [[], [action.person]]
  const operation = action.kind === 'joins' ? addGroupMembers : removeGroupMembers
  const found = await outcomeOf(() => operation(app.app, clockHand, prefix + action.group, [prefix + action.person]))
  // One request for which nobody can be asked keeps the group as it is for all.
  if (found.refused === null) everywhere(told, (trial) => changeGroup(trial, action.group, { added, removed }))
  else expect(found, place).toEqual({ refused: 'conflict' })
}

async function changeAbsence(told: Told, action: Extract<Action, { kind: 'away' | 'back' }>, place: string): Promise<void> {
  const { app, prefix, empty } = told
  if (action.kind === 'back') {
    const isAway = empty.reassignments.some(({ fromId }) => fromId === action.person)
    if (isAway) await comeBack(app.app, { ...clockHand, identityId: prefix + action.person }, prefix + action.person, 'APPROVALS')
    return everywhere(told, (trial) => endReassignment(trial, action.person))
  }
  const startAt = empty.now
  const endAt = action.forDays === null ? null : new Date(startAt.getTime() + action.forDays * DAY_MS)
  const wanted = { fromId: prefix + action.from, toId: prefix + action.to, kind: 'APPROVALS' as const, startAt, endAt }
  const foreseen = await outcomeOf(() => everywhere(told, (trial) => reassign(trial, action.from, action.to, startAt, endAt)))
  const found = await outcomeOf(() =>
    setReassignment(app.app, { ...clockHand, identityId: prefix + action.from }, wanted, { onlyNew: false }),
  )
  expect(found, place).toEqual(foreseen)
  if (found.refused === null) await sweep(told)
}

async function compare({ app, prefix, requests }: Told, place: string): Promise<void> {
  const ids = requests.map(({ requestId }) => requestId)
  const found = await standings(app, prefix, ids)
  for (const { requestId, key, trial } of requests) expect(found.get(requestId), `${place}, ${key}`).toEqual(standingInTrial(trial))
  expect(await brokenPromises(app, ids), place).toEqual([])
}

/** With every timer on, everything ends when the clock runs on. */
async function waitForTheEnd({ app, requests, empty }: Told): Promise<void> {
  await setClock(app.app, clockHand, { set: later(empty.now, { months: 24, milliseconds: 0 }) })
  const ids = requests.map(({ requestId }) => requestId)
  const waiting = await app.sql(`select id from requested_item where request_id = any($1::text[]) and state = 'AWAITING_APPROVAL'`, [ids])
  expect(waiting, 'when the clock has run on').toEqual([])
  expect(await brokenPromises(app, ids), 'when the clock has run on').toEqual([])
}

/** Leaves nothing behind that the next story would meet. */
async function leave({ app, prefix, requests }: Told): Promise<void> {
  const ids = requests.map(({ requestId }) => requestId)
  const close = { execution: 'Terminated', completion: 'Failure', message: 'The story is over.' } as const
  if (ids.length > 0) await closeAccessRequests(app.app, clockHand, ids, close)
  await app.sql(`delete from reassignment`)
  await app.sql(`update identity set is_admin = false, to_mend = false where id like $1`, [`${prefix}%`])
}
