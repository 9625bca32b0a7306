import { amountOf, daysOf, type PolicyEntry, type PolicyNode, type PolicyReader } from '../policy/node.ts'
import { textIn, textsOf } from './scenario-world.ts'
import type { Ending } from './trial.ts'

/** What happens in a scenario, one thing after the other, and what is looked at in between. */

/** Something a person does; `refused` where it is to be refused. */
export type ScenarioDeed = { line: number; refused: boolean /** Part of the message it is refused with. */; because: string | null } & (
  | { kind: 'decide'; by: string; of: string; answer: 'approve' | 'reject'; comment: string | null }
  | { kind: 'forward'; by: string; from: string; to: string }
  | { kind: 'cancel'; by: string }
)

/** Something that becomes different around a request. */
export type ScenarioChange = { line: number } & (
  | { kind: 'wait'; hours: number }
  | { kind: 'leaves' | 'returns'; person: string }
  | { kind: 'manager'; person: string; manager: string | null }
  | { kind: 'owner'; item: string; owner: string }
  | { kind: 'joins' | 'quits'; group: string; person: string }
  | { kind: 'apply'; policy: string }
  | { kind: 'reassign'; from: string; to: string; inDays: number; forDays: number | null }
  | { kind: 'back'; person: string }
)

/** Something that must be so at this moment. */
export type ScenarioCheck = { line: number } & (
  | { kind: 'asked'; holders: string[][] }
  | { kind: 'because'; rules: string[] }
  | { kind: 'agreed'; deciders: string[] }
  | { kind: 'reminded'; times: number }
  | { kind: 'history'; moves: string[] }
  | { kind: 'steps'; count: number }
  | { kind: 'ends'; ending: Ending }
)

export type ScenarioEvent = ScenarioDeed | ScenarioChange | ScenarioCheck

/** True for something that a person does. */
export function isDeed(event: ScenarioEvent): event is ScenarioDeed {
  return 'refused' in event
}

const checks: ScenarioEvent['kind'][] = ['asked', 'because', 'agreed', 'reminded', 'history', 'steps', 'ends']

/** True for something that is only looked at. */
export function isCheck(event: ScenarioEvent): event is ScenarioCheck {
  return checks.includes(event.kind)
}

const deedKeys = ['approve', 'reject', 'forward', 'cancel'] as const
const refusedKeys = ['cannot approve', 'cannot reject', 'cannot forward', 'cannot cancel'] as const
const changeKeys = [
  'wait',
  'leaves',
  'returns',
  'new manager',
  'new owner',
  'joins',
  'leaves group',
  'apply',
  'stands in',
  'is back',
] as const
const checkKeys = ['asked', 'because', 'agreed', 'reminded', 'history', 'steps', 'ends'] as const
const eventKeys = [...deedKeys, ...refusedKeys, ...changeKeys, ...checkKeys]

type DeedKey = (typeof deedKeys)[number]
type ChangeKey = (typeof changeKeys)[number]
type CheckKey = (typeof checkKeys)[number]

/** Takes one entry of "then", a map of one key; undefined (and a note) for what cannot be read. */
export function readEvent(reader: PolicyReader, node: PolicyNode): ScenarioEvent | undefined {
  const found = reader.map(node, 'What happens', eventKeys)
  const [entry, second] = Object.values(found)
  if (second) return reader.note('twice-the-same', second, 'One thing happens after the other: each has a line of its own.')
  if (!entry)
    return node.kind === 'map' && node.entries.length === 0 ? reader.note('nothing-said', node, 'Nothing happens here.') : undefined
  const key = entry.key as (typeof eventKeys)[number]
  if (key.startsWith('cannot ')) return readDeed(reader, key.slice('cannot '.length) as DeedKey, entry, true)
  if ((deedKeys as readonly string[]).includes(key)) return readDeed(reader, key as DeedKey, entry, false)
  if ((changeKeys as readonly string[]).includes(key)) return readChange(reader, key as ChangeKey, entry)
  return readCheck(reader, key as CheckKey, entry)
}

function readDeed(reader: PolicyReader, key: DeedKey, { node, line }: PolicyEntry, refused: boolean): ScenarioDeed {
  switch (key) {
    case 'approve':
    case 'reject':
      return { kind: 'decide', answer: key, ...readDecider(reader, node, refused), refused, line }
    case 'forward':
      return { kind: 'forward', ...readForward(reader, node), because: null, refused, line }
    case 'cancel':
      return { kind: 'cancel', by: reader.text(node, 'A person') ?? '', because: null, refused, line }
  }
}

function readDecider(reader: PolicyReader, node: PolicyNode, refused: boolean) {
  if (node.kind !== 'map') {
    const by = reader.text(node, 'A person') ?? ''
    return { by, of: by, comment: null, because: null }
  }
  const keys = ['by', 'of', 'saying', ...(refused ? (['because'] as const) : [])] as const
  const found = reader.map(node, 'A decision', keys)
  const by = textIn(reader, found.by) ?? ''
  return { by, of: textIn(reader, found.of) ?? by, comment: textIn(reader, found.saying), because: textIn(reader, found.because) }
}

function readForward(reader: PolicyReader, node: PolicyNode): { by: string; from: string; to: string } {
  const found = reader.map(node, '"forward"', ['from', 'to', 'by'])
  const from = textIn(reader, found.from) ?? ''
  return { from, to: textIn(reader, found.to) ?? '', by: textIn(reader, found.by) ?? from }
}

function readChange(reader: PolicyReader, key: ChangeKey, entry: PolicyEntry): ScenarioChange | undefined {
  const { node, line } = entry
  switch (key) {
    case 'wait':
      return readWait(reader, entry)
    case 'leaves':
    case 'returns':
      return { kind: key, person: reader.text(node, 'A person') ?? '', line }
    case 'apply':
      return { kind: 'apply', policy: reader.text(node, 'The name of a policy') ?? '', line }
    case 'stands in':
      return { kind: 'reassign', ...readStandIn(reader, node), line }
    case 'is back':
      return { kind: 'back', person: reader.text(node, 'A person') ?? '', line }
    case 'new manager': {
      const pair = readPair(reader, node, '{ PERSON: NEW MANAGER }')
      return pair && { kind: 'manager', person: pair.key, manager: textIn(reader, pair), line }
    }
    case 'new owner': {
      const pair = readPair(reader, node, '{ ITEM: NEW OWNER }')
      return pair && { kind: 'owner', item: pair.key, owner: reader.text(pair.node, 'An owner') ?? '', line }
    }
    case 'joins':
    case 'leaves group': {
      const pair = readPair(reader, node, '{ GROUP: PERSON }')
      const kind = key === 'joins' ? 'joins' : 'quits'
      return pair && { kind, group: pair.key, person: reader.text(pair.node, 'A person') ?? '', line }
    }
  }
}

/** A standing reassignment. */
function readStandIn(reader: PolicyReader, node: PolicyNode) {
  const found = reader.map(node, '"stands in"', ['who', 'for', 'in', 'lasting'])
  const days = (entry: PolicyEntry | undefined) =>
    entry && (daysOf(entry.node) ?? reader.note('wrong-type', entry, `"${entry.key}" is a time in days or weeks.`))
  const [to, from] = [textIn(reader, found.who) ?? '', textIn(reader, found.for) ?? '']
  return { from, to, inDays: days(found.in) ?? 0, forDays: days(found.lasting) ?? null }
}

const hoursIn = { HOURS: 1, DAYS: 24, WEEKS: 168, MONTHS: undefined } as const

function readWait(reader: PolicyReader, { node, line }: PolicyEntry): ScenarioChange | undefined {
  const amount = amountOf(node)
  const unit = amount && hoursIn[amount.unit]
  if (!amount || !unit) return reader.note('wrong-type', node, '"wait" is a time in hours, days or weeks.')
  return { kind: 'wait', hours: amount.value * unit, line }
}

function readPair(reader: PolicyReader, node: PolicyNode, form: string): PolicyEntry | undefined {
  const [only, second] = node.kind === 'map' ? node.entries : []
  return only && !second ? only : reader.note('wrong-type', node, `Write ${form}.`)
}

const endings = ['waiting', 'approved', 'rejected', 'expired', 'cancelled'] as const

function readCheck(reader: PolicyReader, key: CheckKey, { node, line }: PolicyEntry): ScenarioCheck {
  switch (key) {
    case 'asked':
      return { kind: 'asked', holders: isNobody(node) ? [] : reader.list(node).map((one) => textsOf(reader, one)), line }
    case 'because':
      return { kind: 'because', rules: textsOf(reader, node), line }
    case 'agreed':
      return { kind: 'agreed', deciders: textsOf(reader, node), line }
    case 'history':
      return { kind: 'history', moves: textsOf(reader, node), line }
    case 'reminded':
      return { kind: 'reminded', times: reader.whole(node, '"reminded"', 0, 1000) ?? 0, line }
    case 'steps':
      return { kind: 'steps', count: reader.whole(node, '"steps"', 0, 100) ?? 0, line }
    case 'ends':
      return { kind: 'ends', ending: reader.word(node, '"ends"', endings) ?? 'waiting', line }
  }
}

function isNobody(node: PolicyNode): boolean {
  return node.kind === 'scalar' && node.value === null
}
