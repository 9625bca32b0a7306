import type { ItemType, RequestKind } from '../access-model.ts'
import type { AutoApprove } from '../approval-rules.ts'
import type { SodConfig } from '../sod.ts'
import type { PolicyIssue } from './issue.ts'
import { daysOf, type PolicyEntry, type PolicyNode, PolicyReader } from './node.ts'
import type { Ending } from './simulate.ts'

/** Tables of scenarios: a small world, an ask, and what shall become of it. Read from the same YAML as policies. */

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
  people: Map<string, { manager: string | null; department: string | null; active: boolean }>
  admins: string[]
  groups: Map<string, string[]>
  /** Sources with their owners. */
  sources: Map<string, string>
  items: Map<string, ScenarioItem>
  /** Which items people hold already. */
  holds: Map<string, string[]>
  /** Separation of duties: pairs of lists of items. */
  duties: { left: string[]; right: string[] }[]
  onViolation: SodConfig['onViolation']
  fallback: string | null
  automatic: AutoApprove
}

export type ScenarioEvent = { line: number } & (
  | { kind: 'asked'; holders: string[][] }
  | { kind: 'because'; rules: string[] }
  | { kind: 'decide'; by: string; of: string; answer: 'approve' | 'reject'; comment: string | null; refused: boolean }
  | { kind: 'forward'; by: string; from: string; to: string; refused: boolean }
  | { kind: 'wait'; days: number }
  | { kind: 'leaves' | 'returns'; person: string }
  | { kind: 'manager'; person: string; manager: string | null }
  | { kind: 'reminded'; times: number }
  | { kind: 'history'; moves: string[] }
  | { kind: 'steps'; count: number }
  | { kind: 'ends'; ending: Ending }
)

export interface Scenario {
  title: string
  line: number
  ask: { for: string; by: string; item: string; kind: RequestKind; lastingDays: number | null; inDays: number | null }
  /** What is refused at once says so here. */
  refused: string | null
  events: ScenarioEvent[]
}

export interface ScenarioTable {
  world: ScenarioWorld
  scenarios: Scenario[]
}

/** True for a document with scenarios, which may stand in one file with the policies they try. */
export function isScenarioTable(node: PolicyNode): boolean {
  return node.kind === 'map' && node.entries.some(({ key }) => key === 'scenarios')
}

/** Takes such a document; returns its world and its scenarios, and everything that is wrong with them. */
export function parseScenarios(node: PolicyNode): { table: ScenarioTable; issues: PolicyIssue[] } {
  const reader = new PolicyReader()
  const found = reader.map(node, 'A table of scenarios', ['world', 'scenarios'])
  if (!found.world) reader.note('missing-key', node, 'A table has a "world".')
  const world = found.world ? readWorld(reader, found.world.node) : emptyWorld()
  const scenarios = found.scenarios ? reader.list(found.scenarios.node).flatMap((one) => readScenario(reader, one) ?? []) : []
  return { table: { world, scenarios }, issues: reader.issues }
}

function emptyWorld(): ScenarioWorld {
  const none = { groups: new Map(), sources: new Map(), items: new Map(), holds: new Map(), duties: [], admins: [] }
  return { people: new Map(), ...none, onViolation: 'REPORT', fallback: null, automatic: 'OFF' }
}

const worldKeys = ['people', 'admins', 'groups', 'sources', 'items', 'holds', 'duties', 'on violation', 'fallback', 'automatic'] as const

function readWorld(reader: PolicyReader, node: PolicyNode): ScenarioWorld {
  const found = reader.map(node, '"world"', worldKeys)
  const world = emptyWorld()
  for (const { key, node: person } of entriesOf(found.people)) world.people.set(key, readPerson(reader, person))
  for (const { key, node: members } of entriesOf(found.groups)) world.groups.set(key, textsOf(reader, members))
  for (const { key, node: owner } of entriesOf(found.sources)) world.sources.set(key, reader.text(owner, 'An owner') ?? '')
  for (const { key, node: item } of entriesOf(found.items)) world.items.set(key, readItem(reader, item))
  for (const { key, node: held } of entriesOf(found.holds)) world.holds.set(key, textsOf(reader, held))
  if (found.admins) world.admins = textsOf(reader, found.admins.node)
  if (found.duties) world.duties = reader.list(found.duties.node).map((one) => readDuties(reader, one))
  if (found.fallback) world.fallback = reader.text(found.fallback.node, '"fallback"') ?? null
  const violation = found['on violation'] && reader.word(found['on violation'].node, '"on violation"', ['report', 'deny'])
  if (violation) world.onViolation = violation === 'deny' ? 'DENY' : 'REPORT'
  const automatic = found.automatic && reader.word(found.automatic.node, '"automatic"', ['off', 'direct', 'indirect'])
  if (automatic) world.automatic = automatic.toUpperCase() as AutoApprove
  return world
}

function entriesOf(entry: PolicyEntry | undefined): PolicyEntry[] {
  return entry?.node.kind === 'map' ? entry.node.entries : []
}

function textsOf(reader: PolicyReader, node: PolicyNode): string[] {
  return node.kind === 'scalar' && node.value === null ? [] : reader.texts(node, 'A name')
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

function textIn(reader: PolicyReader, entry: PolicyEntry | undefined): string | null {
  if (!entry || (entry.node.kind === 'scalar' && entry.node.value === null)) return null
  return reader.text(entry.node, `"${entry.key}"`) ?? null
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

function readScenario(reader: PolicyReader, node: PolicyNode): Scenario | undefined {
  const found = reader.map(node, 'A scenario', ['it', 'ask', 'refused', 'then'])
  const title = found.it ? reader.text(found.it.node, '"it"') : reader.note('missing-key', node, 'A scenario is a sentence: "it".')
  if (title === undefined || !found.ask) return found.ask ? undefined : reader.note('missing-key', node, 'A scenario has an "ask".')
  const events = found.then ? reader.list(found.then.node).flatMap((one) => readEvent(reader, one) ?? []) : []
  return { title, line: node.line, ask: readAsk(reader, found.ask.node), refused: textIn(reader, found.refused), events }
}

function readAsk(reader: PolicyReader, node: PolicyNode): Scenario['ask'] {
  const found = reader.map(node, '"ask"', ['for', 'by', 'item', 'to', 'lasting', 'in'])
  const recipient = textIn(reader, found.for) ?? ''
  const kind = found.to ? reader.word(found.to.node, '"to"', ['give', 'remove', 'change']) : 'give'
  return {
    for: recipient,
    by: textIn(reader, found.by) ?? recipient,
    item: textIn(reader, found.item) ?? '',
    kind: ({ give: 'GRANT', remove: 'REVOKE', change: 'MODIFY' } as const)[kind ?? 'give'],
    lastingDays: found.lasting ? (daysOf(found.lasting.node) ?? null) : null,
    inDays: found.in ? (daysOf(found.in.node) ?? null) : null,
  }
}

const eventKeys = [
  'asked',
  'because',
  'approve',
  'reject',
  'cannot approve',
  'cannot reject',
  'forward',
  'cannot forward',
  'wait',
  'leaves',
  'returns',
  'new manager',
  'reminded',
  'history',
  'steps',
  'ends',
] as const

function readEvent(reader: PolicyReader, node: PolicyNode): ScenarioEvent | undefined {
  const found = reader.map(node, 'What happens', eventKeys)
  const entry = Object.values(found)[0]
  if (!entry) return undefined
  const { line } = entry
  const key = entry.key as (typeof eventKeys)[number]
  const refused = key.startsWith('cannot ')
  switch (key) {
    case 'approve':
    case 'reject':
    case 'cannot approve':
    case 'cannot reject':
      return { kind: 'decide', answer: key.endsWith('approve') ? 'approve' : 'reject', ...readDecider(reader, entry.node), refused, line }
    case 'forward':
    case 'cannot forward':
      return { kind: 'forward', ...readForward(reader, entry.node), refused, line }
    default:
      return readCheck(reader, key, entry)
  }
}

function readDecider(reader: PolicyReader, node: PolicyNode): { by: string; of: string; comment: string | null } {
  if (node.kind !== 'map') {
    const by = reader.text(node, 'A person') ?? ''
    return { by, of: by, comment: null }
  }
  const found = reader.map(node, 'A decision', ['by', 'of', 'saying'])
  const by = textIn(reader, found.by) ?? ''
  return { by, of: textIn(reader, found.of) ?? by, comment: textIn(reader, found.saying) }
}

function readForward(reader: PolicyReader, node: PolicyNode): { by: string; from: string; to: string } {
  const found = reader.map(node, '"forward"', ['from', 'to', 'by'])
  const from = textIn(reader, found.from) ?? ''
  return { from, to: textIn(reader, found.to) ?? '', by: textIn(reader, found.by) ?? from }
}

function readCheck(reader: PolicyReader, key: (typeof eventKeys)[number], { node, line }: PolicyEntry): ScenarioEvent | undefined {
  switch (key) {
    case 'asked':
      return {
        kind: 'asked',
        holders: node.kind === 'scalar' && node.value === null ? [] : reader.list(node).map((one) => textsOf(reader, one)),
        line,
      }
    case 'because':
      return { kind: 'because', rules: textsOf(reader, node), line }
    case 'wait': {
      const days = daysOf(node)
      return days === undefined ? reader.note('wrong-type', node, '"wait" is a time in days or weeks.') : { kind: 'wait', days, line }
    }
    case 'leaves':
    case 'returns':
      return { kind: key, person: reader.text(node, 'A person') ?? '', line }
    case 'new manager':
      return node.kind === 'map' && node.entries[0]
        ? { kind: 'manager', person: node.entries[0].key, manager: textIn(reader, node.entries[0]), line }
        : reader.note('wrong-type', node, 'Write { PERSON: NEW MANAGER }.')
    case 'reminded':
      return { kind: 'reminded', times: reader.whole(node, '"reminded"', 0, 1000) ?? 0, line }
    case 'history':
      return { kind: 'history', moves: textsOf(reader, node), line }
    case 'steps':
      return { kind: 'steps', count: reader.whole(node, '"steps"', 0, 100) ?? 0, line }
    default:
      return {
        kind: 'ends',
        ending: reader.word(node, '"ends"', ['waiting', 'approved', 'rejected', 'expired', 'cancelled']) ?? 'waiting',
        line,
      }
  }
}
