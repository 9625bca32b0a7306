import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const repository = join(import.meta.dirname, '../..')

/** A source file, with what is code and what is not told apart. Offsets and line numbers are the same in all three texts. */
export interface Source {
  /** Relative to the repository, with forward slashes. */
  name: string
  text: string
  /** Comments, and what stands in strings and regular expressions, are spaces. */
  code: string
  /** Only comments are spaces. */
  withStrings: string
  comments: { line: number; text: string }[]
}

export interface Import {
  line: number
  from: string
  /** Nothing of it is left when the program runs. */
  typeOnly: boolean
  /** What is taken by name, without what is taken as a type; `*` for all of it. */
  values: string[]
}

/** Every file that git knows or would take, relative to the repository. */
export const repositoryFiles: string[] = execFileSync(
  'git',
  // The checkout may belong to somebody else, as in a container.
  ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  { cwd: repository, encoding: 'utf8' },
)
  .split('\0')
  .filter((name) => name !== '' && existsSync(join(repository, name)))

export function read(name: string): string {
  return readFileSync(join(repository, name), 'utf8')
}

/** The TypeScript (and module JavaScript) files in one of the folders. */
export function sourcesIn(...folders: string[]): Source[] {
  const wanted = (name: string) => folders.some((folder) => name.startsWith(`${folder}/`)) && /\.(ts|tsx|mjs)$/.test(name)
  return repositoryFiles.filter(wanted).map((name) => sourceOf(name, read(name)))
}

/** Told by its shape alone; good enough for what the formatter leaves behind. */
export function sourceOf(name: string, text: string): Source {
  const scan = new Scan(text)
  scan.run()
  const comments = scan.comments.map(([from, to]) => ({ line: lineAt(text, from), text: text.slice(from, to) }))
  const withStrings = blank(text, scan.comments)
  return { name, text, withStrings, code: blank(withStrings, scan.literals), comments }
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** `file:line: what` of every place in a text that is a view of the source. */
export function placesOf(source: Source, view: string, pattern: RegExp): string[] {
  return [...view.matchAll(pattern)].map((match) => `${source.name}:${lineAt(view, match.index)}: ${match[0].trim()}`)
}

export function importsOf(source: Source): Import[] {
  const text = source.withStrings
  const found: Import[] = []
  const statement = /^(import|export)\s+(?:(type)\s+)?(?:([\w$*{][^'"`;()=]*?)\s+from\s+)?['"]([^'"]+)['"]/gm
  for (const match of text.matchAll(statement)) {
    const [, verb, type, clause = '', from = ''] = match
    if (verb === 'export' && clause === '') continue
    const values = type ? [] : valuesOf(clause)
    const namesTypesOnly = clause.startsWith('{') && values.length === 0
    found.push({ line: lineAt(text, match.index), from, typeOnly: type !== undefined || namesTypesOnly, values })
  }
  for (const match of text.matchAll(/\bimport\s*\(\s*(?:['"]([^'"]+)['"])?/g)) {
    // In a string or a regular expression these are words about code, not code.
    if (source.code.slice(match.index, match.index + 6) !== 'import') continue
    found.push({ line: lineAt(text, match.index), from: match[1] ?? '(computed)', typeOnly: false, values: ['*'] })
  }
  return found
}

function valuesOf(clause: string): string[] {
  if (clause === '') return []
  const [, before = '', list = ''] = /^([^{]*)(?:\{([^}]*)\})?/s.exec(clause) ?? []
  const named = list.split(',').map((part) => part.trim())
  const values = named.filter((part) => part !== '' && !part.startsWith('type ')).map((part) => part.split(/\s+as\s+/)[0] ?? part)
  return before.replace(/[,\s]/g, '') === '' ? values : ['*', ...values]
}

function blank(text: string, ranges: [number, number][]): string {
  let result = ''
  let at = 0
  for (const [from, to] of ranges) {
    result += text.slice(at, from) + text.slice(from, to).replace(/[^\n]/g, ' ')
    at = to
  }
  return result + text.slice(at)
}

/** Words after which a slash begins a regular expression and does not divide. */
const beforeExpression = /(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|delete|throw|await|yield)$/

class Scan {
  readonly comments: [number, number][] = []
  readonly literals: [number, number][] = []
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  run(): void {
    this.codeUntil(undefined)
  }

  /** Reads code up to the brace that closes a `${`, or to the end. */
  private codeUntil(end: '}' | undefined): void {
    let depth = 0
    let before = ''
    while (this.at < this.text.length) {
      const char = this.text[this.at] ?? ''
      if (end !== undefined && char === end && depth === 0) return
      if (char === '{') depth++
      if (char === '}') depth--
      const next = this.text[this.at + 1]
      if (char === '/' && next === '/') this.comment('\n', 0)
      else if (char === '/' && next === '*') this.comment('*/', 2)
      else if (char === "'" || char === '"') before = this.literal(char)
      else if (char === '`') before = this.template()
      // The ends of elements, </a> and <a />, are no expressions.
      else if (char === '/' && next !== '>' && !before.endsWith('<') && startsExpression(before)) before = this.expression()
      else {
        this.at++
        before = /\s/.test(char) && /\s$/.test(before) ? before : (before + char).slice(-12)
      }
    }
  }

  private comment(end: string, length: number): void {
    const from = this.at
    const found = this.text.indexOf(end, from + 2)
    this.at = found < 0 ? this.text.length : found + length
    this.comments.push([from, this.at])
  }

  private literal(quote: string): string {
    const from = ++this.at
    while (this.at < this.text.length && this.text[this.at] !== quote) this.at += this.text[this.at] === '\\' ? 2 : 1
    this.literals.push([from, this.at++])
    return quote
  }

  private template(): string {
    let from = ++this.at
    while (this.at < this.text.length && this.text[this.at] !== '`') {
      if (this.text.startsWith('${', this.at)) {
        this.literals.push([from, this.at])
        this.at += 2
        this.codeUntil('}')
        from = ++this.at
      } else this.at += this.text[this.at] === '\\' ? 2 : 1
    }
    this.literals.push([from, this.at++])
    return '`'
  }

  private expression(): string {
    const from = ++this.at
    let inClass = false
    while (this.at < this.text.length && (inClass || this.text[this.at] !== '/')) {
      if (this.text[this.at] === '[') inClass = true
      if (this.text[this.at] === ']') inClass = false
      this.at += this.text[this.at] === '\\' ? 2 : 1
    }
    this.literals.push([from, this.at++])
    return '/'
  }
}

function startsExpression(before: string): boolean {
  const text = before.trimEnd()
  return text === '' || /[=(,:[!&|?{};+\-*%<>~^]$/.test(text) || beforeExpression.test(text)
}
