import type { FilterNode, FilterValue } from '../../domain/filter.ts'
import type { PageQuery } from '../../store/lists/page.ts'

/** Filters name values in the wire's words; the store knows ours. */

type Leaf = Extract<FilterNode, { field: string }>
export type Translator = (leaf: Leaf) => FilterNode

/** True for no row. Every list has an id to say so of. */
export const never: FilterNode = { node: 'list', field: 'id', operator: 'in', values: [] }
export const always: FilterNode = { node: 'not', part: never }

export function is(field: string, value: string | boolean): FilterNode {
  return { node: 'compare', field, operator: 'eq', value }
}

/** The query with every condition on one of these fields said in our words. */
export function inOurWords(query: PageQuery, translators: Record<string, Translator>): PageQuery {
  return query.filter ? { ...query, filter: translated(query.filter, translators) } : query
}

function translated(node: FilterNode, translators: Record<string, Translator>): FilterNode {
  if ('parts' in node) return { ...node, parts: node.parts.map((part) => translated(part, translators)) }
  if ('part' in node) return { ...node, part: translated(node.part, translators) }
  const translate = Object.hasOwn(translators, node.field) ? translators[node.field] : undefined
  return translate ? translate(node) : node
}

/** For a field that takes one of few words, in any case: what each of them means. Any operator asks which of the words it is true of. */
export function words(meanings: Record<string, FilterNode>): Translator {
  return (leaf) => {
    if (leaf.node === 'present') return leaf.present ? always : never
    const parts = Object.keys(meanings).flatMap((word) => (isTrueOf(leaf, folded(word)) ? [meanings[word] as FilterNode] : []))
    const any: FilterNode = parts.length === 0 ? never : { node: 'or', parts }
    return leaf.operator === 'ne' ? { node: 'not', part: any } : any
  }
}

/** `ne` is asked as `eq` and turned round afterwards, so that it is true of rows without a word as well. */
function isTrueOf(leaf: Exclude<Leaf, { node: 'present' }>, word: string): boolean {
  if (leaf.node === 'list') return leaf.values.some((value) => folded(value) === word)
  const value = folded(leaf.value)
  switch (leaf.operator) {
    case 'eq':
    case 'ne':
      return word === value
    case 'gt':
      return word > value
    case 'ge':
      return word >= value
    case 'lt':
      return word < value
    case 'le':
      return word <= value
    case 'sw':
      return word.startsWith(value)
    case 'co':
      return word.includes(value)
  }
}

/** As filters compare strings: without regard to the case of ASCII letters. */
function folded(value: FilterValue): string {
  return String(value).replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
