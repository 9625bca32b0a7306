/** What a search asks for: first as it was written, then as what one index must be asked. */

/** A part of a term: text, or a wildcard for one character or for any number of them. */
export type Piece = string | { any: 'one' | 'many' }

/** Where it stands in the text, and where the name of its field does, both counted from 1. */
interface Written {
  position: number
  fieldPosition?: number | undefined
}

export interface RangeEnd {
  text: string
  inclusive: boolean
  position: number
}

/**
 * A query as it was written. A `bool` holds when all of `must` and none of `mustNot` do, and, where there is no `must`, one of `should` does
 * (or there is none): the rule of the query language, which knows no precedence of AND over OR.
 */
export type SearchQuery =
  | { node: 'all' }
  | { node: 'bool'; must: SearchQuery[]; should: SearchQuery[]; mustNot: SearchQuery[] }
  | ({ node: 'nested'; list: string; part: SearchQuery } & Written)
  | ({ node: 'term'; field: string | undefined; pieces: Piece[] } & Written)
  | ({ node: 'range'; field: string; from?: RangeEnd | undefined; to?: RangeEnd | undefined } & Written)
  | ({ node: 'exists'; field: string } & Written)

/** Words that stand one after the other in a text: the beginnings by which an index finds them, and the pattern that proves it. */
export interface WordPattern {
  /** A regular expression that PostgreSQL and JavaScript read alike; see search-text.ts. */
  pattern: string
  /** Words, folded, that a text must have for the pattern to match; with `prefix`, a word that begins so. */
  words: { word: string; prefix: boolean }[]
  /** The longest piece of a word that is told, as a pattern of its own: it stands somewhere in every text that fits. */
  inside: string
  /** True when having the words is all that the pattern asks. */
  wordsSuffice: boolean
}

export type SearchValue = string | number | boolean | Date

export interface ValueRange {
  from?: { value: SearchValue; inclusive: boolean } | undefined
  to?: { value: SearchValue; inclusive: boolean } | undefined
}

/**
 * What the rows of one index must meet. Fields are named as in the index's table of columns; one that has no value meets nothing.
 * It is true or false, never unknown: `not` turns exactly the rest around.
 */
export type SearchCondition =
  | { is: 'all' | 'none' }
  | { is: 'and' | 'or'; parts: SearchCondition[] }
  | { is: 'not'; part: SearchCondition }
  | { is: 'nested'; list: string; part: SearchCondition }
  | { is: 'words'; field: string; words: WordPattern }
  /** Any field that holds text. */
  | { is: 'anyWords'; words: WordPattern }
  /** The whole value, as it is. */
  | { is: 'oneOf'; field: string; values: (string | boolean)[] }
  /** The whole value, as it is, with wildcards. */
  | { is: 'like'; field: string; pieces: Piece[] }
  | { is: 'range'; field: string; range: ValueRange }
  | { is: 'exists'; field: string }

/** A field that documents are ordered by; `after` is the value in the last document seen. */
export interface SearchSort {
  field: string
  descending: boolean
}

export const everything: SearchCondition = { is: 'all' }
export const nothing: SearchCondition = { is: 'none' }

/** All of them hold; takes any number, none included. */
export function allOf(parts: SearchCondition[]): SearchCondition {
  if (parts.some((part) => part.is === 'none')) return nothing
  const [first, ...others] = parts.filter((part) => part.is !== 'all')
  if (!first) return everything
  return others.length === 0 ? first : { is: 'and', parts: [first, ...others] }
}

/** At least one of them holds; of none, none does. */
export function anyOf(parts: SearchCondition[]): SearchCondition {
  if (parts.some((part) => part.is === 'all')) return everything
  const [first, ...others] = parts.filter((part) => part.is !== 'none')
  if (!first) return nothing
  return others.length === 0 ? first : { is: 'or', parts: [first, ...others] }
}

/** It does not hold. */
export function notIt(part: SearchCondition): SearchCondition {
  if (part.is === 'all') return nothing
  return part.is === 'none' ? everything : { is: 'not', part }
}
