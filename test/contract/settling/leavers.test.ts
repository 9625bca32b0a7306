import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOrganisation } from '../../../src/adapters/csv.ts'
import { importOrganisation } from '../../../src/operations/import-organisation.ts'
import { TargetError } from '../../../src/ports.ts'
import { demoOrganisation, startApp, type TestApp } from '../../support/app.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** Somebody leaves, and their account is disabled where the source wants that; they return, and it is enabled again. */

let app: TestApp
let source: { id: string; path: string }
let folder: string
const target = new FakeConnector()

beforeAll(async () => {
  app = await startApp()
  folder = mkdtempSync(join(tmpdir(), 'countersign-leavers-'))
  cpSync(demoOrganisation, folder, { recursive: true })
  const id = String((await app.sql(`select id from source where name = 'Corporate Directory'`))[0]?.['id'])
  source = { id, path: `/countersign/v1/sources/${id}` }
  const accounts = await app.sql(`select native_identity as name, disabled from account where source_id = $1`, [id])
  for (const { name, disabled } of accounts)
    target.accounts.set(String(name), { nativeIdentity: String(name), name: String(name), disabled: disabled === true, values: {} })
  app.startWorker({ scim: target })
})
afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What the organisation says of a person changes by an import, as it does in life. */
async function becomes(alias: string, status: 'ACTIVE' | 'INACTIVE'): Promise<void> {
  const file = join(folder, 'identities.csv')
  const [header = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
  const at = header.split(',').indexOf('status')
  const changed = lines.map((line) => {
    const cells = line.split(',')
    if (cells.includes(alias)) cells[at] = status
    return cells.join(',')
  })
  writeFileSync(file, `${[header, ...changed].join('\n')}\n`)
  const result = await importOrganisation(app.app, { files: (await openOrganisation(folder)).files })
  expect(result.ok).toBe(true)
}

const leavers = (disableAccounts: boolean) => app.call('admin', 'PUT', `${source.path}/leavers`, { disableAccounts })
const health = async () => (await app.call('admin', 'GET', source.path)).json
const isOut = (name: string) => target.accounts.get(name)?.disabled
const records = (name: string) =>
  app.sql(`select action from audit_event where action like 'ACCOUNT\\_%' and canonical::jsonb -> 'target' ->> 'name' = $1 order by id`, [
    name,
  ])
const known = async (name: string) =>
  (await app.sql('select disabled from account where source_id = $1 and native_identity = $2', [source.id, name]))[0]?.['disabled']
const settled = () =>
  app.until(async () => (await app.sql(`select 1 from account_switch where state in ('INTENDED', 'SENT')`)).length === 0)

test('nothing happens to accounts of people who leave unless the source wants it', async () => {
  await becomes('emp.bob', 'INACTIVE')
  expect(await app.sql('select 1 from account_switch')).toEqual([])
  expect(await health()).toMatchObject({ disablesLeavers: false, switches: [] })
})

test('once it does, those who have left are disabled, read back and on record; nobody else is', async () => {
  expect((await leavers(true)).json).toMatchObject({ disablesLeavers: true })
  await app.until(async () => isOut('emp.bob'))
  await settled()
  expect(await known('emp.bob')).toBe(true)
  expect(await records('emp.bob')).toEqual([{ action: 'ACCOUNT_DISABLED' }])
  const active = await app.sql(
    `select c.native_identity as name from account c join identity i on i.id = c.identity_id where c.source_id = $1 and i.status = 'ACTIVE' and not c.disabled`,
    [source.id],
  )
  expect(active.length).toBeGreaterThan(3)
  expect(active.filter(({ name }) => isOut(String(name)))).toEqual([])
})

test('who leaves later is disabled by the import that says so, once the target is well; who returns is enabled again', async () => {
  target.failNext(1, new TargetError('busy', 'later', 1), ['disableAccount'])
  await becomes('maya.stone', 'INACTIVE')
  await app.until(async () => isOut('maya.stone'))
  await settled()
  await becomes('maya.stone', 'ACTIVE')
  await app.until(async () => isOut('maya.stone') === false)
  await settled()
  expect(await known('maya.stone')).toBe(false)
  expect((await records('maya.stone')).map(({ action }) => action)).toEqual(['ACCOUNT_DISABLED', 'ACCOUNT_ENABLED'])
})

test('a file that still tells of the accounts as they were changes nothing at the target, and nothing is recorded twice', async () => {
  const before = target.writes.length
  await becomes('emp.bob', 'INACTIVE')
  await settled()
  expect(isOut('emp.bob')).toBe(true)
  expect(target.writes.length).toBe(before)
  expect(await records('emp.bob')).toEqual([{ action: 'ACCOUNT_DISABLED' }])
})

test('an account that somebody else disabled stays disabled when its owner returns, and one of nobody is left alone', async () => {
  await becomes('hugo.lind', 'INACTIVE')
  await app.until(async () => isOut('hugo.lind'))
  await settled()
  await app.sql(`update account set switched_off = false where native_identity = 'hugo.lind' and source_id = $1`, [source.id])
  await becomes('hugo.lind', 'ACTIVE')
  await app.sql(
    `insert into account (id, source_id, native_identity, name, created_at, modified_at) values ('robot', $1, 'robot', 'robot', now(), now())`,
    [source.id],
  )
  await leavers(true)
  await settled()
  expect([isOut('hugo.lind'), isOut('robot')]).toEqual([true, undefined])
  expect(target.writes.filter(({ nativeIdentity }) => nativeIdentity === 'robot')).toEqual([])
})

test('what a target refuses is listed with its words until it is tried again with success', async () => {
  target.failNext(1, new TargetError('refused', 'the last administrator cannot be disabled'), ['disableAccount'])
  await becomes('kim.tran', 'INACTIVE')
  const failed = { nativeIdentity: 'kim.tran', to: 'DISABLED', state: 'FAILED', error: 'the last administrator cannot be disabled' }
  const told = await app.until(async () => {
    const row = await health()
    // Those that were given up come first; others may be under way.
    return row.switches[0]?.state === 'FAILED' && row
  })
  expect(told.switches[0]).toEqual(failed)
  expect(told.lastError).toMatchObject({ text: failed.error })
  expect((await records('kim.tran')).map(({ action }) => action)).toEqual(['ACCOUNT_DISABLE_FAILED'])
  const retried = await app.call('admin', 'POST', `${source.path}/retry`)
  expect(retried.json.retried).toHaveLength(1)
  await app.until(async () => isOut('kim.tran'))
})

test('who returns while disabling them failed is let in: what may have been done is turned round', async () => {
  target.failNext(1, new TargetError('refused', 'done and denied'), ['disableAccount'])
  await becomes('grace.obi', 'INACTIVE')
  await app.until(async () => (await health()).switches.some((one: { state: string }) => one.state === 'FAILED'))
  const account = target.accounts.get('grace.obi')
  if (account) account.disabled = true
  await becomes('grace.obi', 'ACTIVE')
  await app.until(async () => isOut('grace.obi') === false)
  await settled()
  expect((await health()).switches).toEqual([])
})

test('a source whose work is done by hand refuses it', async () => {
  const [byHand] = await app.sql('select id from source where connector is null order by id limit 1')
  const answer = await app.call('admin', 'PUT', `/countersign/v1/sources/${byHand?.['id']}/leavers`, { disableAccounts: true })
  expect([answer.status, answer.json.messages[0].text]).toEqual([
    400,
    expect.stringMatching(/^disableAccounts: needs a source with a connector/),
  ])
})
