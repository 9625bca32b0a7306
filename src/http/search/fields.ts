import { anyOf, everything, nothing, type Piece, type SearchCondition, type WordPattern } from '../../domain/search.ts'
import { hasWords, isLike } from '../../domain/search-text.ts'

/** What a field of a document is made of, as far as a search must know. */
export type SearchField =
  /** A column of the store's table of the same name. */
  | { is: 'text' | 'id' | 'date' | 'number' | 'boolean' }
  /** Words of the wire that stand for facts of ours: each with the condition under which a document shows it. */
  | { is: 'words'; words: Record<string, SearchCondition> }
  /** A flag that follows from facts of ours. */
  | { is: 'flag'; when: SearchCondition }
  /** The contract has it, our documents never do. */
  | { is: 'absent' }

export type SearchFields = Record<string, SearchField>

export interface SearchedList {
  fields: SearchFields
  /** The contract has such lists; ours have no elements. */
  empty?: true
}

/** One index: its fields by their path, its lists of elements, and what it may be sorted by. */
export interface SearchIndex {
  name: 'events' | 'accountactivities' | 'identities'
  fields: SearchFields
  /** Paths that begin so are fields with names of their own, in the store's columns or (`absent`) nowhere. */
  open?: { prefix: string; is: 'text' | 'absent' }
  lists: Record<string, SearchedList>
  sorters: readonly string[]
}

/** Where a part of a query is asked: a document, or an element of one of its lists. */
export type SearchPlace = Pick<SearchIndex, 'fields' | 'open'> & Partial<Pick<SearchIndex, 'lists'>>

export const text: SearchField = { is: 'text' }
export const id: SearchField = { is: 'id' }
export const date: SearchField = { is: 'date' }
export const number: SearchField = { is: 'number' }
export const flag: SearchField = { is: 'boolean' }

/** Named fields that our documents never have. */
export function absent(...names: string[]): SearchFields {
  return Object.fromEntries(names.map((name) => [name, { is: 'absent' }]))
}

/** A field that says the same in every document. */
export function constant(value: string): SearchField {
  return { is: 'words', words: { [value]: everything } }
}

/** The field in a document or in an element of one of its lists; undefined when there is none of that name. */
export function fieldAt({ fields, open }: Pick<SearchIndex, 'fields' | 'open'>, name: string): SearchField | undefined {
  if (Object.hasOwn(fields, name)) return fields[name]
  return open && name.startsWith(open.prefix) && name.length > open.prefix.length ? { is: open.is } : undefined
}

/** The documents whose word of the wire fits. */
export function wherever(words: Record<string, SearchCondition>, fits: (word: string) => boolean): SearchCondition {
  return anyOf(Object.entries(words).flatMap(([word, condition]) => (fits(word) ? [condition] : [])))
}

/** The documents that have the words in a field whose text the wire alone knows. */
export function inWordsOfTheWire(field: SearchField, words: WordPattern): SearchCondition {
  return field.is === 'words' ? wherever(field.words, (word) => hasWords(word, words)) : nothing
}

/** The documents whose word of the wire is, as a whole, what the pieces say. */
export function likeWordsOfTheWire(words: Record<string, SearchCondition>, pieces: Piece[]): SearchCondition {
  return wherever(words, (word) => isLike(word, pieces))
}

/** Where a document comes from, as every document tells. */
export interface Origin {
  org: string
  pod: string
}

/** What stands in every document, and so is no help to a search without a field. */
export const inEveryDocument: readonly string[] = ['_type', '_version', 'org', 'pod']

export function everyDocument(type: string, { org, pod }: Origin): SearchFields {
  return { _type: constant(type), _version: constant('v1'), org: constant(org), pod: constant(pod) }
}
