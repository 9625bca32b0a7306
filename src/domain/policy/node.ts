import { type IssueCode, issueCodes, type PolicyIssue } from './issue.ts'

/** A file as it was written, with the line of everything in it: what a reader of YAML gives. */
export type PolicyNode = { line: number } & (
  | { kind: 'scalar'; value: string | number | boolean | null }
  | { kind: 'list'; items: PolicyNode[] }
  | { kind: 'map'; entries: PolicyEntry[] }
)

export interface PolicyEntry {
  key: string
  line: number
  node: PolicyNode
}

/** Notes an issue and goes on reading: whoever wrote the file wants to hear of all of them at once. */
export class PolicyReader {
  readonly issues: PolicyIssue[] = []

  note(code: IssueCode, { line }: { line: number }, message: string): undefined {
    this.issues.push({ code, severity: issueCodes[code], line, message })
    return undefined
  }

  /** The entries of a map by key; unknown and repeated keys are noted. */
  map<Key extends string>(node: PolicyNode, what: string, keys: readonly Key[]): Partial<Record<Key, PolicyEntry>> {
    const found: Partial<Record<Key, PolicyEntry>> = {}
    if (node.kind !== 'map') {
      this.note('wrong-type', node, `${what} is written as keys and values: ${keys.join(', ')}.`)
      return found
    }
    for (const entry of node.entries) {
      const key = keys.find((one) => one === entry.key)
      if (key === undefined) this.note('unknown-key', entry, `${what} has no "${entry.key}"; it has ${keys.join(', ')}.`)
      else if (found[key]) this.note('twice-the-same', entry, `"${entry.key}" is given twice.`)
      else found[key] = entry
    }
    return found
  }

  /** The parts of a list; a single value is a list of one. */
  list(node: PolicyNode): PolicyNode[] {
    return node.kind === 'list' ? node.items : [node]
  }

  text(node: PolicyNode, what: string): string | undefined {
    if (node.kind === 'scalar' && typeof node.value === 'string' && node.value.trim() !== '') return node.value
    if (node.kind === 'scalar' && typeof node.value === 'number') return String(node.value)
    return this.note('wrong-type', node, `${what} is a text.`)
  }

  texts(node: PolicyNode, what: string): string[] {
    return this.list(node).flatMap((one) => this.text(one, what) ?? [])
  }

  flag(node: PolicyNode, what: string): boolean | undefined {
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value
    return this.note('wrong-type', node, `${what} is true or false.`)
  }

  /** A whole number between two, both included. */
  whole(node: PolicyNode, what: string, least: number, most: number): number | undefined {
    if (node.kind !== 'scalar' || typeof node.value !== 'number' || !Number.isInteger(node.value))
      return this.note('wrong-type', node, `${what} is a whole number.`)
    if (node.value < least || node.value > most) return this.note('out-of-range', node, `${what} is between ${least} and ${most}.`)
    return node.value
  }

  /** One of the words, whatever its case. */
  word<Word extends string>(node: PolicyNode, what: string, words: readonly Word[]): Word | undefined {
    const given = node.kind === 'scalar' ? spelled(node.value) : ''
    const found = words.find((word) => word.toLowerCase() === given.toLowerCase())
    return found ?? this.note('unknown-word', node, `${what} is one of ${words.join(', ')}.`)
  }
}

/** YAML 1.1 readers take a bare `off` for false; ours gives the word, and somebody may write false and mean off. */
function spelled(value: string | number | boolean | null): string {
  return value === false ? 'off' : String(value)
}

/** True for text such as `30 days`, read by `amountOf`. */
export interface Amount {
  value: number
  unit: 'HOURS' | 'DAYS' | 'WEEKS' | 'MONTHS'
}

const amount = /^(\d{1,6})\s+(hour|day|week|month)s?$/i

/** Takes `3 days`, `1 week` …; undefined when it is nothing like that. */
export function amountOf(node: PolicyNode): Amount | undefined {
  const found = node.kind === 'scalar' ? amount.exec(String(node.value).trim()) : null
  if (!found || Number(found[1]) < 1) return undefined
  return { value: Number(found[1]), unit: `${found[2]?.toUpperCase()}S` as Amount['unit'] }
}

/** Takes `3 days` or `1 week`; returns days, undefined for anything else. */
export function daysOf(node: PolicyNode): number | undefined {
  const found = amountOf(node)
  if (found?.unit === 'DAYS') return found.value
  return found?.unit === 'WEEKS' ? found.value * 7 : undefined
}
