import { expect } from 'vitest'
import type { Actor } from '../../src/domain/actor.ts'
import { later } from '../../src/domain/business-clock.ts'
import type { PolicyDocument } from '../../src/domain/policy/document.ts'
import type { Scenario, ScenarioAsk } from '../../src/domain/scenario/scenario.ts'
import type { Standing } from '../../src/domain/scenario/scenario-checks.ts'
import type { ScenarioChange, ScenarioDeed } from '../../src/domain/scenario/scenario-events.ts'
import { applyPolicies } from '../../src/operations/apply-policies.ts'
import { closeAccessRequests } from '../../src/operations/close-access-requests.ts'
import { setClock } from '../../src/operations/set-clock.ts'
import { addGroupMembers, removeGroupMembers } from '../../src/operations/set-group-members.ts'
import type { Answered, TestApp } from './app.ts'
import { seenApprovals, standings } from './standings.ts'
import { type NamedWorld, policyIn, rightId, stageHand } from './world-files.ts'

/** Plays a scenario on the product: asks and acts over HTTP, lets the sandbox clock run, and tells how the request stands. */

const DAY_MS = 86_400_000

/** One request of a scenario. */
export interface Play {
  app: TestApp
  prefix: string
  requestId: string
}

const hand: Actor = { clientId: stageHand, identityId: stageHand, name: stageHand, isAdmin: true, scopes: ['sp:scopes:all'] }

/** Sets the stage for the scenarios of one world: the tenant's configuration, and the duties that its people are to keep apart. */
export async function setStage(app: TestApp, { prefix, world }: NamedWorld): Promise<void> {
  await clearStage(app)
  await app.sql(`delete from setting`)
  await app.sql(`update identity set is_admin = id = $1 where is_admin or id = $1`, [stageHand])
  await configure(app, prefix, world)
  for (const [person, item] of [...world.holds].flatMap(([name, items]) => items.map((one) => [name, one] as const))) {
    await app.sql(
      `insert into assignment (id, identity_id, item_type, item_id, origin, state, created_at, modified_at)
        select $1, $2, type, id, 'REQUESTED', 'ACTIVE', $4, $4 from access_item where id = $3`,
      [`${prefix}${person} ${item}`, prefix + person, prefix + item, world.begins],
    )
  }
}

/** Puts everybody where a scenario begins, with these policies; from now on only the people of its world act. */
export async function setScene(app: TestApp, { prefix, world }: NamedWorld, policies: PolicyDocument[]): Promise<void> {
  await clearStage(app)
  await app.sql(`update business_clock set held_at = $1`, [world.begins])
  const people = [...world.people]
  await app.sql(
    `update identity p set manager_id = w.manager, status = 'ACTIVE', is_admin = w.id = any($3::text[])
      from unnest($1::text[], $2::text[]) w (id, manager) where w.id = p.id`,
    [
      people.map(([name]) => prefix + name),
      people.map(([, { manager }]) => manager && prefix + manager),
      world.admins.map((name) => prefix + name),
    ],
  )
  const items = [...world.items]
  await app.sql(`update access_item i set owner_id = w.owner from unnest($1::text[], $2::text[]) w (id, owner) where w.id = i.id`, [
    items.map(([name]) => prefix + name),
    items.map(([, { owner }]) => owner && prefix + owner),
  ])
  const members = [...world.groups].flatMap(([group, names]) => names.map((name) => [prefix + group, prefix + name]))
  await app.sql(`delete from governance_group_member where group_id = any($1::text[])`, [
    [...world.groups.keys()].map((name) => prefix + name),
  ])
  await app.sql(`insert into governance_group_member (group_id, identity_id) select * from unnest($1::text[], $2::text[])`, [
    members.map(([group]) => group),
    members.map(([, member]) => member),
  ])
  if (policies.length > 0) {
    await app.sql(`delete from setting where key like 'approval-config/%'`)
    await apply(app, prefix, policies)
  }
  for (const [from, to] of world.away) await standIn(app, prefix, from, to, world.begins, null)
  await app.sql(`update identity set status = 'INACTIVE' where id = any($1::text[])`, [
    people.flatMap(([name, { active }]) => (active ? [] : [prefix + name])),
  ])
}

/** Ends whatever was left of the scenario before. */
async function clearStage(app: TestApp): Promise<void> {
  const open = await app.sql(`select distinct request_id as id from requested_item where finished_at is null`)
  const close = { execution: 'Terminated', completion: 'Failure', message: 'The scenario is over.' } as const
  const ids = open.map(({ id }) => String(id))
  if (ids.length > 0) await closeAccessRequests(app.app, hand, ids, close)
  await app.sql(`delete from reassignment`)
  await app.sql(`update identity set is_admin = false where is_admin`)
}

async function configure(app: TestApp, prefix: string, world: NamedWorld['world']): Promise<void> {
  const put = async (url: string, body: object) => {
    const answer = await app.call(stageHand, 'PUT', url, body)
    expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  }
  await put('/v2025/access-request-config', {
    requestOnBehalfOfConfig: { allowRequestOnBehalfOfAnyoneByAnyone: true, allowRequestOnBehalfOfEmployeeByManager: true },
  })
  const fallback = world.fallback === null ? {} : { fallbackApprover: { identityID: prefix + world.fallback, type: 'IDENTITY' } }
  await put('/v2026/generic-approvals/config/TENANT/TENANT', { autoApprove: world.automatic, ...fallback })
  const { onViolation, stepGroupId } = world.sod
  const sodSettings = { onViolation, ...(stepGroupId === null ? {} : { stepGroupId: prefix + stepGroupId }) }
  await put('/countersign/v1/sod-settings', sodSettings)
  const privileged = [...world.items].flatMap(([name, item]) => (item.privileged ? [prefix + name] : []))
  await app.sql(`update access_item set privileged = true where id = any($1::text[])`, [privileged])
  for (const [index, duties] of world.duties.entries()) await addDuties(app, prefix, `duties ${index + 1}`, duties)
}

async function addDuties(app: TestApp, prefix: string, name: string, { left, right }: { left: string[]; right: string[] }): Promise<void> {
  const side = (roles: string[]) => ({ name, criteriaList: roles.map((role) => ({ type: 'ENTITLEMENT', id: rightId(prefix, role) })) })
  const answer = await app.call(stageHand, 'POST', '/v2026/sod-policies', {
    name: prefix + name,
    state: 'ENFORCED',
    type: 'CONFLICTING_ACCESS_BASED',
    conflictingAccessCriteria: { leftCriteria: side(left), rightCriteria: side(right) },
  })
  expect(answer.status, JSON.stringify(answer.json)).toBe(201)
}

async function apply(app: TestApp, prefix: string, policies: PolicyDocument[]): Promise<void> {
  const named = policies.map((policy) => ({ file: 'scenario', policy: policyIn(prefix, policy) }))
  const { issues } = await applyPolicies(app.app, stageHand, named)
  expect(issues).toEqual([])
}

async function standIn(app: TestApp, prefix: string, from: string, to: string, startAt: Date, endAt: Date | null): Promise<void> {
  const id = prefix + from
  const configType = 'ACCESS_REQUESTS'
  const body = { reassignedFromId: id, reassignedToId: prefix + to, configType, startDate: startAt, ...(endAt ? { endDate: endAt } : {}) }
  const [known] = await app.sql(`select 1 from reassignment where from_id = $1`, [id])
  const [method, url] = known ? ['PUT', `/v2025/reassignment-configurations/${id}`] : ['POST', '/v2025/reassignment-configurations']
  const answer = await app.call(id, method as string, url as string, body, experimental)
  expect([200, 201], JSON.stringify(answer.json)).toContain(answer.status)
}

const experimental = { 'x-sailpoint-experimental': 'true' }

/** The clock as its route moves it, though no org admin of the world has to be there to ask for it. */
async function moveClock(app: TestApp, change: Parameters<typeof setClock>[2]): Promise<void> {
  await setClock(app.app, hand, change)
}

/** Makes the ask of a scenario; returns the request, or why it was refused. */
export async function ask(app: TestApp, { prefix, world }: NamedWorld, wanted: ScenarioAsk): Promise<Play | string> {
  const item = { type: world.items.get(wanted.item)?.type, id: prefix + wanted.item, ...datesOf(wanted, world.begins) }
  const answer = await app.call(prefix + wanted.by, 'POST', '/v2025/access-requests', {
    requestedFor: [prefix + wanted.for],
    requestType: ({ GRANT: 'GRANT_ACCESS', REVOKE: 'REVOKE_ACCESS', MODIFY: 'MODIFY_ACCESS' } as const)[wanted.kind],
    requestedItems: [wanted.comment === null ? item : { ...item, comment: wanted.comment }],
  })
  if (answer.status !== 202) return refusal(answer)
  const [made] = await app.sql(`select request_id as id from requested_item where recipient_id = $1 order by id desc limit 1`, [
    prefix + wanted.for,
  ])
  return { app, prefix, requestId: String(made?.['id']) }
}

function datesOf({ inDays, lastingDays }: ScenarioAsk, begins: Date) {
  const startAt = inDays === null ? begins : new Date(begins.getTime() + inDays * DAY_MS)
  return {
    ...(inDays === null ? {} : { startDate: startAt.toISOString() }),
    ...(lastingDays === null ? {} : { removeDate: new Date(startAt.getTime() + lastingDays * DAY_MS).toISOString() }),
  }
}

function refusal({ status, json }: Answered): string {
  expect([400, 403], JSON.stringify(json)).toContain(status)
  return json.messages[0].text
}

/** Somebody does something, over HTTP; returns why it was refused, or null. */
export async function act(play: Play, deed: ScenarioDeed): Promise<string | null> {
  const { app, prefix, requestId } = play
  const by = prefix + deed.by
  const answer =
    deed.kind === 'cancel'
      ? await app.call(by, 'POST', '/v2025/access-requests/cancel', { accountActivityId: requestId, comment: 'not needed' })
      : await app.call(by, 'POST', `/v2025/access-request-approvals/${await approvalFor(play, deed)}/${verbOf(deed)}`, bodyOf(prefix, deed))
  return answer.status === 202 ? null : refusal(answer)
}

function verbOf(deed: Exclude<ScenarioDeed, { kind: 'cancel' }>): string {
  return deed.kind === 'forward' ? 'forward' : deed.answer
}

function bodyOf(prefix: string, deed: Exclude<ScenarioDeed, { kind: 'cancel' }>): object {
  if (deed.kind === 'forward') return { newOwnerId: prefix + deed.to, comment: 'for you' }
  return deed.comment === null ? {} : { comment: deed.comment }
}

/** The first open approval that a person holds; where somebody shall be refused, whichever there is. */
async function approvalFor(play: Play, deed: Exclude<ScenarioDeed, { kind: 'cancel' }>): Promise<string> {
  const all = (await seenApprovals(play.app, play.prefix, [play.requestId])).get(play.requestId) ?? []
  const open = all.filter(({ state }) => state === 'PENDING')
  const holder = deed.kind === 'decide' ? deed.of : deed.from
  const found = open.find(({ candidateIds }) => candidateIds.includes(holder)) ?? open[0] ?? all.at(-1)
  if (!found) throw new Error('there is no approval')
  return found.id
}

/** Something becomes different around the request, and everything that follows from it happens. */
export async function change({ app, prefix }: Play, event: ScenarioChange, now: Date, policies: PolicyDocument[]): Promise<void> {
  switch (event.kind) {
    case 'wait':
      return moveClock(app, { set: later(now, { months: 0, milliseconds: event.hours * 3_600_000 }) })
    case 'leaves':
    case 'returns':
      await app.sql(`update identity set status = $2, to_mend = true where id = $1`, [
        prefix + event.person,
        event.kind === 'leaves' ? 'INACTIVE' : 'ACTIVE',
      ])
      return moveClock(app, {})
    case 'manager':
      await app.sql(`update identity set manager_id = $2, to_mend = true where id = $1`, [
        prefix + event.person,
        event.manager && prefix + event.manager,
      ])
      return moveClock(app, {})
    case 'owner':
      await app.sql(`update access_item set owner_id = $2 where id = $1`, [prefix + event.item, prefix + event.owner])
      return
    case 'joins':
      await addGroupMembers(app.app, hand, prefix + event.group, [prefix + event.person])
      return
    case 'quits':
      await removeGroupMembers(app.app, hand, prefix + event.group, [prefix + event.person])
      return
    case 'apply':
      return apply(
        app,
        prefix,
        policies.filter(({ name }) => name === event.policy),
      )
    case 'reassign': {
      const startAt = new Date(now.getTime() + event.inDays * DAY_MS)
      const endAt = event.forDays === null ? null : new Date(startAt.getTime() + event.forDays * DAY_MS)
      await standIn(app, prefix, event.from, event.to, startAt, endAt)
      return moveClock(app, {})
    }
    case 'back': {
      const url = `/v2025/reassignment-configurations/${prefix + event.person}/ACCESS_REQUESTS`
      expect((await app.call(prefix + event.person, 'DELETE', url, undefined, experimental)).status).toBe(204)
    }
  }
}

/** How the request stands, in the words of the simulator. */
export async function standing({ app, prefix, requestId }: Play): Promise<Standing | undefined> {
  return (await standings(app, prefix, [requestId])).get(requestId)
}

/** The state as everybody reads it: in the list of requests, by whoever asked; undefined for somebody who has left. */
export async function stateOnTheWire(play: Play, scenario: Scenario): Promise<string | undefined> {
  const url = `/v2025/access-request-status?requested-by=me&filters=accessRequestId eq "${play.requestId}"`
  const answer = await play.app.call(play.prefix + scenario.ask.by, 'GET', url)
  return answer.status === 401 ? undefined : answer.json[0]?.state
}
