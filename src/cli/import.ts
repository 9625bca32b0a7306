import { type OrganisationFolder, openOrganisation } from '../adapters/csv.ts'

/** What an import did, or why it did nothing. */
type Outcome =
  | { ok: true; files: { file: string; rows: number; created: number; updated: number; unchanged: number; ended?: number }[] }
  | { ok: false; issues: { file: string; line: number; column: string | null; reason: string }[]; more: number }

interface Progress {
  step: 'reading' | 'checking' | 'writing'
  file: string
  rows: number
}

export interface ImportDeps {
  importOrganisation(files: OrganisationFolder['files'], onProgress: (progress: Progress) => void): Promise<Outcome>
  out(line: string): void
  error(line: string): void
}

/**
 * `countersign import DIR`: takes the folder, says how far it is and what it did, and returns the exit code: 0 when everything was
 * imported, 1 when nothing was.
 */
export async function runImport(folder: string, deps: ImportDeps): Promise<number> {
  const found = await openOrganisation(folder).catch((error: unknown) => String(error instanceof Error ? error.message : error))
  const refusal = typeof found === 'string' ? [`${folder} cannot be read: ${found}`] : whyNotImportable(folder, found)
  if (typeof found === 'string' || refusal.length > 0) {
    for (const line of refusal) deps.error(line)
    return 1
  }
  const report = reportProgress(deps.out)
  try {
    const outcome = await deps.importOrganisation(found.files, report.note)
    return outcome.ok ? tellImported(outcome.files, deps.out) : tellRefused(outcome, deps.error)
  } finally {
    report.stop()
  }
}

function whyNotImportable(folder: string, { files, unknown, known }: OrganisationFolder): string[] {
  const may = `an organisation may have ${known.join(', ')}.`
  if (unknown.length > 0) return unknown.map((name) => `${name}: there is no such file; ${may}`)
  return files.size === 0 ? [`${folder} has no CSV file; ${may}`] : []
}

const TICK_MS = 1_000
/** A step that takes long says so again after this many ticks. */
const QUIET_TICKS = 5

/** Says once a second where the import is: a short one says nothing. */
function reportProgress(out: (line: string) => void): { note(progress: Progress): void; stop(): void } {
  const startedAt = performance.now()
  let now: Progress | undefined
  let said = ''
  let quiet = 0
  const timer = setInterval(() => {
    if (!now) return
    const text =
      now.step === 'reading' ? `reading ${now.file}, line ${count(now.rows)}` : `${now.step} ${now.file}, ${count(now.rows)} rows`
    quiet = text === said ? quiet + 1 : 0
    if (quiet % QUIET_TICKS === 0) out(`${Math.round((performance.now() - startedAt) / 1000)} s: ${text}`)
    said = text
  }, TICK_MS)
  return {
    note(progress) {
      now = progress
    },
    stop() {
      clearInterval(timer)
    },
  }
}

function tellImported(files: Extract<Outcome, { ok: true }>['files'], out: (line: string) => void): number {
  const head = ['file', 'rows', 'created', 'updated', 'unchanged']
  const rows = files.map((f) => [f.file, ...[f.rows, f.created, f.updated, f.unchanged].map(count)])
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)))
  for (const row of [head, ...rows]) {
    out(row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '))
  }
  for (const { file, ended = 0 } of files) {
    if (ended > 0)
      out(`${count(ended)} ${ended === 1 ? 'thing ends: it was' : 'things end: they were'} named in ${file} before, and no longer.`)
  }
  return 0
}

function tellRefused({ issues, more }: Extract<Outcome, { ok: false }>, error: (line: string) => void): number {
  for (const { file, line, column, reason } of issues) {
    // A cell may hold line breaks; a message is one line.
    error(`${file}:${line}${column === null ? '' : ` ${column}`}: ${reason.replace(/\s+/g, ' ')}`)
  }
  if (more > 0) error(`… and ${count(more)} more.`)
  error(`Nothing was imported: ${count(issues.length + more)} ${issues.length + more === 1 ? 'thing is' : 'things are'} wrong.`)
  return 1
}

function count(value: number): string {
  return value.toLocaleString('en')
}
