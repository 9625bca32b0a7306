import { join } from 'node:path'
import { openOrganisation } from '../adapters/csv.ts'
import { type DemoTarget, startDemoTarget } from '../adapters/demo-target.ts'
import { type DemoYear, organisationHash, readDemoYear } from '../adapters/demo-year.ts'
import { findAdminCredentials, saveAdminCredentials } from '../adapters/sandbox-files.ts'
import { welcome } from '../cli/welcome.ts'
import { configureSource } from '../operations/configure-source.ts'
import { ensureAdmin } from '../operations/ensure-admin.ts'
import { importOrganisation } from '../operations/import-organisation.ts'
import { loadDemoYear } from '../operations/load-demo-year.ts'
import { makeClient } from '../operations/make-client.ts'
import { takeOver } from '../operations/take-over.ts'
import { findOauthClient } from '../store/oauth-clients.ts'
import { findAnyIdentity } from '../store/people.ts'
import { findSourceByName } from '../store/sources.ts'
import type { Node } from './open-node.ts'
import { runServer } from './run-server.ts'

const DEMO_ADMIN = 'admin'

const DEMO_SOURCE = 'Corporate Directory'

const SANDBOX = 'countersign sandbox'

export async function runSandbox(node: Node): Promise<number> {
  const { config, log, home } = node
  // The data folder is locked by us alone; work that a killed process had leased need not wait for its lease to run out.
  if (config.databaseUrl === undefined) await takeOver(node)
  const year = await yearToLoad(node)
  const target = await startDemoTarget({
    script: join(home, 'dist', 'scim-target.js'),
    folder: join(config.dataFolder, 'demo-target'),
    // What people got in that year is there at the target, too.
    seed: year ? join(home, 'demo', 'year', 'scim-target-seed.json') : join(home, 'demo', 'scim-target-seed.json'),
    log: (message) => log.info({}, message),
  })
  try {
    await setUpDemo(node, target, year)
    return await runServer(node, 'all', async (origin) => {
      const admin = await adminOf(node, origin)
      console.log(welcome({ ...admin, dataFolder: config.dataFolder, targetUrl: target.baseUrl }))
    })
  } finally {
    await target.stop()
  }
}

/** The year to begin with, on the first start; undefined later, where it is not wanted, or where the organisation is not that of the year. */
async function yearToLoad({ config, db, home, log }: Node): Promise<DemoYear | undefined> {
  if (config.demo !== 'year' || (await findAnyIdentity(db.sql))) return undefined
  const year = await readDemoYear(join(home, 'demo', 'year'))
  if (year === undefined || year.organisation === (await organisationHash(join(home, 'demo', 'organisation')))) return year
  log.warn({}, 'the files of the demo organisation were changed since its year was made: it begins without one')
  return undefined
}

/** The demo organisation on the first start; the target's present address on every one. */
async function setUpDemo(node: Node, target: DemoTarget, year: DemoYear | undefined): Promise<void> {
  if (year) await loadDemoYear(node, year)
  if (!(await findAnyIdentity(node.db.sql))) {
    const demo = await openOrganisation(join(node.home, 'demo', 'organisation'))
    const result = await importOrganisation(node, { files: demo.files })
    if (!result.ok) throw new Error(`The demo organisation could not be imported: ${JSON.stringify(result.issues.slice(0, 5))}`)
  }
  const source = await findSourceByName(node.db.sql, DEMO_SOURCE)
  if (!source || !isOurs(node, source.connectorSettings, target)) return
  const sealedSettings = node.secrets.seal(JSON.stringify({ baseUrl: target.baseUrl, token: target.token, madeBy: SANDBOX }))
  await configureSource(node, { name: DEMO_SOURCE, connector: 'scim', sealedSettings }, SANDBOX)
}

/** True when the source has no settings yet, or an earlier address of the demo target; settings that a person gave stay. */
function isOurs(node: Node, sealed: string | null, target: DemoTarget): boolean {
  if (sealed === null) return true
  const { baseUrl, madeBy } = JSON.parse(node.secrets.open(sealed)) as { baseUrl?: string; madeBy?: string }
  return madeBy === SANDBOX && baseUrl !== target.baseUrl
}

/** The admin's credentials: those of an earlier start while they are good, else new ones. */
async function adminOf(node: Node, origin: string) {
  const { config, db } = node
  const known = await findAdminCredentials(config.dataFolder)
  const client = known && (await findOauthClient(db.sql, known.clientId))
  if (known && client?.person?.isAdmin && client.person.active) {
    if (known.baseUrl !== origin) await saveAdminCredentials(config.dataFolder, { ...known, baseUrl: origin })
    return { ...known, baseUrl: origin }
  }
  // An imported organisation may have no org admin; a sandbox that nobody can run is of no use.
  const person = await ensureAdmin(node, { alias: DEMO_ADMIN, name: 'Sandbox Admin' }, SANDBOX)
  const wanted = { name: 'sandbox admin', identityId: person.id, scopes: ['sp:scopes:all'] }
  const { id, secret } = await makeClient(node, { identityId: null, name: SANDBOX }, wanted)
  const admin = { baseUrl: origin, clientId: id, clientSecret: secret }
  await saveAdminCredentials(config.dataFolder, admin)
  return admin
}
