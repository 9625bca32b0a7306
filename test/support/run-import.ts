import { timeOrderedIds } from '../../src/adapters/ids.ts'
import { runImport } from '../../src/cli/import.ts'
import { importOrganisation } from '../../src/operations/import-organisation.ts'
import { Database } from '../../src/store/db.ts'

/** `run-import URL SCHEMA FOLDER`: an import in a process of its own, whose memory can be limited and measured. */
const [url = '', schema = '', folder = ''] = process.argv.slice(2)
const clock = { now: () => new Date() }
const limits = { poolSize: 1, statementTimeoutMs: 10_000, lockTimeoutMs: 2_000, movableClock: false }
const db = new Database({ url, schema, ...limits }, clock, (error) => console.error(error))
const ids = timeOrderedIds(clock)

process.exitCode = await runImport(folder, {
  importOrganisation: (files, onProgress) => importOrganisation({ db, ids }, { files, onProgress }),
  out: (line) => console.log(line),
  error: (line) => console.error(line),
})
await db.close()
console.log(`peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`)
