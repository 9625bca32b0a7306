import type { RequestKind } from '../access-model.ts'
import type { PolicyIssue } from '../policy/issue.ts'
import { daysOf, type PolicyEntry, type PolicyNode, PolicyReader } from '../policy/node.ts'
import { readEvent, type ScenarioEvent } from './scenario-events.ts'
import { emptyWorld, readWorld, type ScenarioWorld, textIn } from './scenario-world.ts'

/** Tables of scenarios: a small world, an ask, and what shall become of it. Read from the same YAML as policies. */

export interface ScenarioAsk {
  for: string
  by: string
  item: string
  kind: RequestKind
  lastingDays: number | null
  inDays: number | null
  comment: string | null
}

export interface Scenario {
  title: string
  line: number
  ask: ScenarioAsk
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
  refuseRepeated(reader, scenarios)
  return { table: { world, scenarios }, issues: reader.issues }
}

function refuseRepeated(reader: PolicyReader, scenarios: Scenario[]): void {
  const seen = new Set<string>()
  for (const scenario of scenarios) {
    if (seen.has(scenario.title)) reader.note('twice-the-same', scenario, 'Another scenario says just this.')
    seen.add(scenario.title)
  }
}

function readScenario(reader: PolicyReader, node: PolicyNode): Scenario | undefined {
  const found = reader.map(node, 'A scenario', ['it', 'ask', 'refused', 'then'])
  const title = found.it ? reader.text(found.it.node, '"it"') : reader.note('missing-key', node, 'A scenario is a sentence: "it".')
  if (!found.ask) return reader.note('missing-key', node, 'A scenario has an "ask".')
  if (!found.then && !found.refused)
    return reader.note('nothing-said', node, 'A scenario says what happens "then", or that it is "refused".')
  const events = found.then ? reader.list(found.then.node).flatMap((one) => readEvent(reader, one) ?? []) : []
  if (title === undefined) return undefined
  return { title, line: node.line, ask: readAsk(reader, found.ask.node), refused: textIn(reader, found.refused), events }
}

function readAsk(reader: PolicyReader, node: PolicyNode): ScenarioAsk {
  const found = reader.map(node, '"ask"', ['for', 'by', 'item', 'to', 'lasting', 'in', 'saying'])
  if (!found.for) reader.note('missing-key', node, '"ask" says whom it is "for".')
  if (!found.item) reader.note('missing-key', node, '"ask" names an "item".')
  const recipient = textIn(reader, found.for) ?? ''
  const kind = found.to ? reader.word(found.to.node, '"to"', ['give', 'remove', 'change']) : 'give'
  return {
    for: recipient,
    by: textIn(reader, found.by) ?? recipient,
    item: textIn(reader, found.item) ?? '',
    kind: ({ give: 'GRANT', remove: 'REVOKE', change: 'MODIFY' } as const)[kind ?? 'give'],
    lastingDays: days(reader, found.lasting),
    inDays: days(reader, found.in),
    comment: found.saying ? textIn(reader, found.saying) : 'please',
  }
}

function days(reader: PolicyReader, entry: PolicyEntry | undefined): number | null {
  if (!entry) return null
  return daysOf(entry.node) ?? reader.note('wrong-type', entry, `"${entry.key}" is a time in days or weeks.`) ?? null
}
