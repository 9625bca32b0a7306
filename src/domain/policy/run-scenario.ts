import { noRules, type RequestConfig } from '../access-model.ts'
import type { Ask, AskableItem, PlanFacts } from '../access-request.ts'
import type { ScopedRules } from '../approval-rules.ts'
import { DomainError } from '../errors.ts'
import { checkAsk } from '../request-rules.ts'
import { defaultTenantConfig } from '../tenant-config.ts'
import type { PolicyDocument } from './document.ts'
import type { PolicyIssue } from './issue.ts'
import { entitlementKey, type PolicyChange, type PolicyDirectory, type PolicySubject, resolvePolicy } from './resolve.ts'
import type { Scenario, ScenarioEvent, ScenarioTable, ScenarioWorld } from './scenario.ts'
import { beginTrial, decideInTrial, forwardInTrial, openApprovals, type Trial, type TriedApproval } from './simulate.ts'
import { mendTrial, passTime } from './simulate-time.ts'

/** Tries policies with scenarios. Names are ids here: the world is small and nothing is stored. */

export interface ScenarioResult {
  title: string
  line: number
  /** Why it failed, in words; null when all went as written. */
  failure: string | null
}

const DAY_MS = 86_400_000
/** A Monday; scenarios count days, not dates. */
const BEGIN = new Date('2026-03-02T09:00:00Z')

/** Takes a table and the policies it tries; returns what became of each scenario, and the names in the policies that its world lacks. */
export function runScenarios(table: ScenarioTable, policies: PolicyDocument[]): { results: ScenarioResult[]; issues: PolicyIssue[] } {
  const resolved = policies.map((policy) => resolvePolicy(policy, directoryOf(table.world)))
  const issues = resolved.flatMap((one) => one.issues)
  if (issues.length > 0) return { results: [], issues }
  const changes = resolved.flatMap((one) => one.changes)
  return { results: table.scenarios.map((scenario) => runScenario(table.world, scenario, changes)), issues }
}

function directoryOf(world: ScenarioWorld): PolicyDirectory {
  const own = (names: Iterable<string>) => new Map([...names].map((name) => [name.toLowerCase(), name]))
  const nothing = { grant: noRules, revoke: noRules }
  const subject = (kind: PolicySubject['kind'], id: string): PolicySubject => ({ kind, id, name: id, config: nothing })
  const ofType = (type: string) => [...world.items].filter(([, item]) => item.type === type)
  const subjects = (type: string) => new Map(ofType(type).map(([name]) => [name.toLowerCase(), subject('ITEM', name)]))
  return {
    groups: own(world.groups.keys()),
    sources: own(world.sources.keys()),
    people: own([...world.people].flatMap(([name, { active }]) => (active ? [name] : []))),
    roles: subjects('ROLE'),
    accessProfiles: subjects('ACCESS_PROFILE'),
    entitlements: new Map(ofType('ENTITLEMENT').map(([name, item]) => [entitlementKey(item.source ?? '', name), subject('ITEM', name)])),
    sourceSubjects: new Map([...world.sources.keys()].map((name) => [name.toLowerCase(), subject('SOURCE', name)])),
    tenant: { ...subject('TENANT', 'TENANT'), config: defaultTenantConfig.entitlements },
  }
}

function runScenario(world: ScenarioWorld, scenario: Scenario, changes: PolicyChange[]): ScenarioResult {
  const { title, line } = scenario
  const failed = (failure: string | null) => ({ title, line, failure })
  const facts = factsOf(world, changes)
  const ask = askOf(scenario, facts)
  const begun = attempt(() => {
    checkAsk(actorOf(world, scenario.ask.by), ask, facts, BEGIN)
    return beginTrial(scenario.ask.by, ask, facts, BEGIN)
  })
  if (scenario.refused !== null) {
    if (typeof begun !== 'string') return failed('it was not refused')
    return failed(begun.includes(scenario.refused) ? null : `it was refused because: ${begun}`)
  }
  if (typeof begun === 'string') return failed(`it was refused: ${begun}`)
  for (const event of scenario.events) {
    const failure = happen(begun, event, world)
    if (failure !== null) return failed(`line ${event.line}: ${failure}`)
  }
  return failed(null)
}

/** What was made, or why it was refused. */
function attempt<T>(make: () => T): T | string {
  try {
    return make()
  } catch (error) {
    if (error instanceof DomainError) return error.message
    throw error
  }
}

function factsOf(world: ScenarioWorld, changes: PolicyChange[]): PlanFacts {
  const said = (kind: PolicySubject['kind']) =>
    new Map(changes.filter(({ subject }) => subject.kind === kind).map((one) => [one.subject.id, one]))
  const ofItems = said('ITEM')
  const ofSources = said('SOURCE')
  const ofTenant = said('TENANT').get('TENANT')
  const items = [...world.items.keys()].map((name) => itemOf(world, name, ofItems.get(name)?.config, ofSources))
  const people = [...world.people].map(
    ([id, { manager, department, active }]) => [id, { id, name: id, managerId: manager, department, active }] as const,
  )
  const groups = [...world.groups].map(([id, memberIds]) => [id, { id, name: id, memberIds }] as const)
  const adminIds = world.admins.filter((id) => world.people.get(id)?.active).sort()
  const approvals = { tenant: tenantRules(world), type: ofTenant?.approvals ?? {} }
  return {
    items: new Map(items.map((item) => [item.id, item])),
    open: [],
    held: heldIn(world),
    doneRevokes: [],
    accounts: [],
    config: {
      ...defaultTenantConfig,
      anyoneForAnyone: true,
      approvals,
      entitlements: ofTenant?.config ?? defaultTenantConfig.entitlements,
      sod: { onViolation: world.onViolation, stepGroupId: null },
    },
    approvalRules: new Map([...ofItems].flatMap(([id, { approvals: own }]) => (own ? [[id, own]] : []))),
    routing: {
      people: new Map(people),
      groups: new Map(groups),
      adminIds,
      fallbackApproverId: world.fallback,
      autoApproval: world.automatic !== 'OFF',
    },
    sod: dutiesOf(world),
  }
}

function tenantRules(world: ScenarioWorld): ScopedRules {
  return { autoApprove: world.automatic, fallbackApproverId: world.fallback }
}

function itemOf(world: ScenarioWorld, name: string, config: RequestConfig | undefined, ofSources: Map<string, PolicyChange>): AskableItem {
  const item = world.items.get(name)
  const source = item?.source ?? null
  const isEntitlement = item?.type === 'ENTITLEMENT'
  return {
    id: name,
    type: item?.type ?? 'ROLE',
    name,
    description: null,
    ownerId: item?.owner ?? null,
    additionalOwnerIds: item?.additionalOwners ?? [],
    additionalGroupIds: item?.additionalGroups ?? [],
    sourceId: source,
    attribute: isEntitlement ? 'groups' : null,
    value: isEntitlement ? name : null,
    requestable: true,
    enabled: true,
    privileged: item?.privileged ?? false,
    requestConfig: config ?? null,
    sourceOwnerId: source === null ? null : (world.sources.get(source) ?? null),
    appOwnerId: item?.applicationOwner ?? null,
    sourceRequestConfig: source === null ? null : (ofSources.get(source)?.config ?? null),
  }
}

function heldIn(world: ScenarioWorld): PlanFacts['held'] {
  const nothing = { nativeIdentity: null, startAt: null, endAt: null, requestId: null, whole: true, ending: false }
  return [...world.holds].flatMap(([recipientId, names]) =>
    names.map((itemId) => ({ ...nothing, assignmentId: `${recipientId} ${itemId}`, recipientId, itemId, origin: 'REQUESTED' as const })),
  )
}

function dutiesOf(world: ScenarioWorld): PlanFacts['sod'] {
  const named = (names: string[]) => names.map((name) => ({ id: name, name }))
  return {
    policies: world.duties.map(({ left, right }, index) => {
      const id = `duties ${index + 1}`
      return { id, name: id, state: 'ENFORCED', left: named(left), right: named(right) }
    }),
    expanded: new Map([...world.items.keys()].map((name) => [name, [name]])),
    around: new Map([...world.holds].map(([person, names]) => [person, names.map((entitlementId) => ({ entitlementId, existing: true }))])),
  }
}

function askOf({ ask }: Scenario, facts: PlanFacts): Ask {
  const item = facts.items.get(ask.item)
  const startAt = ask.inDays === null ? null : new Date(BEGIN.getTime() + ask.inDays * DAY_MS)
  const from = startAt ?? BEGIN
  const endAt = ask.lastingDays === null ? null : new Date(from.getTime() + ask.lastingDays * DAY_MS)
  const asked = {
    path: 'requestedItems[0]',
    type: item?.type ?? 'ROLE',
    id: ask.item,
    comment: 'please',
    clientMetadata: null,
    startAt,
    endAt,
    assignmentId: null,
    nativeIdentity: null,
    accountSelection: null,
  }
  return { kind: ask.kind, entries: [{ recipientId: ask.for, path: 'requestedFor[0]', items: [asked] }], clientMetadata: null }
}

function actorOf(world: ScenarioWorld, alias: string) {
  return { clientId: 'scenario', identityId: alias, name: alias, isAdmin: world.admins.includes(alias), scopes: ['sp:scopes:all'] }
}

/** Lets one thing happen, or checks one; returns what was not as written. */
function happen(trial: Trial, event: ScenarioEvent, world: ScenarioWorld): string | null {
  switch (event.kind) {
    case 'decide': {
      const { answer, comment } = event
      return act(trial, event, event.of, (approval) => decideInTrial(trial, approval, actorOf(world, event.by), { answer, comment }))
    }
    case 'forward':
      return act(trial, event, event.from, (approval) => forwardInTrial(trial, approval, actorOf(world, event.by), event.to))
    case 'wait':
      passTime(trial, new Date(trial.now.getTime() + event.days * DAY_MS))
      return null
    case 'leaves':
    case 'returns':
      return change(trial, event.person, { active: event.kind === 'returns' })
    case 'manager':
      return change(trial, event.person, { managerId: event.manager })
    default:
      return check(trial, event)
  }
}

/** Somebody does something with the first open approval that a person holds (or, where nobody may, with whichever there is). */
function act(trial: Trial, { refused }: { refused: boolean }, holder: string, act: (approval: TriedApproval) => void): string | null {
  const held = openApprovals(trial).find(({ candidateIds }) => candidateIds.includes(holder))
  const approval = held ?? (refused ? (openApprovals(trial)[0] ?? trial.approvals.at(-1)) : undefined)
  if (!approval) return `${holder} holds no open approval; those who do: ${shown(holdersIn(trial))}`
  const refusal = attempt(() => act(approval))
  if (refused) return typeof refusal === 'string' ? null : 'it was not refused'
  return typeof refusal === 'string' ? `it was refused: ${refusal}` : null
}

function change(trial: Trial, id: string, to: { active?: boolean; managerId?: string | null }): string | null {
  const person = trial.facts.routing.people.get(id)
  if (!person) return `there is no ${id}`
  trial.facts.routing.people.set(id, { ...person, ...to })
  mendTrial(trial)
  return null
}

function holdersIn(trial: Trial): string[][] {
  return openApprovals(trial).map(({ candidateIds }) => [...candidateIds].sort())
}

function shown(holders: string[][]): string {
  const texts = holders.map((one) => (one.length === 1 ? String(one[0]) : `[${one.join(', ')}]`))
  return texts.length === 0 ? 'nobody' : texts.sort().join(', ')
}

type Check = Exclude<ScenarioEvent, { kind: 'decide' | 'forward' | 'wait' | 'leaves' | 'returns' | 'manager' }>

function check(trial: Trial, event: Check): string | null {
  const unless = (found: string, wanted: string) => (found === wanted ? null : `expected ${wanted}, found ${found}`)
  switch (event.kind) {
    case 'asked':
      return unless(`asked: ${shown(holdersIn(trial))}`, `asked: ${shown(event.holders.map((one) => [...one].sort()))}`)
    case 'because': {
      const rules = openApprovals(trial).flatMap(({ explanation }) => explanation.map(({ rule }) => rule as string))
      const missing = event.rules.filter((rule) => !rules.includes(rule))
      return missing.length === 0 ? null : `expected because of ${missing.join(', ')}, found ${rules.join(', ')}`
    }
    case 'reminded':
      return unless(`${trial.reminders.length} reminders`, `${event.times} reminders`)
    case 'history':
      return unless(trial.approvals.flatMap(({ history }) => history).join(', '), event.moves.join(', '))
    case 'steps':
      return unless(`${trial.item.policy.steps.length} steps`, `${event.count} steps`)
    case 'ends':
      return unless(trial.ending, event.ending)
  }
}
