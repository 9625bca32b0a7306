import type { NamedDuties } from './document.ts'
import type { PolicyNode, PolicyReader } from './node.ts'

/** What a conflict of duties does to a request, as a policy file writes it. */

const effects = { report: 'REPORT', deny: 'DENY', 'add step': 'ADD_STEP' } as const
const words = Object.keys(effects) as (keyof typeof effects)[]

/** Takes the map under "separation of duties"; a group is named where a step is added, and nowhere else. */
export function readDuties(reader: PolicyReader, node: PolicyNode): NamedDuties | undefined {
  const found = reader.map(node, '"separation of duties"', ['on conflict', 'group'])
  const effect = found['on conflict']
  if (!effect) return reader.note('missing-key', node, `"separation of duties" says what happens "on conflict": ${words.join(', ')}.`)
  const word = reader.word(effect.node, '"on conflict"', words)
  const group = found.group && reader.text(found.group.node, 'The name of a governance group')
  if (word === 'add step' && !found.group) return reader.note('missing-key', node, 'A step that is added asks a governance group: "group".')
  if (word !== undefined && word !== 'add step' && found.group)
    return reader.note('out-of-range', found.group, '"group" is asked by "add step" alone.')
  return word && { onViolation: effects[word], ...(group === undefined ? {} : { group }), line: node.line }
}
