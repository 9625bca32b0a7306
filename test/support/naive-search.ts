import type { Piece, SearchQuery } from '../../src/domain/search.ts'
import { type Document, isDateField, isIdField, type Leaf, leavesOf } from './search-queries.ts'

/** What a query means, said as plainly as possible and about one document at a time: the product's SQL must find the same. */

const inEveryDocument = ['_type', '_version', 'org', 'pod']

export function meets(document: Document, query: SearchQuery, lists: readonly string[]): boolean {
  const leaves = leavesOf(document, lists)
  switch (query.node) {
    case 'all':
      return true
    case 'bool': {
      const holds = (part: SearchQuery) => meets(document, part, lists)
      const wanted = query.must.length > 0 || query.should.length === 0 ? query.must.every(holds) : query.should.some(holds)
      return wanted && !query.mustNot.some(holds)
    }
    case 'nested':
      return ((document[query.list] ?? []) as Document[]).some((element) => meets(element, query.part, []))
    case 'exists':
      return leaves.some(({ list, field }) => list === undefined && (field === query.field || field.startsWith(`${query.field}.`)))
    case 'range':
      return valuesOf(leaves, query.field).some((value) => inRange(value, query))
    case 'term':
      if (query.field === undefined) return leaves.filter(holdsText).some(({ value }) => hasWords(String(value), query.pieces))
      return valuesOf(leaves, query.field).some((value) => fits(query.field as string, value, query.pieces))
  }
}

function valuesOf(leaves: Leaf[], name: string): Leaf['value'][] {
  return leaves.flatMap(({ list, field, value }) => (list === undefined && field === name ? [value] : []))
}

/** Terms without a field look into texts and ids; in the attributes of an event everything counts as text. */
function holdsText({ field, value }: Leaf): boolean {
  if (field.startsWith('attributes.')) return true
  return typeof value === 'string' && !isDateField(field) && !inEveryDocument.includes(field)
}

function fits(field: string, value: Leaf['value'], pieces: Piece[]): boolean {
  const text = pieces.map((piece) => (typeof piece === 'string' ? piece : '*')).join('')
  if (field.startsWith('attributes.')) return hasWords(String(value), pieces)
  if (typeof value === 'boolean') return String(value) === text
  if (typeof value === 'number') return value === Number(text)
  if (isDateField(field)) return value.startsWith(text)
  return isIdField(field) ? wholly(value, pieces) : hasWords(value, pieces)
}

function inRange(value: Leaf['value'], { from, to }: Extract<SearchQuery, { node: 'range' }>): boolean {
  const above = (end: string, inclusive: boolean) => {
    if (typeof value === 'number') return inclusive ? value >= Number(end) : value > Number(end)
    // A day that is excluded is excluded with all its hours.
    return String(value) > end && (inclusive || !String(value).startsWith(end)) ? true : inclusive && String(value).startsWith(end)
  }
  const below = (end: string, inclusive: boolean) => {
    if (typeof value === 'number') return inclusive ? value <= Number(end) : value < Number(end)
    return String(value).startsWith(end) ? inclusive : String(value) < end
  }
  return (!from || above(from.text, from.inclusive)) && (!to || below(to.text, to.inclusive))
}

function patternOf(pieces: Piece[], anything: string): string {
  const plain = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  return pieces.map((piece) => (typeof piece === 'string' ? plain(piece) : piece.any === 'one' ? anything : `${anything}*`)).join('')
}

function wholly(value: string, pieces: Piece[]): boolean {
  return new RegExp(`^${patternOf(pieces, '.')}$`, 'su').test(value)
}

const between = /[^\p{L}\p{N}\p{M}_]+/u

/** The words, one after the other, among those of the text. */
function hasWords(text: string, pieces: Piece[]): boolean {
  const marked = pieces.map((piece) => (typeof piece === 'string' ? piece : piece.any === 'one' ? '\uE000' : '\uE001')).join('')
  const wanted = marked
    .toLowerCase()
    .split(/[^\p{L}\p{N}\p{M}_\uE000\uE001]+/u)
    .filter((word) => word !== '')
  const words = text
    .toLowerCase()
    .split(between)
    .filter((word) => word !== '')
  const fitsAt = (at: number) => wanted.every((word, step) => wordFits(words[at + step], word))
  return wanted.length > 0 && words.some((_, at) => fitsAt(at))
}

function wordFits(word: string | undefined, wanted: string): boolean {
  if (word === undefined) return false
  return new RegExp(`^${wanted.replaceAll('\uE000', '.').replaceAll('\uE001', '.*')}$`, 'u').test(word)
}
