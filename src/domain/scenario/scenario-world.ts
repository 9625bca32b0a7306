import type { ItemType } from '../access-model.ts'
import type { AutoApprove } from '../approval-rules.ts'
import type { PolicyEntry, PolicyNode, PolicyReader } from '../policy/node.ts'
import type { SodConfig } from '../sod.ts'

/** The small world that scenarios play in: its people, groups, sources and items, under names that are ids as well. */

export interface ScenarioItem {
  type: ItemType
  owner: string | null
  additionalOwners: string[]
  additionalGroups: string[]
  source: string | null
  applicationOwner: string | null
  privileged: boolean
}

export interface ScenarioWorld {
  begins: Date
  people: Map<string, { manager: string | null; department: string | null; active: boolean }>
  admins: string[]
  groups: Map<string, string[]>
  /** Sources with their owners. */
  sources: Map<string, string>
  items: Map<string, ScenarioItem>
  /** Who is away, and who stands in for them. */
  away: Map<string, string>
  /** Which items people hold already. */
  holds: Map<string, string[]>
  /** Separation of duties: pairs of lists of items. */
  duties: { left: string[]; right: string[] }[]
  sod: SodConfig
  fallback: string | null
  automatic: AutoApprove
}

/** A Monday; scenarios count days, not dates, unless they say when they begin. */
const MONDAY = '2026-03-02T09:00:00Z'

/** A world without anybody. */
export function emptyWorld(): ScenarioWorld {
  const none = { groups: new Map(), sources: new Map(), items: new Map(), away: new Map(), holds: new Map(), duties: [], admins: [] }
  const sod: SodConfig = { onViolation: 'REPORT', stepGroupId: null }
  return { begins: new Date(MONDAY), people: new Map(), ...none, sod, fallback: null, automatic: 'OFF' }
}

const worldKeys = [
  'begins',
  'people',
  'admins',
  'groups',
  'sources',
  'items',
  'away',
  'holds',
  'duties',
  'on violation',
  'fallback',
  'automatic',
] as const

/** Takes the map under "world"; notes what is wrong with it, names that lead nowhere among it. */
export function readWorld(reader: PolicyReader, node: PolicyNode): ScenarioWorld {
  const found = reader.map(node, '"world"', worldKeys)
  const world = emptyWorld()
  if (found.begins) world.begins = readInstant(reader, found.begins.node) ?? world.begins
  for (const { key, node: person } of entriesOf(found.people)) world.people.set(key, readPerson(reader, person))
  for (const { key, node: members } of entriesOf(found.groups)) world.groups.set(key, textsOf(reader, members))
  for (const { key, node: owner } of entriesOf(found.sources)) world.sources.set(key, reader.text(owner, 'An owner') ?? '')
  for (const { key, node: item } of entriesOf(found.items)) world.items.set(key, readItem(reader, item))
  for (const { key, node: standIn } of entriesOf(found.away)) world.away.set(key, reader.text(standIn, 'A person') ?? '')
  for (const { key, node: held } of entriesOf(found.holds)) world.holds.set(key, textsOf(reader, held))
  if (found.admins) world.admins = textsOf(reader, found.admins.node)
  if (found.duties) world.duties = reader.list(found.duties.node).map((one) => readDuties(reader, one))
  if (found.fallback) world.fallback = reader.text(found.fallback.node, '"fallback"') ?? null
  if (found['on violation']) world.sod = readViolation(reader, found['on violation'].node)
  const automatic = found.automatic && reader.word(found.automatic.node, '"automatic"', ['off', 'direct', 'indirect'])
  if (automatic) world.automatic = automatic.toUpperCase() as AutoApprove
  checkNames(reader, node, world)
  return world
}

function entriesOf(entry: PolicyEntry | undefined): PolicyEntry[] {
  return entry?.node.kind === 'map' ? entry.node.entries : []
}

/** The texts of a list; nothing is an empty one. */
export function textsOf(reader: PolicyReader, node: PolicyNode): string[] {
  return node.kind === 'scalar' && node.value === null ? [] : reader.texts(node, 'A name')
}

/** The text of an entry; null where it says null, or nothing. */
export function textIn(reader: PolicyReader, entry: PolicyEntry | undefined): string | null {
  if (!entry || (entry.node.kind === 'scalar' && entry.node.value === null)) return null
  return reader.text(entry.node, `"${entry.key}"`) ?? null
}

function readInstant(reader: PolicyReader, node: PolicyNode): Date | undefined {
  const text = node.kind === 'scalar' ? String(node.value) : ''
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z$/.test(text) ? new Date(text) : undefined
  return at && !Number.isNaN(at.getTime()) ? at : reader.note('wrong-type', node, '"begins" is an instant such as 2026-03-27T16:00:00Z.')
}

function readPerson(reader: PolicyReader, node: PolicyNode) {
  if (node.kind === 'scalar') return { manager: node.value === null ? null : String(node.value), department: null, active: true }
  const found = reader.map(node, 'A person', ['manager', 'department', 'active'])
  return {
    manager: textIn(reader, found.manager),
    department: textIn(reader, found.department),
    active: (found.active && reader.flag(found.active.node, '"active"')) ?? true,
  }
}

const itemKeys = ['type', 'owner', 'additional owners', 'additional groups', 'source', 'application owner', 'privileged'] as const
const itemTypes = { role: 'ROLE', 'access profile': 'ACCESS_PROFILE', entitlement: 'ENTITLEMENT' } as const
const typeWords = ['role', 'access profile', 'entitlement'] as const

function readItem(reader: PolicyReader, node: PolicyNode): ScenarioItem {
  const found = reader.map(node, 'An item', itemKeys)
  const word = found.type ? reader.word(found.type.node, '"type"', typeWords) : 'role'
  return {
    type: itemTypes[word ?? 'role'],
    owner: textIn(reader, found.owner),
    additionalOwners: found['additional owners'] ? textsOf(reader, found['additional owners'].node) : [],
    additionalGroups: found['additional groups'] ? textsOf(reader, found['additional groups'].node) : [],
    source: textIn(reader, found.source),
    applicationOwner: textIn(reader, found['application owner']),
    privileged: (found.privileged && reader.flag(found.privileged.node, '"privileged"')) ?? false,
  }
}

function readDuties(reader: PolicyReader, node: PolicyNode): { left: string[]; right: string[] } {
  const { left, right } = reader.map(node, '"duties"', ['left', 'right'])
  return { left: left ? textsOf(reader, left.node) : [], right: right ? textsOf(reader, right.node) : [] }
}

function readViolation(reader: PolicyReader, node: PolicyNode): SodConfig {
  if (node.kind === 'map') {
    const { ask } = reader.map(node, '"on violation"', ['ask'])
    return { onViolation: 'ADD_STEP', stepGroupId: textIn(reader, ask) }
  }
  const word = reader.word(node, '"on violation" (or { ask: GROUP })', ['report', 'deny'])
  return { onViolation: word === 'deny' ? 'DENY' : 'REPORT', stepGroupId: null }
}

/** A name that is misspelled would make a scenario pass for the wrong reason. */
function checkNames(reader: PolicyReader, node: PolicyNode, world: ScenarioWorld): void {
  const unknown = (names: (string | null)[], known: Map<string, unknown>, what: string) => {
    for (const name of new Set(names))
      if (name !== null && !known.has(name)) reader.note('not-there', node, `The world has no ${what} ${name}.`)
  }
  const items = [...world.items.values()]
  const people = [
    ...[...world.people.values()].map(({ manager }) => manager),
    ...[...world.groups.values(), ...items.map(({ additionalOwners }) => additionalOwners)].flat(),
    ...items.flatMap(({ owner, applicationOwner }) => [owner, applicationOwner]),
    ...[...world.sources.values(), ...world.admins, ...world.holds.keys(), ...world.away.keys(), ...world.away.values(), world.fallback],
  ]
  unknown(people, world.people, 'person')
  unknown([...items.flatMap(({ additionalGroups }) => additionalGroups), world.sod.stepGroupId], world.groups, 'group')
  unknown(
    items.map(({ source }) => source),
    world.sources,
    'source',
  )
  const named = [...[...world.holds.values()].flat(), ...world.duties.flatMap(({ left, right }) => [...left, ...right])]
  unknown(named, world.items, 'item')
}
