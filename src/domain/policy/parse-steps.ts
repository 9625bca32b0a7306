import type { ItemType, Quorum, Selector } from '../access-model.ts'
import type { NamedCondition, NamedSelector, NamedStep } from './document.ts'
import { daysOf, type PolicyEntry, type PolicyNode, type PolicyReader } from './node.ts'

/** The steps of a review, as a policy file writes them. */

/** The words for approvers, and the selector each stands for. */
export const approverWords = {
  manager: 'MANAGER',
  owner: 'OWNER',
  'source owner': 'SOURCE_OWNER',
  'application owner': 'APP_OWNER',
  'all owners': 'ALL_OWNERS',
  'additional owners': 'ADDITIONAL_OWNER',
  'additional groups': 'ADDITIONAL_GOVERNANCE_GROUP',
} as const satisfies Record<string, Selector['kind']>

const words = Object.keys(approverWords) as (keyof typeof approverWords)[]

/** Takes the list of steps; notes a list that may leave nobody to ask. */
export function readSteps(reader: PolicyReader, node: PolicyNode, half: 'grant' | 'revoke'): NamedStep[] {
  const parts = node.kind === 'scalar' && node.value === null ? [] : reader.list(node)
  if (parts.length === 0) reader.note('nobody-asked', node, `Nobody is asked: every ${half} of this goes through by itself.`)
  const steps = parts.flatMap((part) => readStep(reader, part) ?? [])
  if (steps.length > 0 && steps.length === parts.length && steps.every(({ when }) => when !== undefined))
    reader.note('perhaps-nobody', node, 'Every step has a condition: where none holds, the fallback approver or an org admin is asked.')
  return steps
}

function readStep(reader: PolicyReader, node: PolicyNode): NamedStep | undefined {
  const isShort = node.kind === 'scalar' || (node.kind === 'map' && node.entries.every(({ key }) => key === 'group'))
  if (isShort) {
    const only = readSelector(reader, node)
    return only && { asks: [only], line: node.line }
  }
  const found = reader.map(node, 'A step', ['ask', 'quorum', 'when'])
  if (!found.ask) return node.kind === 'map' ? reader.note('missing-key', node, 'A step says whom to "ask".') : undefined
  const asks = reader.list(found.ask.node).flatMap((one) => readSelector(reader, one) ?? [])
  if (asks.length === 0) return undefined
  refuseRepeated(reader, asks)
  const quorum = found.quorum && readQuorum(reader, found.quorum.node, asks)
  const when = found.when && readCondition(reader, found.when.node)
  return { asks, ...(quorum ? { quorum } : {}), ...(when ? { when } : {}), line: node.line }
}

function refuseRepeated(reader: PolicyReader, asks: NamedSelector[]): void {
  const seen = new Set<string>()
  for (const ask of asks) {
    const key = `${ask.kind} ${ask.group?.toLowerCase() ?? ''}`
    if (seen.has(key)) reader.note('twice-the-same', ask, 'This approver is in the step already.')
    seen.add(key)
  }
}

function readSelector(reader: PolicyReader, node: PolicyNode): NamedSelector | undefined {
  if (node.kind === 'map') {
    const { group } = reader.map(node, 'An approver', ['group'])
    const name = group && reader.text(group.node, 'The name of a governance group')
    return name === undefined ? undefined : { kind: 'GOVERNANCE_GROUP', group: name, line: node.line }
  }
  const word = reader.word(node, 'An approver (or { group: NAME })', words)
  return word && { kind: approverWords[word], line: node.line }
}

const share = /^(\d{1,3})\s*%$/

function readQuorum(reader: PolicyReader, node: PolicyNode, asks: NamedSelector[]): Quorum | undefined {
  const percent = node.kind === 'scalar' ? share.exec(String(node.value))?.[1] : undefined
  if (percent !== undefined) {
    if (Number(percent) < 1 || Number(percent) > 100) return reader.note('out-of-range', node, 'A share is between 1% and 100%.')
    return { percent: Number(percent) }
  }
  if (node.kind !== 'scalar' || typeof node.value !== 'number')
    return reader.note('wrong-type', node, '"quorum" is a number of people, or a share of those asked such as 50%.')
  const count = reader.whole(node, '"quorum"', 1, 50)
  if (count === 1 && asks.length === 1)
    reader.note('quorum-of-one', node, 'One of them is enough without a quorum, too; with it, everybody gets a question of their own.')
  return count === undefined ? undefined : { count }
}

const conditionKeys = ['department', 'manager', 'asks for', 'type', 'source', 'privileged', 'longer than', 'separation of duties'] as const

const itemTypes: Record<string, ItemType> = { role: 'ROLE', 'access profile': 'ACCESS_PROFILE', entitlement: 'ENTITLEMENT' }

function readCondition(reader: PolicyReader, node: PolicyNode): NamedCondition {
  const found = reader.map(node, '"when"', conditionKeys)
  if (node.kind === 'map' && node.entries.length === 0) reader.note('nothing-said', node, '"when" says nothing.')
  const condition: NamedCondition = {}
  if (found.department) condition.departments = reader.texts(found.department.node, 'A department')
  if (found.source) condition.sources = reader.texts(found.source.node, 'The name of a source')
  if (found.type) condition.itemTypes = readTypes(reader, found.type)
  set(condition, 'hasManager', found.manager && readEither(reader, found.manager, 'some', 'none'))
  set(condition, 'selfRequested', found['asks for'] && readEither(reader, found['asks for'], 'themselves', 'others'))
  set(condition, 'privileged', found.privileged && reader.flag(found.privileged.node, '"privileged"'))
  const duties = found['separation of duties']
  set(condition, 'breaksSod', duties && readEither(reader, duties, 'broken', 'kept'))
  const longer = found['longer than']
  if (longer) {
    const days = daysOf(longer.node)
    if (days === undefined) reader.note('wrong-type', longer, '"longer than" is a time in days or weeks, such as 30 days.')
    else condition.longerThanDays = days
  }
  return condition
}

function set(
  condition: NamedCondition,
  key: 'hasManager' | 'selfRequested' | 'privileged' | 'breaksSod',
  value: boolean | undefined,
): void {
  if (value !== undefined) condition[key] = value
}

function readEither(reader: PolicyReader, { key, node }: PolicyEntry, yes: string, no: string): boolean | undefined {
  const word = reader.word(node, `"${key}"`, [yes, no])
  return word === undefined ? undefined : word === yes
}

function readTypes(reader: PolicyReader, { node }: PolicyEntry): ItemType[] {
  return reader.list(node).flatMap((one) => {
    const word = reader.word(one, '"type"', Object.keys(itemTypes))
    return word === undefined ? [] : (itemTypes[word] ?? [])
  })
}
