import type { FilterNode, FilterOperator, FilterValue, Sorter } from '../domain/filter.ts'

/** How a field's values are written and compared; 'id' distinguishes upper and lower case, 'string' does not. */
export type FieldType = 'string' | 'id' | 'date' | 'boolean' | 'number'

/** What one operation can be filtered by. */
export type FilterFields = Record<string, { type: FieldType; operators: readonly FilterOperator[] }>
type Field = FilterFields[string] & { name: string }

/** A filter or sorter that cannot be understood. The message is for the caller: what is wrong, where, and what is allowed. */
export class FilterError extends Error {
  override readonly name = 'FilterError'
}

const MAX_LENGTH = 16 * 1024
const MAX_DEPTH = 50
const MAX_LIST = 1000

const allOperators: readonly FilterOperator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sw', 'co', 'in', 'ca', 'pr', 'isnull']
const joints: readonly string[] = ['and', 'or', 'not']
const keywords: readonly string[] = [...allOperators, ...joints]

/** Reads `filters` into a tree; refuses with a FilterError whatever `fields` does not allow. An empty text is refused too: it is the caller's to skip. */
export function parseFilter(text: string, fields: FilterFields): FilterNode {
  mustBeShort(text)
  return new Parser(tokenize(text), fields).parse()
}

/** Reads `sorters`, a comma list in which `-` means descending. A field that comes again is left out, as it could not change the order. */
export function parseSorters(text: string, allowed: readonly string[]): Sorter[] {
  mustBeShort(text)
  const sorters = new Map<string, Sorter>()
  let position = 1
  for (const part of text.split(',')) {
    const sorter = part.trim()
    const descending = sorter.startsWith('-')
    const field = descending ? sorter.slice(1) : sorter
    if (!allowed.includes(field)) {
      const wrong = field === '' ? 'A sorter is missing' : `${shown(field)} cannot be sorted by`
      throw new FilterError(`${wrong} (position ${position}); allowed: ${listed(allowed)}`)
    }
    if (!sorters.has(field)) sorters.set(field, { field, descending })
    position += part.length + 1
  }
  return [...sorters.values()]
}

// --- Tokens ---

interface Token {
  kind: 'word' | 'quoted' | '(' | ')' | ',' | 'blank' | 'end'
  text: string
  /** Where it starts, counted from 1. */
  position: number
  /** Where the next one starts, counted from 0. */
  end: number
}

const word = /[A-Za-z0-9_.:@+-]+/y
const blank = /\s+/y
// Neither has a place in a database's text: NUL, and half of a surrogate pair.
const unstorable = /[\0\p{Cs}]/u

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; ) {
    const token = readToken(text, at)
    if (token.kind !== 'blank') tokens.push(token)
    at = token.end
  }
  return tokens
}

function readToken(text: string, at: number): Token {
  const position = at + 1
  const first = text.charAt(at)
  if (first === '(' || first === ')' || first === ',') return { kind: first, text: first, position, end: position }
  if (first === '"') return { kind: 'quoted', position, ...readQuoted(text, at) }
  const spaces = matchAt(blank, text, at)
  if (spaces !== '') return { kind: 'blank', text: spaces, position, end: at + spaces.length }
  const found = matchAt(word, text, at)
  if (found !== '') return { kind: 'word', text: found, position, end: at + found.length }
  throw new FilterError(`Unexpected ${shown(first)} at position ${position}; ${quoteRule}`)
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

function readQuoted(text: string, start: number): { text: string; end: number } {
  let value = ''
  for (let at = start + 1; at < text.length; at++) {
    let next = text.charAt(at)
    if (next === '"') {
      if (unstorable.test(value)) throw new FilterError(`The value at position ${start + 1} has a character that no value can have`)
      return { text: value, end: at + 1 }
    }
    if (next === '\\') {
      next = text.charAt(++at)
      if (next !== '"' && next !== '\\') {
        throw new FilterError(`The backslash at position ${at} must come before another one or before a double quote: \\\\ or \\"`)
      }
    }
    value += next
  }
  throw new FilterError(`The value that begins at position ${start + 1} has no closing double quote`)
}

// --- The tree: `not` binds more closely than `and`, and that more closely than `or` ---

class Parser {
  private readonly tokens: readonly Token[]
  private readonly fields: FilterFields
  private next = 0
  private depth = 0

  constructor(tokens: readonly Token[], fields: FilterFields) {
    this.tokens = tokens
    this.fields = fields
  }

  parse(): FilterNode {
    const tree = this.expression()
    const rest = this.peek()
    if (rest.kind !== 'end') throw unexpected(rest, `"and", "or" or the end of the filter; ${quoteRule}`)
    return tree
  }

  private expression(): FilterNode {
    return this.joined('or', () => this.joined('and', () => this.factor()))
  }

  private joined(joint: 'and' | 'or', operand: () => FilterNode): FilterNode {
    const first = operand()
    const parts = [first]
    while (this.skip('word', joint)) parts.push(operand())
    return parts.length === 1 ? first : { node: joint, parts }
  }

  private factor(): FilterNode {
    if (this.skip('word', 'not')) return this.deeper(() => ({ node: 'not', part: this.factor() }))
    if (!this.skip('(')) return this.condition()
    return this.deeper(() => {
      const inner = this.expression()
      if (!this.skip(')')) throw unexpected(this.take(), '"and", "or" or ")"')
      return inner
    })
  }

  /** Bounds the recursion: a filter of nothing but parentheses must not exhaust the stack. */
  private deeper(read: () => FilterNode): FilterNode {
    this.depth += 1
    if (this.depth > MAX_DEPTH) {
      throw new FilterError(`More than ${MAX_DEPTH} levels of parentheses and "not" (position ${this.tokens[this.next - 1]?.position})`)
    }
    const tree = read()
    this.depth -= 1
    return tree
  }

  private condition(): FilterNode {
    const first = this.take()
    // The contract's grammar puts `pr` first, its tables read as if it came last; both are in use.
    if (first.kind === 'word' && (first.text === 'pr' || first.text === 'isnull')) {
      const field = this.field(this.take())
      return { node: 'present', field: field.name, present: this.operator(field, first) === 'pr' }
    }
    const field = this.field(first)
    const operator = this.operator(field, this.take())
    if (operator === 'pr' || operator === 'isnull') return { node: 'present', field: field.name, present: operator === 'pr' }
    if (operator === 'in' || operator === 'ca') return { node: 'list', field: field.name, operator, values: this.list(field, operator) }
    return { node: 'compare', field: field.name, operator, value: this.value(field, operator) }
  }

  private field(token: Token): Field {
    const found = token.kind === 'word' && Object.hasOwn(this.fields, token.text) ? this.fields[token.text] : undefined
    if (found !== undefined) return { name: token.text, ...found }
    const allowed = `fields: ${listed(Object.keys(this.fields))}`
    if (token.kind !== 'word' || keywords.includes(token.text.toLowerCase())) throw unexpected(token, `a field; ${allowed}`)
    throw new FilterError(`${shown(token.text)} at position ${token.position} cannot be filtered by; ${allowed}`)
  }

  private operator({ name, type, operators }: Field, token: Token): FilterOperator {
    const known = token.kind === 'word' ? allOperators.find((operator) => operator === token.text) : undefined
    const allowed = operators.filter((operator) => types[type].operators.includes(operator))
    if (known !== undefined && allowed.includes(known)) return known
    const supports = `${shown(name)} supports: ${allowed.join(', ')}`
    if (known === undefined) throw unexpected(token, `an operator; ${supports}`)
    throw new FilterError(`${shown(name)} cannot be used with "${known}" (position ${token.position}); ${supports}`)
  }

  private list(field: Field, operator: FilterOperator): FilterValue[] {
    if (!this.skip('(')) throw unexpected(this.take(), `"(" after "${operator}"`)
    const values = [this.value(field, operator)]
    while (this.skip(',')) {
      if (values.length === MAX_LIST) throw new FilterError(`The list for ${shown(field.name)} has more than ${MAX_LIST} values`)
      values.push(this.value(field, operator))
    }
    if (!this.skip(')')) throw unexpected(this.take(), `"," or ")"; ${quoteRule}`)
    return values
  }

  private value({ name, type }: Field, operator: FilterOperator): FilterValue {
    const token = this.take()
    const isValue = token.kind === 'quoted' || (token.kind === 'word' && !joints.includes(token.text))
    if (!isValue) throw unexpected(token, `a value for ${shown(name)}; ${quoteRule}`)
    const value = type === 'date' && operator === 'sw' ? readDateStart(token.text) : types[type].read(token.text)
    if (value !== undefined) return value
    throw new FilterError(
      `${shown(token.text)} at position ${token.position} is no value for ${shown(name)}, which is ${types[type].meaning}`,
    )
  }

  private peek(): Token {
    return this.tokens[this.next] ?? { kind: 'end', text: '', position: 0, end: 0 }
  }

  private take(): Token {
    const token = this.peek()
    this.next += 1
    return token
  }

  private skip(kind: Token['kind'], text: string = kind): boolean {
    const token = this.peek()
    if (token.kind !== kind || token.text !== text) return false
    this.next += 1
    return true
  }
}

// --- Values: quoted or not, their text says what they are ---

const ordered: readonly FilterOperator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'in', 'pr', 'isnull']
const types: Record<FieldType, { meaning: string; operators: readonly FilterOperator[]; read(text: string): FilterValue | undefined }> = {
  string: { meaning: 'a text', operators: allOperators, read: (text) => text },
  id: { meaning: 'an id', operators: allOperators, read: (text) => text },
  date: { meaning: 'an ISO 8601 date such as 2026-01-31T12:00:00Z', operators: [...ordered, 'sw'], read: readDate },
  number: { meaning: 'a number', operators: ordered, read: readNumber },
  boolean: { meaning: 'true or false', operators: ['eq', 'ne', 'in', 'pr', 'isnull'], read: readBoolean },
}
const isoDate = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?:(:\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):?([0-5]\d))?)?$/

/** A date without an offset is in UTC, as everything on the wire; without a time it is the day's first moment. */
function readDate(text: string): Date | undefined {
  const parts = isoDate.exec(text)
  if (parts === null) return undefined
  const [, day, time = '00:00', seconds = ':00', fraction = '', sign, hours = '0', minutes = '0'] = parts
  const local = `${day}T${time}${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`
  const parsed = Date.parse(local)
  // Date.parse takes 30 February for 2 March and 24:00 for the next day; neither comes back as it was written.
  if (Number.isNaN(parsed) || new Date(parsed).toISOString() !== local || Number(hours) > 23) return undefined
  const offsetMs = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  const date = new Date(parsed - offsetMs)
  // PostgreSQL has no year 0, and a fifth digit would need a sign.
  return date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9999 ? date : undefined
}

/** The published tables list `sw` for dates, so the beginning of the ISO text can be asked for. */
function readDateStart(text: string): string | undefined {
  return /^[\dT:.-]+Z?$/.test(text) ? text.replace(/Z$/, '') : undefined
}

function readNumber(text: string): number | undefined {
  if (!/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number + 0 : undefined // + 0 makes -0 the 0 that it equals.
}

function readBoolean(text: string): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined
}

// --- What is said when something is wrong ---

function mustBeShort(text: string): void {
  if (text.length > MAX_LENGTH) throw new FilterError(`The text has ${text.length} characters; at most ${MAX_LENGTH} are allowed`)
}

const quoteRule = 'values with other characters than letters, digits and _ . : @ + - need double quotes'

function unexpected(token: Token, expected: string): FilterError {
  const lower = token.text.toLowerCase()
  if (token.kind === 'word' && token.text !== lower && keywords.includes(lower)) {
    return new FilterError(`${shown(token.text)} at position ${token.position} must be in lower case: "${lower}"`)
  }
  const found = token.kind === 'end' ? 'The filter ends' : `Found ${shown(token.text)} at position ${token.position}`
  return new FilterError(`${found} where there should be ${expected}`)
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? '(none)' : [...names].sort().join(', ')
}
