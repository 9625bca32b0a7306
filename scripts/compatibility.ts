import { type Dialect, dialects } from '../src/api/dialect.ts'
import { type Operation, urlOf } from '../src/api/operation.ts'
import { operations } from '../src/api/operations.ts'

const begin = '<!-- made by npm run docs:compatibility: begin -->'
const end = '<!-- made by npm run docs:compatibility: end -->'

const isOwn = (row: Operation) => row.own === true

/** yes, and what the contract says about it in that version. */
function mark(row: Operation, dialect: Dialect): string {
  if (!row.dialects.includes(dialect)) return '–'
  const remarks = [row.experimental?.includes(dialect) ? 'e' : '', row.deprecated?.includes(dialect) ? 'd' : '']
  return ['yes', ...remarks.filter((remark) => remark !== '')].join(' ')
}

/** The path without a version; where an operation exists in v1 alone, its path there. */
function shown(row: Operation): string {
  const [only, ...more] = row.dialects
  const path = isOwn(row) || (only !== undefined && more.length === 0) ? urlOf(row, only as Dialect) : row.path
  return path.replace(/:(\w+)/g, '{$1}')
}

function rowOf(id: string, row: Operation): string {
  const scopes = row.scopes.length === 0 ? 'any' : row.scopes.map((scope) => `\`${scope}\``).join('<br>')
  const versions = isOwn(row) ? [] : dialects.map((dialect) => mark(row, dialect))
  return `| ${[`\`${row.method} ${shown(row)}\``, id, ...versions, scopes, row.levels.join(', ')].join(' | ')} |`
}

function tableOf(rows: [string, Operation][], columns: readonly string[]): string {
  const heads = ['operation', 'operationId', ...columns, 'scopes (any one)', 'levels']
  return [`| ${heads.join(' | ')} |`, `|${'---|'.repeat(heads.length)}`, ...rows.map(([id, row]) => rowOf(id, row))].join('\n')
}

function matrix(): string {
  const rows: [string, Operation][] = Object.entries(operations)
  const spoken = rows.filter(([, row]) => !isOwn(row))
  const own = rows.filter(([, row]) => isOwn(row))
  const counts = dialects.map((dialect) => `${dialect} ${spoken.filter(([, row]) => row.dialects.includes(dialect)).length}`)
  const tags = [...new Set(spoken.map(([, row]) => row.tag))].sort()
  const sections = tags.map(
    (tag) =>
      `### ${tag}\n\n${tableOf(
        spoken.filter(([, row]) => row.tag === tag),
        dialects,
      )}\n`,
  )
  const last = own.length === 0 ? [] : [`### Countersign's own\n\n${tableOf(own, [])}\n`]
  return [`Operations per version: ${counts.join(', ')}.\n`, ...sections, ...last].join('\n')
}

/** The text of docs/compatibility.md with its generated part as the table of operations has it now. Refuses a text without the markers. */
export function withMatrix(text: string): string {
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`docs/compatibility.md must hold "${begin}" and "${end}"`)
  return `${before}${begin}\n\n${matrix()}\n${end}${after}`
}
