import { noRules, type RequestConfig } from '../access-model.ts'
import type { Ask, AskableItem, PlanFacts } from '../access-request.ts'
import type { Actor } from '../actor.ts'
import { scopedRulesOfType } from '../approval-rules.ts'
import { DAY_MS } from '../business-clock.ts'
import { entitlementKey, type PolicyChange, type PolicyDirectory, type PolicySubject } from '../policy/resolve.ts'
import type { RoutingFacts } from '../routing.ts'
import { defaultTenantConfig } from '../tenant-config.ts'
import type { ScenarioAsk } from './scenario.ts'
import type { ScenarioItem, ScenarioWorld } from './scenario-world.ts'
import type { Arranged } from './trial.ts'

/** What the product would load of a scenario's world. Names are ids here: the world is small and nothing is stored. */

/** The facts of a world in which no policy was applied. */
export function factsOf(world: ScenarioWorld): PlanFacts {
  const approvals = { tenant: { autoApprove: world.automatic, fallbackApproverId: world.fallback }, type: {} }
  return {
    items: new Map([...world.items].map(([name, item]) => [name, itemOf(world, name, item)])),
    open: [],
    held: heldIn(world),
    doneRevokes: [],
    accounts: [],
    config: { ...defaultTenantConfig, anyoneForAnyone: true, approvals, sod: world.sod },
    approvalRules: new Map(),
    routing: routingOf(world),
    sod: dutiesOf(world),
  }
}

function itemOf(world: ScenarioWorld, name: string, item: ScenarioItem): AskableItem {
  const { type, owner, additionalOwners, additionalGroups, source, applicationOwner, privileged } = item
  const isEntitlement = type === 'ENTITLEMENT'
  return {
    id: name,
    type,
    name,
    description: null,
    ownerId: owner,
    additionalOwnerIds: additionalOwners,
    additionalGroupIds: additionalGroups,
    sourceId: source,
    attribute: isEntitlement ? 'groups' : null,
    value: isEntitlement ? name : null,
    requestable: true,
    enabled: true,
    privileged,
    requestConfig: null,
    sourceOwnerId: source === null ? null : (world.sources.get(source) ?? null),
    appOwnerId: applicationOwner,
    sourceRequestConfig: null,
  }
}

function heldIn(world: ScenarioWorld): PlanFacts['held'] {
  const nothing = { accounts: [], startAt: null, endAt: null, requestId: null, whole: true, ending: false }
  return [...world.holds].flatMap(([recipientId, names]) =>
    names.map((itemId) => ({ ...nothing, assignmentId: `${recipientId} ${itemId}`, recipientId, itemId, origin: 'REQUESTED' as const })),
  )
}

function routingOf(world: ScenarioWorld): RoutingFacts {
  const people = [...world.people].map(
    ([id, { manager, department, active }]) => [id, { id, name: id, managerId: manager, department, active }] as const,
  )
  return {
    people: new Map(people),
    groups: new Map([...world.groups].map(([id, memberIds]) => [id, { id, name: id, memberIds: [...memberIds].sort() }] as const)),
    adminIds: world.admins.filter((id) => world.people.get(id)?.active).sort(),
    fallbackApproverId: world.fallback,
    autoApproval: world.automatic !== 'OFF',
  }
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

/** What policies may name in a world, with what is said there already. */
export function directoryOf(world: ScenarioWorld, facts: PlanFacts): PolicyDirectory {
  const own = (names: Iterable<string>) => new Map([...names].map((name) => [name.toLowerCase(), name]))
  const ofTenant = facts.config.entitlements
  const subject = (kind: PolicySubject['kind'], id: string, config: RequestConfig): PolicySubject => ({ kind, id, name: id, config })
  const ofType = (type: string) => [...facts.items.values()].filter((item) => item.type === type)
  const subjects = (type: string) =>
    new Map(ofType(type).map(({ id, requestConfig }) => [id.toLowerCase(), subject('ITEM', id, requestConfig ?? nobodyAsked)]))
  const inherited = ({ requestConfig, sourceRequestConfig }: AskableItem) => requestConfig ?? sourceRequestConfig ?? ofTenant
  const ofSource = (id: string) => ofType('ENTITLEMENT').find((item) => item.sourceId === id)?.sourceRequestConfig ?? ofTenant
  return {
    groups: own(world.groups.keys()),
    sources: own(world.sources.keys()),
    people: own([...facts.routing.people.values()].flatMap(({ id, active }) => (active ? [id] : []))),
    roles: subjects('ROLE'),
    accessProfiles: subjects('ACCESS_PROFILE'),
    entitlements: new Map(
      ofType('ENTITLEMENT').map((item) => [entitlementKey(item.sourceId ?? '', item.id), subject('ITEM', item.id, inherited(item))]),
    ),
    sourceSubjects: new Map([...world.sources.keys()].map((name) => [name.toLowerCase(), subject('SOURCE', name, ofSource(name))])),
    tenant: subject('TENANT', 'TENANT', ofTenant),
    wholeTenant: subject('WHOLE_TENANT', 'WHOLE_TENANT', ofTenant),
  }
}

const nobodyAsked: RequestConfig = { grant: noRules, revoke: noRules }

/** The facts after policies were applied; what they do not speak of stays. */
export function withPolicies(facts: PlanFacts, changes: PolicyChange[]): PlanFacts {
  let after = facts
  for (const change of changes) after = withPolicy(after, change)
  return after
}

function withPolicy(facts: PlanFacts, { subject, config, approvals, sod }: PolicyChange): PlanFacts {
  if (subject.kind === 'WHOLE_TENANT') {
    const said = { tenant: { ...facts.config.approvals?.tenant, ...approvals }, type: scopedRulesOfType(facts.config) }
    return { ...facts, config: { ...facts.config, approvals: said, sod: sod ?? facts.config.sod } }
  }
  if (subject.kind === 'TENANT') {
    const type = { ...scopedRulesOfType(facts.config), ...approvals }
    const tenant = facts.config.approvals?.tenant ?? {}
    return { ...facts, config: { ...facts.config, entitlements: config ?? facts.config.entitlements, approvals: { tenant, type } } }
  }
  const isMeant = (item: AskableItem) => (subject.kind === 'ITEM' ? item.id : item.sourceId) === subject.id
  const said = config && (subject.kind === 'ITEM' ? { requestConfig: config } : { sourceRequestConfig: config })
  const items = [...facts.items.values()].map((item) => (isMeant(item) ? { ...item, ...said } : item))
  const approvalRules = new Map(facts.approvalRules)
  if (subject.kind === 'ITEM' && approvals) approvalRules.set(subject.id, { ...approvalRules.get(subject.id), ...approvals })
  return { ...facts, items: new Map(items.map((item) => [item.id, item])), approvalRules }
}

/** The ask of a scenario as a call would make it. */
export function askOf(ask: ScenarioAsk, facts: PlanFacts, now: Date): Ask {
  const startAt = ask.inDays === null ? null : new Date(now.getTime() + ask.inDays * DAY_MS)
  const endAt = ask.lastingDays === null ? null : new Date((startAt ?? now).getTime() + ask.lastingDays * DAY_MS)
  const asked = {
    path: 'requestedItems[0]',
    type: facts.items.get(ask.item)?.type ?? 'ROLE',
    id: ask.item,
    comment: ask.comment,
    clientMetadata: null,
    startAt,
    endAt,
    assignmentId: null,
    nativeIdentity: null,
    accountSelection: null,
  }
  return { kind: ask.kind, entries: [{ recipientId: ask.for, path: 'requestedFor[0]', items: [asked] }], clientMetadata: null }
}

/** Who are org admins, and who stands in for whom, from the beginning of a world. */
export function arrangedIn({ admins, away, begins }: ScenarioWorld): Arranged {
  const reassignments = [...away].map(([fromId, toId]) => ({ fromId, toId, startAt: begins, endAt: null, followAt: begins, looks: 0 }))
  return { adminIds: [...admins].sort(), reassignments }
}

/** Somebody of a world as whoever calls. */
export function actorOf(world: ScenarioWorld, name: string): Actor {
  return { clientId: 'scenario', identityId: name, name, isAdmin: world.admins.includes(name), scopes: ['sp:scopes:all'] }
}
