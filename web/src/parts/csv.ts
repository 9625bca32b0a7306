/** A column of a file: its name in the first line, and what stands below it. */
export interface FileColumn<Row> {
  header: string
  text?: ((row: Row) => string | number | null | undefined) | undefined
}

/** The rows as RFC 4180 writes them, with a mark by which spreadsheets know the encoding. Columns without text are left out. */
export function csvOf<Row>(columns: readonly FileColumn<Row>[], rows: readonly Row[]): string {
  const kept = columns.flatMap(({ header, text }) => (text ? [{ header, text }] : []))
  const lines = [kept.map(({ header }) => cellOf(header)), ...rows.map((row) => kept.map(({ text }) => cellOf(text(row))))]
  return `\uFEFF${lines.map((cells) => cells.join(',')).join('\r\n')}\r\n`
}

/** A spreadsheet takes a text that begins like this for a formula, and does what it says. */
const formula = /^[=+\-@\t\r]/

function cellOf(value: string | number | null | undefined): string {
  if (typeof value === 'number') return String(value)
  const text = value ?? ''
  const safe = formula.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Gives the reader a file to keep. */
export function saveFile(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has taken it by then; at once would be too early for some.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
