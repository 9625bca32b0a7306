import fc from 'fast-check'
import type { Piece, SearchQuery } from '../../src/domain/search.ts'

/** Queries made from documents, so that they find something, and their text. */

export type Document = Record<string, unknown>

/** A value in a document, and the list whose elements it is in. */
export interface Leaf {
  list: string | undefined
  field: string
  value: string | number | boolean
}

const dateFields = ['created', 'modified', 'synced', 'date']

/** True for fields that hold moments. */
export function isDateField(field: string): boolean {
  return dateFields.includes(field.split('.').at(-1) ?? '')
}

/** True for fields that are compared as a whole. */
export function isIdField(field: string): boolean {
  return /(^|\.)(id|trackingNumber)$/.test(field) && !field.startsWith('attributes.')
}

/** Every value of a document; elements of `lists` are told with their list. */
export function leavesOf(document: Document, lists: readonly string[]): Leaf[] {
  return Object.entries(document).flatMap(([name, value]) => {
    if (lists.includes(name)) return (value as Document[]).flatMap((element) => leavesIn(element, '', name))
    return leavesIn(value, name, undefined)
  })
}

function leavesIn(value: unknown, field: string, list: string | undefined): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((one) => leavesIn(one, field, list))
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, inner]) => leavesIn(inner, field === '' ? name : `${field}.${name}`, list))
  return value === null || value === undefined ? [] : [{ list, field, value: value as string }]
}

const any = (which: 'one' | 'many'): Piece => ({ any: which })

/** Queries about these documents' fields and values, and about each other's. */
export function queriesAbout(leaves: Leaf[]): fc.Arbitrary<SearchQuery> {
  const lists = [...new Set(leaves.flatMap(({ list }) => list ?? []))]
  const own = leaves.filter(({ list }) => list === undefined)
  const inList = (list: string) =>
    treeOf(simple(leaves.filter((leaf) => leaf.list === list))).map((part): SearchQuery => ({ node: 'nested', list, part, position: 0 }))
  const nested = lists.map((list) => ({ weight: 1, arbitrary: inList(list) }))
  return treeOf(fc.oneof({ weight: 4, arbitrary: simple(own) }, ...nested))
}

function treeOf(leaf: fc.Arbitrary<SearchQuery>): fc.Arbitrary<SearchQuery> {
  const several = fc.array(leaf, { minLength: 1, maxLength: 3 })
  const none = fc.constant<SearchQuery[]>([])
  const bool = fc.oneof(
    fc.record({ node: fc.constant('bool' as const), must: fc.array(leaf, { minLength: 2, maxLength: 3 }), should: none, mustNot: none }),
    fc.record({ node: fc.constant('bool' as const), must: none, should: fc.array(leaf, { minLength: 2, maxLength: 3 }), mustNot: none }),
    fc.record({ node: fc.constant('bool' as const), must: none, should: none, mustNot: several }),
    fc.record({ node: fc.constant('bool' as const), must: several, should: several, mustNot: several }),
    fc.record({ node: fc.constant('bool' as const), must: none, should: several, mustNot: several }),
  )
  return fc.oneof({ weight: 2, arbitrary: leaf }, { weight: 3, arbitrary: bool })
}

function simple(leaves: Leaf[]): fc.Arbitrary<SearchQuery> {
  const one = fc.constantFrom(...leaves)
  const about = fc.tuple(one, one, fc.integer({ min: 0, max: 5 }), fc.nat(), fc.nat())
  return about.map(([leaf, other, how, a, b]): SearchQuery => {
    if (how === 4 && a % 4 === 0) return { node: 'exists', field: leaf.field, position: 0 }
    const isText = typeof leaf.value === 'string' && !isDateField(leaf.field)
    // Now and then a field is asked for what is in another.
    const value = how === 5 && isText && typeof other.value === 'string' ? other.value : leaf.value
    if (leaf.field.startsWith('attributes.')) return term(leaf.field, piecesOf(String(value), how, a, b))
    if (typeof value === 'boolean') return term(leaf.field, [String(b % 3 === 0 ? !value : value)])
    if (typeof value === 'number') return rangeAround(leaf.field, String(value), String(value + (b % 3)), a)
    if (isDateField(leaf.field)) return rangeAround(leaf.field, value, a % 2 === 0 ? value.slice(0, 10) : value, b)
    const everywhere = how === 3 && !isIdField(leaf.field)
    return term(everywhere ? undefined : leaf.field, piecesOf(value, how, a, b))
  })
}

function term(field: string | undefined, pieces: Piece[]): SearchQuery {
  return { node: 'term', field, pieces, position: 0 }
}

function rangeAround(field: string, from: string, to: string, how: number): SearchQuery {
  const end = (text: string, bit: number) => ({ text, inclusive: (how & bit) === 0, position: 0 })
  if (how % 5 === 0) return term(field, [from])
  return { node: 'range', field, from: how % 5 === 1 ? undefined : end(from, 8), to: how % 5 === 2 ? undefined : end(to, 16), position: 0 }
}

/** The whole, a word, two words, or one with wildcards; in the case it has or another. */
function piecesOf(value: string, how: number, a: number, b: number): Piece[] {
  const words = value.split(/[^\p{L}\p{N}_]+/u).filter((word) => word !== '')
  const [first = 'x'] = words
  const word = words[a % Math.max(words.length, 1)] ?? first
  const cased = b % 2 === 0 ? word : word.toUpperCase()
  const cut = 1 + (b % Math.max(word.length - 1, 1))
  switch (how) {
    case 0:
      return words.length > 0 ? [value] : ['x']
    case 1:
      return [`${word} ${words[(a % words.length) + 1] ?? ''}`.trim()]
    case 2:
      return b % 3 === 0
        ? [any('many'), word.slice(cut) || word]
        : [word.slice(0, cut), any(b % 3 === 1 ? 'many' : 'one'), word.slice(cut + 1)].filter((piece) => piece !== '')
    default:
      return [cased]
  }
}

const escaped = (text: string) => text.replace(/[^\p{L}\p{N}_.]/gu, '\\$&').replace(/^(AND|OR|NOT|TO)$/, '\\$1')

/** The query as somebody would write it. */
export function writtenOut(query: SearchQuery): string {
  switch (query.node) {
    case 'all':
      return '*:*'
    case 'bool': {
      const each = (parts: SearchQuery[]) => parts.map(writtenOut)
      if (query.should.length + query.mustNot.length === 0) return `(${each(query.must).join(' AND ')})`
      if (query.must.length + query.mustNot.length === 0) return `(${each(query.should).join(' OR ')})`
      const marked = (parts: SearchQuery[], mark: string) => each(parts).map((part) => `${mark}${part}`)
      return `(${[...marked(query.must, '+'), ...each(query.should), ...marked(query.mustNot, '-')].join(' ')})`
    }
    case 'nested':
      return `@${query.list}(${writtenOut(query.part)})`
    case 'exists':
      return `_exists_:${escaped(query.field)}`
    case 'range': {
      const end = (one: { text: string } | undefined) => (one === undefined ? '*' : `"${one.text}"`)
      const opens = query.from?.inclusive === false ? '{' : '['
      return `${escaped(query.field)}:${opens}${end(query.from)} TO ${end(query.to)}${query.to?.inclusive === false ? '}' : ']'}`
    }
    case 'term': {
      const [only] = query.pieces
      const isPlain = query.pieces.length === 1 && typeof only === 'string'
      const text = isPlain && /\s/.test(only) ? `"${only.replace(/["\\]/g, '\\$&')}"` : query.pieces.map(written).join('')
      return query.field === undefined ? text : `${escaped(query.field)}:${text}`
    }
  }
}

function written(piece: Piece): string {
  return typeof piece === 'string' ? escaped(piece) : piece.any === 'one' ? '?' : '*'
}
