import type { DurationLimit, Selector } from './access-model.ts'

/** What stands in the richer cells of an import: lists, approval schemes and lengths of time. */

type Parsed<T> = { value: T } | { reason: string }

/** One step of an approval scheme as the file names it: a governance group by its name. */
export interface NamedStep {
  kind: Selector['kind']
  group?: string
}

/** One entry of a list: a name, or an entitlement's value with its attribute and, in a role, its source. */
export interface ListEntry {
  source: string | null
  attribute: string | null
  name: string
}

const kinds: readonly Selector['kind'][] = [
  'MANAGER',
  'OWNER',
  'SOURCE_OWNER',
  'APP_OWNER',
  'GOVERNANCE_GROUP',
  'ALL_OWNERS',
  'ADDITIONAL_OWNER',
  'ADDITIONAL_GOVERNANCE_GROUP',
]

/** Takes `MANAGER > GOVERNANCE_GROUP:Name` or `NONE`; returns the steps in order (none for NONE). Refuses what is no known step. */
export function parseApprovals(text: string): Parsed<NamedStep[]> {
  if (text === 'NONE') return { value: [] }
  const steps: NamedStep[] = []
  for (const part of splitAt(text, '>')) {
    const step = parseStep(part)
    if ('reason' in step) return step
    steps.push(step.value)
  }
  return { value: steps }
}

function parseStep(text: string): Parsed<NamedStep> {
  const colon = text.indexOf(':')
  const word = (colon === -1 ? text : text.slice(0, colon)).trim()
  const group = colon === -1 ? '' : text.slice(colon + 1).trim()
  const kind = kinds.find((k) => k === word)
  if (kind === undefined) return { reason: `${quoted(word)} is no approval step; known are ${kinds.join(', ')} and, alone, NONE.` }
  if (kind === 'GOVERNANCE_GROUP') {
    return group === '' ? { reason: 'GOVERNANCE_GROUP needs a name: GOVERNANCE_GROUP:Name.' } : { value: { kind, group } }
  }
  return colon === -1 ? { value: { kind } } : { reason: `${kind} takes no name.` }
}

/** Takes `30 DAYS`; returns the limit. Refuses anything but a whole number above zero and HOURS, DAYS, WEEKS or MONTHS. */
export function parseDuration(text: string): Parsed<DurationLimit> {
  const [, digits, unit] = /^([1-9]\d{0,4}) ?(HOURS|DAYS|WEEKS|MONTHS)$/.exec(text) ?? []
  if (!digits || !unit) return { reason: `must be a number and HOURS, DAYS, WEEKS or MONTHS (30 DAYS), not ${quoted(text)}.` }
  return { value: { value: Number(digits), unit: unit as DurationLimit['unit'] } }
}

/** Takes entries separated by `|` (`\|` is a bar inside one); returns them without blanks around. Refuses empty and incomplete entries. */
export function parseList(text: string, of: 'name' | 'attribute=value' | 'source/attribute=value'): Parsed<ListEntry[]> {
  const entries: ListEntry[] = []
  for (const part of splitAt(text, '|')) {
    if (part === '') return { reason: 'has an empty entry.' }
    const entry = of === 'name' ? { source: null, attribute: null, name: part } : parseEntitlement(part, of)
    if (!entry) return { reason: `${quoted(part)} must be ${of === 'attribute=value' ? of : 'Source/attribute=value'}.` }
    entries.push(entry)
  }
  return { value: entries }
}

/** The first `=` ends the attribute, the last `/` before it ends the source: values may hold both. */
function parseEntitlement(text: string, of: 'attribute=value' | 'source/attribute=value'): ListEntry | undefined {
  const equals = text.indexOf('=')
  const left = text.slice(0, Math.max(equals, 0))
  const slash = of === 'attribute=value' ? -1 : left.lastIndexOf('/')
  const source = slash === -1 ? null : left.slice(0, slash).trim()
  const attribute = left.slice(slash + 1).trim()
  const name = text.slice(equals + 1).trim()
  if (attribute === '' || name === '' || source === '' || (of === 'source/attribute=value' && source === null)) return undefined
  return { source, attribute, name }
}

function splitAt(text: string, separator: '|' | '>'): string[] {
  const parts: string[] = []
  let part = ''
  for (let at = 0; at < text.length; at++) {
    if (text[at] === separator) {
      parts.push(part.trim())
      part = ''
      continue
    }
    // A backslash means something in front of the separator only: names of directories are full of them.
    if (text[at] === '\\' && text[at + 1] === separator) at++
    part += text[at]
  }
  return [...parts, part.trim()]
}

const MOST_QUOTED = 100

/** The text in quotation marks for a message, cut to a length that can be read. */
export function quoted(text: string): string {
  if (text.length <= MOST_QUOTED) return `"${text}"`
  // By code points, so that no character is cut in two.
  return `"${Array.from(text.slice(0, 2 * MOST_QUOTED))
    .slice(0, MOST_QUOTED)
    .join('')}…"`
}
