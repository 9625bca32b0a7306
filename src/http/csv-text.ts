import type { JsonSchema } from '../api/openapi.ts'

/** Tables as RFC 4180 has them: commas, quotes where needed, CRLF after every line. */

/** Excel takes a file for UTF-8 only when it begins so; programs that read CSV pass it over. */
export const BYTE_ORDER_MARK = '\ufeff'

/** One line. Text that a spreadsheet would take for a formula is made plain text by an apostrophe before it. */
export function csvLine(cells: unknown[]): string {
  return `${cells.map((cell) => quoted(plain(cell))).join(',')}\r\n`
}

/** Numbers stay what they are: -5 is no formula. */
function plain(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  // A blank before it does not stop a spreadsheet, nor do the characters that the keyboards of Asia give for these.
  return /^\s*[=+\-@\t\r\n＝＋－＠]/u.test(text) ? `'${text}` : text
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The value at a path such as requestedFor.name; of a list, the values of all its elements, joined. */
export function valueAt(row: unknown, path: string[]): unknown {
  const [step, ...rest] = path
  if (Array.isArray(row)) {
    const values = row.map((element) => valueAt(element, path)).filter((value) => value !== null && value !== undefined && value !== '')
    return values.length === 0
      ? null
      : values.map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value))).join('; ')
  }
  if (step === undefined) return row
  if (typeof row !== 'object' || row === null || !Object.hasOwn(row, step)) return null
  return valueAt((row as Record<string, unknown>)[step], rest)
}

/** The paths of all values that a schema tells of, in its order; undefined when it does not say what a row holds. */
export function columnsOf(schema: JsonSchema, path: string[] = []): string[] | undefined {
  const known = schema.anyOf?.find((one) => one.type !== 'null') ?? schema
  if (known !== schema) return columnsOf(known, path)
  if (schema.items) return columnsOf(schema.items, path)
  if (!schema.properties) return path.length === 0 ? undefined : [path.join('.')]
  return Object.entries(schema.properties).flatMap(([name, field]) => columnsOf(field, [...path, name]) ?? [])
}
