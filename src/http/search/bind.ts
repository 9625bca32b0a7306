import { FilterError } from '../../api/filter.ts'
import {
  allOf,
  anyOf,
  everything,
  nothing,
  notIt,
  type Piece,
  type RangeEnd,
  type SearchCondition,
  type SearchQuery,
  type ValueRange,
  type WordPattern,
} from '../../domain/search.ts'
import { type DateSpan, readDateSpan, type Zone } from '../../domain/search-date.ts'
import { wordPattern } from '../../domain/search-text.ts'
import {
  fieldAt,
  inEveryDocument,
  inWordsOfTheWire,
  likeWordsOfTheWire,
  type SearchField,
  type SearchIndex,
  type SearchPlace,
} from './fields.ts'

/** What the meaning of a query depends on beside its text. */
export interface Meaning {
  now: Date
  zone: Zone
  /** Where terms without a field look; everywhere when there are none. */
  usualFields: readonly string[]
}

type Term = Extract<SearchQuery, { node: 'term' }>
type Range = Extract<SearchQuery, { node: 'range' }>

/** What a query asks of one index. A field that only other indices have meets nothing. Refuses (FilterError) values that fit no field. */
export function boundTo(index: SearchIndex, query: SearchQuery, meaning: Meaning): SearchCondition {
  return new Binder(meaning).bind(query, index)
}

class Binder {
  private readonly meaning: Meaning

  constructor(meaning: Meaning) {
    this.meaning = meaning
  }

  bind(query: SearchQuery, place: SearchPlace): SearchCondition {
    switch (query.node) {
      case 'all':
        return everything
      case 'bool':
        return this.bool(query, place)
      case 'nested': {
        const list = place.lists?.[query.list]
        return list && !list.empty ? { is: 'nested', list: query.list, part: this.bind(query.part, list) } : nothing
      }
      case 'exists':
        return this.exists(query.field, place)
      case 'range':
        return this.range(query, place)
      case 'term':
        return query.field === undefined ? this.anywhere(query, place) : this.term(query, query.field, place)
    }
  }

  private bool({ must, should, mustNot }: Extract<SearchQuery, { node: 'bool' }>, place: SearchPlace): SearchCondition {
    const each = (parts: SearchQuery[]) => parts.map((part) => this.bind(part, place))
    const wanted = must.length > 0 || should.length === 0 ? allOf(each(must)) : anyOf(each(should))
    return allOf([wanted, ...each(mustNot).map(notIt)])
  }

  private exists(name: string, place: SearchPlace): SearchCondition {
    const field = fieldAt(place, name)
    if (field?.is === 'words') return anyOf(Object.values(field.words))
    if (field?.is === 'flag') return everything
    if (field && field.is !== 'absent') return { is: 'exists', field: name }
    const inside = Object.keys(place.fields).filter((one) => one.startsWith(`${name}.`))
    if (inside.length > 0) return anyOf(inside.map((one) => this.exists(one, place)))
    return place.lists?.[name] && !place.lists[name].empty ? { is: 'nested', list: name, part: everything } : nothing
  }

  private term(term: Term, name: string, place: SearchPlace): SearchCondition {
    const [only] = term.pieces
    const isAny = term.pieces.length === 1 && typeof only !== 'string' && only?.any === 'many'
    if (isAny) return this.exists(name, place)
    const field = fieldAt(place, name)
    if (field) return this.fits(term, name, field)
    const whole = name.endsWith('.exact') ? name.slice(0, -'.exact'.length) : undefined
    const exact = whole === undefined ? undefined : fieldAt(place, whole)
    return whole !== undefined && exact ? exactly(whole, exact, term.pieces) : nothing
  }

  private fits(term: Term, name: string, field: SearchField): SearchCondition {
    switch (field.is) {
      case 'absent':
        return nothing
      case 'text':
        return { is: 'words', field: name, words: wordsOf(term) }
      case 'words':
        return inWordsOfTheWire(field, wordsOf(term))
      case 'id':
        return exactly(name, field, term.pieces)
      case 'flag': {
        return readFlag(term) ? field.when : notIt(field.when)
      }
      case 'boolean':
        return { is: 'oneOf', field: name, values: [readFlag(term)] }
      case 'number': {
        const value = readNumber(plain(term), term.position)
        return { is: 'range', field: name, range: { from: { value, inclusive: true }, to: { value, inclusive: true } } }
      }
      case 'date': {
        const { first, last } = this.date(plain(term), term.position)
        return { is: 'range', field: name, range: { from: { value: first, inclusive: true }, to: { value: last, inclusive: true } } }
      }
    }
  }

  private range(query: Range, place: SearchPlace): SearchCondition {
    const field = fieldAt(place, query.field)
    if (!field || field.is === 'absent') return nothing
    if (field.is !== 'date' && field.is !== 'number') {
      throw new FilterError(`query: "${query.field}" has no order, so no range of it can be asked for (position ${query.fieldPosition})`)
    }
    if (!query.from && !query.to) return this.exists(query.field, place)
    const read = (end: RangeEnd, side: 'from' | 'to') => {
      if (field.is === 'number') return { value: readNumber(end.text, end.position), inclusive: end.inclusive }
      const span = this.date(end.text, end.position)
      return { value: edgeOf(span, side, end.inclusive), inclusive: end.inclusive }
    }
    const range: ValueRange = { from: query.from && read(query.from, 'from'), to: query.to && read(query.to, 'to') }
    return { is: 'range', field: query.field, range }
  }

  private anywhere(term: Term, place: SearchPlace): SearchCondition {
    const [only] = term.pieces
    if (term.pieces.length === 1 && typeof only !== 'string' && only?.any === 'many') return everything
    const isDocument = place.lists !== undefined
    if (isDocument && this.meaning.usualFields.length > 0) {
      return anyOf(this.meaning.usualFields.map((field) => this.inUsual(term, field, place)))
    }
    const words = wordsOf(term)
    const ofTheWire = ({ fields }: SearchPlace) =>
      Object.entries(fields).map(([name, field]) => (inEveryDocument.includes(name) ? nothing : inWordsOfTheWire(field, words)))
    const nested = Object.entries(place.lists ?? {}).map(([list, inner]): SearchCondition => {
      const part = anyOf(ofTheWire(inner))
      return part.is === 'none' ? nothing : { is: 'nested', list, part }
    })
    return anyOf([...ofTheWire(place), ...nested, { is: 'anyWords', words }])
  }

  /** A usual field that holds no text simply does not have the words. */
  private inUsual(term: Term, name: string, place: SearchPlace): SearchCondition {
    const field = fieldAt(place, name)
    const holdsText = field === undefined || field.is === 'text' || field.is === 'id' || field.is === 'words'
    return holdsText ? this.term(term, name, place) : nothing
  }

  private date(text: string, position: number): DateSpan {
    const span = readDateSpan(text, this.meaning.now, this.meaning.zone)
    if (span) return span
    throw new FilterError(
      `query: ${JSON.stringify(text)} is no date such as 2026-01-31, 2026-01-31T12:00:00Z or now-7d/d (position ${position})`,
    )
  }
}

/** The moment a range begins or ends at: a day that is included is all in it, one that is excluded all out of it. */
function edgeOf({ first, last }: DateSpan, side: 'from' | 'to', inclusive: boolean): Date {
  return (side === 'from') === inclusive ? first : last
}

function exactly(name: string, field: SearchField, pieces: Piece[]): SearchCondition {
  if (field.is === 'words') return likeWordsOfTheWire(field.words, pieces)
  if (field.is !== 'text' && field.is !== 'id') return nothing
  const [only] = pieces
  if (pieces.length === 1 && typeof only === 'string') return { is: 'oneOf', field: name, values: [only] }
  return { is: 'like', field: name, pieces }
}

function wordsOf({ pieces, position }: Term): WordPattern {
  const words = wordPattern(pieces)
  if (words) return words
  throw new FilterError(`query: the term has no letter or digit to look for (position ${position})`)
}

function plain({ pieces, position }: Term): string {
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece
      throw new FilterError(`query: wildcards look for words, and this field holds a date, a number or a flag (position ${position})`)
    })
    .join('')
}

function readFlag(term: Term): boolean {
  const value = plain(term)
  if (value === 'true' || value === 'false') return value === 'true'
  throw new FilterError(`query: ${JSON.stringify(value)} is neither true nor false (position ${term.position})`)
}

function readNumber(text: string, position: number): number {
  const value = Number(text)
  if (/^-?\d+(\.\d+)?$/.test(text) && Number.isSafeInteger(Math.trunc(value))) return value
  throw new FilterError(`query: ${JSON.stringify(text)} is no number (position ${position})`)
}
