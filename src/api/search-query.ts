import type { Piece, RangeEnd, SearchQuery } from '../domain/search.ts'
import { FilterError } from './filter.ts'

const MAX_LENGTH = 16 * 1024
const MAX_DEPTH = 50
const MAX_CLAUSES = 500

/**
 * Reads a search into a tree: `field:term`, phrases, AND, OR, NOT, `+`, `-`, parentheses, ranges, comparisons, wildcards, `_exists_:field`,
 * and `@list(…)` about one element of a list. Refuses with a FilterError, which says where, what it does not know. Blank is everything.
 */
export function parseSearch(text: string): SearchQuery {
  if (text.length > MAX_LENGTH) throw new FilterError(`The query has ${text.length} characters; at most ${MAX_LENGTH} are allowed`)
  return new Parser(text).parse()
}

type Occurrence = 'must' | 'should' | 'mustNot'

/** The field before a colon; terms in parentheses behind it are all about it. */
interface Field {
  field: string
  fieldPosition: number
}

interface Clause {
  occurs: Occurrence
  query: SearchQuery
}

const blank = /\s/
const endsTerm = /[\s"():[\]{}^~]/
const operator = /^(?:(AND|OR|NOT)(?=[\s()]|$)|&&|\|\||[!+-])/
const hint = 'put it in double quotes or a backslash before it'

class Parser {
  private readonly text: string
  private at = 0
  private depth = 0
  private clauses = 0

  constructor(text: string) {
    this.text = text
  }

  parse(): SearchQuery {
    const query = this.group(undefined)
    if (this.at < this.text.length) throw this.wrong('Found ")" without a "(" before it')
    return query ?? { node: 'all' }
  }

  /** Clauses up to a closing parenthesis or the end; undefined when there are none. */
  private group(about: Field | undefined): SearchQuery | undefined {
    const clauses: Clause[] = []
    for (this.blanks(); this.at < this.text.length && this.here() !== ')'; this.blanks()) {
      const joint = this.joint()
      if (joint !== undefined && clauses.length === 0) throw this.wrong(`Found "${joint.text}" where there should be a term`, joint.at)
      const modifier = this.modifier()
      if (this.atEnd()) throw this.wrong(`There should be a term after "${modifier.text || joint?.text}"`)
      this.add(clauses, joint?.and === true, modifier.occurs, this.clause(about))
    }
    return combined(clauses)
  }

  /** As the query language has it: an AND makes the clauses on both sides of it required. */
  private add(clauses: Clause[], and: boolean, occurs: Occurrence, query: SearchQuery): void {
    const before = clauses.at(-1)
    if (and && before?.occurs === 'should') before.occurs = 'must'
    clauses.push({ occurs: and && occurs === 'should' ? 'must' : occurs, query })
    this.clauses += 1
    if (this.clauses > MAX_CLAUSES) throw this.wrong(`The query has more than ${MAX_CLAUSES} terms`)
  }

  private joint(): { and: boolean; text: string; at: number } | undefined {
    const at = this.at
    for (const [text, and] of [
      ['AND', true],
      ['&&', true],
      ['OR', false],
      ['||', false],
    ] as const) {
      if (this.word(text)) {
        this.blanks()
        if (/^(AND|OR|&&|\|\|)(?=\s|\(|$)/.test(this.text.slice(this.at)))
          throw this.wrong(`Found two operators where there should be a term after "${text}"`)
        return { and, text, at }
      }
    }
    return undefined
  }

  private modifier(): { occurs: Occurrence; text: string } {
    const text = this.word('NOT') ? 'NOT' : this.skipAny('!+-')
    if (text === undefined) return { occurs: 'should', text: '' }
    this.blanks()
    const [another] = operator.exec(this.text.slice(this.at)) ?? []
    // The query language knows one of them before a term, and no reading of two is everybody's.
    if (another !== undefined)
      throw this.wrong(`Found "${another}" after "${text}": one operator stands before a term, as in NOT (NOT a); to look for it, ${hint}`)
    return { occurs: text === '+' ? 'must' : 'mustNot', text }
  }

  private clause(about: Field | undefined): SearchQuery {
    const position = this.at + 1
    const first = this.here()
    const [sign] = operator.exec(this.text.slice(this.at)) ?? []
    if (sign !== undefined) throw this.wrong(`Found "${sign}" where there should be a term; to look for it, ${hint}`)
    if (first === '(') return this.parenthesised(about)
    if (first === '"') return this.noSuffix({ node: 'term', ...said(about), pieces: [this.quoted()], position })
    if (first === '[' || first === '{') return this.range(about, position)
    if (first === '<' || first === '>') return this.comparison(about, position)
    if (first === '/') throw this.wrong(`Regular expressions are not supported: for a text that begins with "/", ${hint}`)
    const pieces = this.term()
    if (this.here() === '(' && first === '@') return this.nested(plain(pieces).slice(1), position)
    return this.skip(':') ? this.ofField(pieces, about, position) : this.noSuffix({ node: 'term', ...said(about), pieces, position })
  }

  private ofField(pieces: Piece[], outer: Field | undefined, position: number): SearchQuery {
    if (outer !== undefined) throw this.wrong(`A field cannot stand inside the parentheses of the field "${outer.field}"`, position - 1)
    const isEvery = pieces.length === 1 && typeof pieces[0] !== 'string'
    const field = pieces.map((piece) => (typeof piece === 'string' ? piece : '*')).join('')
    this.blanks()
    if (this.atEnd()) throw this.wrong(`There should be a value after "${field}:"`)
    if (isEvery || field === '*') return this.everyField(position)
    if (pieces.some((piece) => typeof piece !== 'string'))
      throw this.wrong('Wildcards in the name of a field are not supported', position - 1)
    if (field === '_exists_') {
      const at = this.at + 1
      return { node: 'exists', field: plain(this.term()), fieldPosition: at, position }
    }
    return this.clause({ field, fieldPosition: position })
  }

  private everyField(position: number): SearchQuery {
    const value = this.term()
    if (value.length === 1 && typeof value[0] !== 'string') return this.noSuffix({ node: 'all' })
    throw this.wrong('"*:" is supported only as "*:*"; leave it out to look into every field', position - 1)
  }

  private parenthesised(about: Field | undefined): SearchQuery {
    const start = this.at
    this.at += 1
    this.depth += 1
    if (this.depth > MAX_DEPTH) throw this.wrong(`There are more than ${MAX_DEPTH} levels of parentheses`, start)
    const inner = this.group(about)
    if (!this.skip(')')) throw this.wrong('The "(" has no closing ")"', start)
    if (!inner) throw this.wrong('There is nothing between the parentheses', start)
    this.depth -= 1
    return this.noSuffix(inner)
  }

  private nested(list: string, position: number): SearchQuery {
    return { node: 'nested', list, part: this.parenthesised(undefined), position }
  }

  private range(about: Field | undefined, position: number): SearchQuery {
    if (about === undefined)
      throw this.wrong(`A range needs a field before it, as in created:[2026-01-01 TO now]; for the character, ${hint}`)
    const start = this.at
    const opens = this.here()
    this.at += 1
    const from = this.rangeEnd(opens === '[', start)
    if (!this.word('TO')) throw this.wrong('There should be "TO" between the two ends of the range')
    const to = this.rangeEnd(true, start)
    this.blanks()
    const closes = this.skipAny(']}')
    if (closes === undefined) throw this.wrong('The range has no closing "]" or "}"', start)
    return this.noSuffix({ node: 'range', ...about, from, to: to && { ...to, inclusive: closes === ']' }, position })
  }

  private rangeEnd(inclusive: boolean, start: number): RangeEnd | undefined {
    this.blanks()
    const position = this.at + 1
    const text = this.here() === '"' ? this.quoted() : this.unquotedEnd()
    if (text === '') throw this.wrong('A range has two ends, as in [2026-01-01 TO now]; "*" leaves one open', start)
    this.blanks()
    return text === '*' ? undefined : { text, inclusive, position }
  }

  private unquotedEnd(): string {
    let text = ''
    for (; this.at < this.text.length && !/[\s\]}]/.test(this.here()); this.at += 1) {
      if (this.here() === '\\') this.at += 1
      text += this.here()
    }
    return text
  }

  private comparison(about: Field | undefined, position: number): SearchQuery {
    const sign = this.here()
    if (about === undefined) throw this.wrong(`"${sign}" needs a field before it, as in created:>=now-7d; for the character, ${hint}`)
    this.at += 1
    const inclusive = this.skip('=')
    this.blanks()
    const at = this.at + 1
    const text = this.here() === '"' ? this.quoted() : plain(this.term())
    const end = { text, inclusive, position: at }
    return this.noSuffix({ node: 'range', ...about, ...(sign === '>' ? { from: end } : { to: end }), position })
  }

  /** Text and wildcards up to what ends a term; a backslash makes the next character an ordinary one. */
  private term(): Piece[] {
    const pieces: Piece[] = []
    let text = ''
    for (; this.at < this.text.length && !endsTerm.test(this.here()); this.at += 1) {
      const letter = this.here()
      if (letter === '*' || letter === '?') {
        if (text !== '') pieces.push(text)
        pieces.push({ any: letter === '*' ? 'many' : 'one' })
        text = ''
      } else text += letter === '\\' ? this.escaped() : letter
    }
    if (text !== '') pieces.push(text)
    if (pieces.length === 0) throw this.wrong(`Found ${this.shown()} where there should be a term; to look for it, ${hint}`)
    return pieces
  }

  private quoted(): string {
    const start = this.at
    let text = ''
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      if (this.here() === '"') {
        this.at += 1
        return text
      }
      text += this.here() === '\\' ? this.escaped() : this.here()
    }
    throw this.wrong('The phrase has no closing double quote', start)
  }

  private escaped(): string {
    this.at += 1
    if (this.at >= this.text.length) throw this.wrong('There should be a character after the backslash', this.at - 1)
    return this.here()
  }

  private noSuffix(query: SearchQuery): SearchQuery {
    if (this.here() === '~') throw this.wrong(`Fuzzy terms and distances ("~") are not supported; to look for the character, ${hint}`)
    if (this.here() === '^')
      throw this.wrong(`Weights ("^") are not supported, as results are not ranked; to look for the character, ${hint}`)
    return query
  }

  private here(): string {
    return this.text.charAt(this.at)
  }

  private atEnd(): boolean {
    return this.at >= this.text.length || this.here() === ')'
  }

  private blanks(): void {
    while (blank.test(this.here())) this.at += 1
  }

  /** Takes an operator that is written out, which must stand alone. */
  private word(word: string): boolean {
    const after = this.text.charAt(this.at + word.length)
    if (!this.text.startsWith(word, this.at) || !(after === '' || blank.test(after) || after === '(' || after === ')')) return false
    this.at += word.length
    this.blanks()
    return true
  }

  private skip(character: string): boolean {
    return this.skipAny(character) !== undefined
  }

  private skipAny(characters: string): string | undefined {
    const here = this.here()
    if (here === '' || !characters.includes(here)) return undefined
    this.at += 1
    return here
  }

  private shown(): string {
    return this.here() === '' ? 'the end' : JSON.stringify(this.here())
  }

  private wrong(what: string, at = this.at): FilterError {
    return new FilterError(`query: ${what} (position ${at + 1})`)
  }
}

/** A term without a field says so. */
function said(about: Field | undefined) {
  return about ?? { field: undefined }
}

function plain(pieces: Piece[]): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : piece.any === 'one' ? '?' : '*')).join('')
}

function combined(clauses: Clause[]): SearchQuery | undefined {
  const [only] = clauses
  if (!only) return undefined
  if (clauses.length === 1 && only.occurs !== 'mustNot') return only.query
  const which = (occurs: Occurrence) => clauses.filter((clause) => clause.occurs === occurs).map((clause) => clause.query)
  return { node: 'bool', must: which('must'), should: which('should'), mustNot: which('mustNot') }
}
