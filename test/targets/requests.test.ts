import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { ldapConnector } from '../../src/adapters/connectors/ldap/connector.ts'
import { postgresConnector } from '../../src/adapters/connectors/postgres/connector.ts'
import { saasConnector } from '../../src/adapters/connectors/saas/connector.ts'
import { scimConnector } from '../../src/adapters/connectors/scim/connector.ts'
import type { Connector } from '../../src/ports.ts'
import { demoOrganisation, startApp, type TestApp } from '../support/app.ts'
import { startSaasConnector } from '../support/saas-connector.ts'
import { startScimServer } from '../support/scim-server.ts'
import { slapdMissingReason, startSlapd } from '../support/slapd.ts'

const mark = `req${randomBytes(4).toString('hex')}`
const folder = mkdtempSync(join(tmpdir(), 'countersign-targets-'))
const closing: Array<() => Promise<unknown>> = []
const connectors: Record<string, Connector> = {}
let app: TestApp

/** Source and entitlement of each kind: what the import is told, and whom the target has given it to. */
const kinds: Array<{ kind: string; attribute: string; value: string; missingReason?: string | undefined }> = [
  { kind: 'scim', attribute: 'groups', value: 'Readers' },
  { kind: 'ldap', attribute: 'groups', value: 'cn=Readers,ou=groups,dc=example,dc=org', missingReason: slapdMissingReason },
  { kind: 'postgres', attribute: 'roles', value: `${mark}_readers` },
  { kind: 'saas', attribute: 'groups', value: 'Readers' },
]
/** Roles belong to the whole server, so this one is nobody else's. */
const alias = `${mark}.lee`

beforeAll(async () => {
  await startTargets()
  cpSync(demoOrganisation, folder, { recursive: true })
  const line = (cells: string[]) => `${cells.map((cell) => `"${cell}"`).join(',')}\n`
  for (const { kind, attribute, value } of kinds) {
    await appendFile(join(folder, 'sources.csv'), line([`Target ${kind}`, '', 'dora.finch', kind, 'NONE', 'NONE']))
    const more = ['dora.finch', 'true', 'false', 'NONE', 'NONE', '', '', '', '']
    await appendFile(join(folder, 'entitlements.csv'), line([`Target ${kind}`, attribute, value, `Read ${kind}`, '', ...more]))
  }
  await appendFile(
    join(folder, 'identities.csv'),
    line([alias, 'Ann "Q" Lee'.replaceAll('"', '""'), 'ann@example.com', 'mgr.one', '', 'ACTIVE', 'false']),
  )
  app = await startApp({ organisation: folder })
  closing.push(app.close)
  app.startWorker(connectors)
})

afterAll(async () => {
  for (const close of closing.reverse()) await close()
  rmSync(folder, { recursive: true })
})

async function startTargets(): Promise<void> {
  const scim = await startScimServer(['Readers'])
  const saas = await startSaasConnector()
  closing.push(scim.close, saas.stop)
  connectors['scim'] = scimConnector({ baseUrl: scim.baseUrl, token: scim.token })
  connectors['saas'] = saasConnector({ url: saas.url, config: saas.config })
  connectors['postgres'] = await startPostgres()
  if (slapdMissingReason !== undefined) return
  const slapd = await startSlapd(['Readers'])
  closing.push(slapd.stop)
  const { url, bindDn, password, base, certificate: caCertificate } = slapd
  const bases = { accountsBase: `ou=people,${base}`, groupsBase: `ou=groups,${base}` }
  connectors['ldap'] = ldapConnector({ url, bindDn, password, caCertificate, ...bases })
}

async function startPostgres(): Promise<Connector> {
  const url = new URL(inject('databaseUrl'))
  const admin = new pg.Client(url.href)
  await admin.connect()
  await admin.query(`create role ${mark}_readers`)
  closing.push(async () => {
    await admin.query(`drop role ${mark}_readers; drop role if exists ${pg.escapeIdentifier(alias)}`)
    await admin.end()
  })
  const who = { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
  return postgresConnector({ host: url.hostname, port: Number(url.port), database: url.pathname.slice(1), tls: 'off', ...who })
}

async function ask(kind: string, requestType: string): Promise<string> {
  const item = { type: 'ENTITLEMENT', id: await app.itemId('ENTITLEMENT', `Read ${kind}`), comment: 'for the audit' }
  const body = { requestedFor: [await app.idOf(alias)], requestType, requestedItems: [item] }
  const answer = await app.call('admin', 'POST', '/v2024/access-requests', body)
  expect(answer.status, JSON.stringify(answer.json)).toBe(202)
  return answer.json.newRequests[0].accessRequestIds[0]
}

function ended(requestId: string) {
  return app.until(async () => {
    const { json } = await app.call('admin', 'GET', `/v2024/access-request-status?filters=accessRequestId+eq+%22${requestId}%22`)
    return json[0].state !== 'EXECUTING' && json[0]
  })
}

for (const { kind, attribute, value, missingReason } of kinds) {
  test.skipIf(missingReason)(
    `a request ends in an account with the access at a target of the kind ${kind}, a revocation in one without`,
    async () => {
      const read = () => connectors[kind]?.readAccount(alias)
      expect(await ended(await ask(kind, 'GRANT_ACCESS'))).toMatchObject({ state: 'REQUEST_COMPLETED', errorMessages: null })
      expect(await read()).toEqual({ nativeIdentity: alias, name: 'Ann "Q" Lee', disabled: false, values: { [attribute]: [value] } })
      expect(await ended(await ask(kind, 'REVOKE_ACCESS'))).toMatchObject({ state: 'REQUEST_COMPLETED', errorMessages: null })
      expect((await read())?.values).toEqual({ [attribute]: [] })
    },
  )
}
