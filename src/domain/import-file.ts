/** The CSV files of an organisation: their names and columns, and how a cell is read. Pure: no bytes, no database. */

import type { DurationLimit } from './access-model.ts'
import { type ListEntry, parseApprovals, parseDuration, parseList, quoted } from './import-cells.ts'

/** Something the importer has to change in a file before it can be imported. `column` is null when the whole line is meant. */
export interface ImportIssue {
  file: string
  line: number
  column: string | null
  reason: string
}

/** One line of a CSV file: its cells by column, or what is wrong with it. `rest` is true when nothing after it could be read. */
export type CsvRecord =
  | { line: number; cells: Readonly<Record<string, string>> }
  | { line: number; column: string | null; reason: string; rest: boolean }

/** A CSV file that is being read. */
export interface CsvReading {
  records: AsyncIterable<CsvRecord>
  /** Lower-case hex of the bytes of the file; known once all records were read. */
  sha256(): string
}

export interface FileColumns {
  required: readonly string[]
  optional: readonly string[]
}

const ruleColumns = ['grantApproval', 'revokeApproval', 'commentRequired', 'denialCommentRequired', 'endDateRequired', 'maxDuration']

/** Every file there is, in the order of their references: a file names only what stands in itself or in the files above it. */
export const importFiles = {
  'identities.csv': {
    required: ['alias', 'name'],
    optional: ['id', 'firstName', 'lastName', 'email', 'managerAlias', 'department', 'status', 'admin'],
  },
  'governance-groups.csv': { required: ['name'], optional: ['id', 'description', 'ownerAlias', 'members'] },
  'sources.csv': {
    required: ['name', 'ownerAlias'],
    optional: ['id', 'description', 'connector', 'grantApproval', 'revokeApproval'],
  },
  'entitlements.csv': {
    required: ['source', 'attribute', 'value'],
    optional: ['id', 'name', 'description', 'ownerAlias', 'requestable', 'privileged', ...ruleColumns],
  },
  'access-profiles.csv': {
    required: ['name', 'source', 'ownerAlias'],
    optional: ['id', 'description', 'entitlements', 'requestable', 'enabled', ...ruleColumns],
  },
  'roles.csv': {
    required: ['name', 'ownerAlias'],
    optional: [
      ...['id', 'description', 'accessProfiles', 'entitlements', 'requestable', 'enabled', 'additionalOwners', 'additionalGroups'],
      ...ruleColumns,
    ],
  },
  'applications.csv': { required: ['name'], optional: ['id', 'description', 'ownerAlias', 'source', 'accessProfiles'] },
  'accounts.csv': { required: ['source', 'nativeIdentity'], optional: ['id', 'identityAlias', 'name', 'disabled'] },
  'holdings.csv': { required: ['source', 'nativeIdentity', 'attribute', 'value'], optional: [] },
  'memberships.csv': { required: ['identityAlias', 'type', 'item', 'origin'], optional: [] },
} as const satisfies Record<string, FileColumns>

export type ImportFileName = keyof typeof importFiles

/** The names of the files in the order in which they are read. */
export const importFileNames = Object.keys(importFiles) as ImportFileName[]

/** Takes a file's name; tells whether it is one that an organisation may bring. */
export function isImportFile(name: string): name is ImportFileName {
  return Object.hasOwn(importFiles, name)
}

/** Longest texts in bytes: what stands in an index must fit into one entry of it. */
export const longest = { id: 128, name: 512, attribute: 128, value: 2_048, email: 320, description: 16_000 } as const

/** A line under reading: each reader returns a cell's value and notes what is wrong with it, so that one look finds every fault. */
export class Row {
  readonly line: number
  readonly problems: { column: string; reason: string }[] = []
  private readonly cells: Readonly<Record<string, string>>

  constructor(line: number, cells: Readonly<Record<string, string>>) {
    this.line = line
    this.cells = cells
  }

  /** Whether any of the columns has something in this line. */
  hasAny(columns: readonly string[]): boolean {
    return columns.some((column) => this.trimmed(column) !== '')
  }

  /** The cell without blanks around it, or null when it is empty. At most `maxBytes` of UTF-8. */
  text(column: string, maxBytes: number): string | null {
    return this.checked(column, this.trimmed(column), maxBytes)
  }

  /** Like `text`, and empty is refused. A column that the file does not have is the header's fault, told once and not here. */
  required(column: string, maxBytes: number): string | null {
    const text = this.text(column, maxBytes)
    if (text === null && this.cells[column]?.trim() === '') this.refuse(column, 'must not be empty.')
    return text
  }

  /** A required cell as it stands: blanks are part of a target system's own names. */
  exact(column: string, maxBytes: number): string | null {
    if (this.required(column, maxBytes) === null) return null
    return this.cells[column] ?? null
  }

  /** true or false in any case; empty is `otherwise`. */
  flag(column: string, otherwise: boolean): boolean {
    const text = this.text(column, longest.name)
    if (text === null) return otherwise
    if (/^true$/i.test(text)) return true
    if (!/^false$/i.test(text)) this.refuse(column, `must be true or false, not ${quoted(text)}.`)
    return false
  }

  /** One of the words, upper case in the file; empty is the first of them. */
  oneOf<T extends string>(column: string, words: readonly [T, ...T[]]): T {
    return this.word(column, this.text(column, longest.name) ?? words[0], words) ?? words[0]
  }

  /** One of the words, and empty is refused; null for what is none of them. */
  requiredWord<T extends string>(column: string, words: readonly T[]): T | null {
    const text = this.required(column, longest.name)
    return text === null ? null : this.word(column, text, words)
  }

  /** The steps of an approval scheme, or null when the cell is empty. */
  approvals(column: string) {
    return this.parsed(column, parseApprovals)
  }

  /** A length of time such as `30 DAYS`, or null when the cell is empty. */
  duration(column: string): DurationLimit | null {
    return this.parsed(column, parseDuration)
  }

  /** The entries of a list separated by `|`. */
  list(column: string, of: 'name' | 'attribute=value' | 'source/attribute=value'): ListEntry[] {
    const entries = this.parsed(column, (text) => parseList(text, of)) ?? []
    const tooLong = entries.find((entry) => byteLength(entry.name) > longest.value)
    if (tooLong) this.refuse(column, `${quoted(tooLong.name)} is longer than ${longest.value} bytes.`)
    return entries
  }

  private parsed<T>(column: string, parse: (text: string) => { value: T } | { reason: string }): T | null {
    const text = this.text(column, Number.POSITIVE_INFINITY)
    if (text === null) return null
    const result = parse(text)
    if ('value' in result) return result.value
    this.refuse(column, result.reason)
    return null
  }

  private word<T extends string>(column: string, text: string, words: readonly T[]): T | null {
    const word = words.find((w) => w === text)
    if (word === undefined) this.refuse(column, `must be ${words.join(' or ')}, not ${quoted(text)}.`)
    return word ?? null
  }

  private checked(column: string, text: string, maxBytes: number): string | null {
    if (text === '') return null
    const reason = whyUnreadable(text) ?? (isLonger(text, maxBytes) ? `is longer than ${maxBytes} bytes.` : undefined)
    if (reason === undefined) return text
    this.refuse(column, reason)
    return null
  }

  private trimmed(column: string): string {
    return this.cells[column]?.trim() ?? ''
  }

  private refuse(column: string, reason: string): void {
    this.problems.push({ column, reason })
  }
}

/** Tabs and line ends are text; the other control characters are none. */
const CONTROL = /(?![\t\n\r])\p{Cc}/u

function whyUnreadable(text: string): string | undefined {
  if (CONTROL.test(text)) return 'holds a control character.'
  // What the decoder puts in place of bytes that are not UTF-8.
  if (text.includes('\ufffd')) return 'is not UTF-8 text.'
  return undefined
}

function isLonger(text: string, maxBytes: number): boolean {
  // No UTF-16 unit takes more than three bytes: most cells need no counting.
  return text.length * 3 > maxBytes && byteLength(text) > maxBytes
}

const encoder = new TextEncoder()

function byteLength(text: string): number {
  return encoder.encode(text).length
}
