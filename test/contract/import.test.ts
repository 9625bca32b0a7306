import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../src/domain/audit.ts'
import { generateOrganisation } from '../support/generate-organisation.ts'
import { base, linesOf, openImportHouse, people, root } from '../support/import-house.ts'

const house = openImportHouse()
const { countAll, folderOf, importing, rows, runOn } = house

/** Everything an import writes, but for the record of it. */
async function contents(): Promise<string> {
  const tables = Object.keys(await countAll()).filter((name) => name !== 'audit_event')
  const all: Record<string, unknown> = {}
  for (const name of tables) all[name] = await rows(`select t::text from ${name} t order by 1`)
  return JSON.stringify(all)
}

describe('an organisation', () => {
  const realFolders = ['domino', 'apj'].map((name) => [name, join(root, '../shared/data', name)] as const)

  for (const [name, folder] of [['demo', join(root, 'demo/organisation')] as const, ...realFolders]) {
    // The real ones lie beside the repository and not in it: without them the rest can be run, but a build must have them.
    test.skipIf(!existsSync(folder) && !process.env['CI'])(
      `${name} is imported line for line, and importing it again changes nothing and keeps its ids`,
      async () => {
        const run = await runOn(folder)
        expect(run.errors).toEqual([])
        expect(run.code).toBe(0)
        for (const file of readdirSync(folder)) {
          expect([file, run.counts[file.replace('.csv', '')]]).toEqual([file, `${linesOf(folder, file).length}/0/0`])
        }
        await countBack(folder)
        const before = await contents()
        const again = await runOn(folder)
        for (const [file, count] of Object.entries(again.counts))
          expect([file, count]).toEqual([file, expect.stringMatching(/^0\/0\/\d+$/)])
        expect(await contents()).toBe(before)
      },
    )
  }

  async function countBack(folder: string): Promise<void> {
    const lines = (name: string) => linesOf(folder, name)
    const owned = new Set(lines('accounts.csv').flatMap((a) => (a['identityAlias'] ? [`${a['source']} ${a['nativeIdentity']}`] : [])))
    const held = lines('holdings.csv')
    const counts = await countAll()
    expect(counts).toMatchObject({
      identity: lines('identities.csv').length,
      source: lines('sources.csv').length,
      account: lines('accounts.csv').length,
      access_item: ['entitlements.csv', 'access-profiles.csv', 'roles.csv'].reduce((sum, name) => sum + lines(name).length, 0),
      access_grant: held.length,
      assignment: held.filter((h) => owned.has(`${h['source']} ${h['nativeIdentity']}`)).length,
      audit_event: readdirSync(folder).length,
    })
    expect(counts['assignment_grant']).toBe(counts['assignment'])
    const back = await rows(`
      select s.name as source, a.native_identity as "nativeIdentity", e.attribute, e.value
      from access_grant g join account a on a.id = g.account_id join access_item e on e.id = g.entitlement_id join source s on s.id = e.source_id
      where g.present and a.source_id = e.source_id`)
    const texts = (all: object[]) => all.map((row) => JSON.stringify(row)).sort()
    expect(texts(back)).toEqual(texts(held))
  }

  test('brings managers, groups, parts, owners and approval schemes with it', async () => {
    await importing({
      ...base,
      'governance-groups': ['name,ownerAlias,members', 'Board > Council,ann,ann|cem'],
      'access-profiles': [
        'name,source,ownerAlias,entitlements,grantApproval',
        'Colours,Directory,ann,groups=red|groups=blue,MANAGER > SOURCE_OWNER',
      ],
      roles: [
        'name,ownerAlias,accessProfiles,entitlements,additionalOwners,additionalGroups,grantApproval,revokeApproval,maxDuration',
        'Painter,ann,colours,directory/groups=red,cem|ben,Board > Council,GOVERNANCE_GROUP:board \\> council,,2 WEEKS',
      ],
      applications: ['name,source,accessProfiles', 'Paint Shop,Directory,Colours'],
    })
    const [role] = await rows<{ id: string; parts: string[]; owners: string[]; groups: string[]; config: object }>(`
      select id, request_config as config,
        (select array_agg(p.name order by p.name) from access_item_part ap join access_item p on p.id = ap.part_id where ap.whole_id = r.id) as parts,
        (select array_agg(i.alias order by o.n) from unnest(r.additional_owner_ids) with ordinality o (id, n) join identity i on i.id = o.id) as owners,
        r.additional_group_ids as groups
      from access_item r where type = 'ROLE'`)
    const [group] = await rows<{ id: string; members: string[] }>(`
      select g.id, (select array_agg(i.alias order by i.alias) from governance_group_member m join identity i on i.id = m.identity_id
        where m.group_id = g.id) as members from governance_group g`)
    expect(group?.members).toEqual(['ann', 'cem'])
    expect(role).toMatchObject({ parts: ['Colours', 'red'], owners: ['cem', 'ben'], groups: [group?.id] })
    expect(role?.config).toEqual({
      grant: {
        steps: [{ kind: 'GOVERNANCE_GROUP', groupId: group?.id }],
        commentRequired: false,
        denialCommentRequired: false,
        reauthorizationRequired: false,
        endDateRequired: false,
        maxDuration: { value: 2, unit: 'WEEKS' },
      },
      revoke: expect.objectContaining({ steps: [], maxDuration: null }),
    })
    const managers = await rows('select i.alias, m.alias as manager from identity i left join identity m on m.id = i.manager_id order by 1')
    expect(managers.map(Object.values)).toEqual([
      ['ann', null],
      ['ben', 'ann'],
      ['cem', 'ann'],
    ])
    expect(await rows('select 1 from application_access_profile')).toHaveLength(1)
  })

  test('leaves a record of every file: its hash and what came of it', async () => {
    const folder = folderOf({ identities: people })
    await runOn(folder)
    const [event] = await rows<{ action: string; canonical: string }>('select action, canonical from audit_event')
    const { actor, details } = JSON.parse(event?.canonical ?? '')
    const sha256 = createHash('sha256')
      .update(readFileSync(join(folder, 'identities.csv')))
      .digest('hex')
    expect([event?.action, actor.name]).toEqual(['ORGANISATION_IMPORTED', 'countersign import'])
    expect(canonicalJson(details)).toBe(canonicalJson({ file: 'identities.csv', sha256, rows: 3, created: 3, updated: 0, unchanged: 0 }))
  })
})

describe('a long import', () => {
  /** Of a process that imports the folder into this test's schema, with as much heap as given. */
  async function importAlone(folder: string, heapMb: number): Promise<{ code: number | null; out: string; peakMb: number }> {
    const script = fileURLToPath(new URL('../support/run-import.ts', import.meta.url))
    const child = spawn(process.execPath, [`--max-old-space-size=${heapMb}`, '--import', 'tsx', script, house.url, house.schema, folder], {
      cwd: root,
    })
    let out = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += chunk))
    const code = await new Promise<number | null>((closed) => child.once('close', closed))
    return { code, out, peakMb: Number(/peak (\d+) MB/.exec(out)?.[1]) }
  }

  test('of 200,000 holdings says how far it is, and lives in a heap in which they would not fit', { timeout: 120_000 }, async () => {
    const folder = folderOf({})
    generateOrganisation(folder, { identities: 2_000, entitlements: 1_000, holdings: 200_000, sources: 1 })
    const { code, out, peakMb } = await importAlone(folder, 40)
    expect(out).toContain('holdings.csv')
    expect(code).toBe(0)
    expect(out).toMatch(/\d+ s: (reading|checking|writing) holdings\.csv, (line )?\d/)
    expect(out).toMatch(/holdings\.csv +200,000 +200,000 +0 +0/)
    expect((await countAll())['assignment']).toBe(200_000)
    expect(peakMb).toBeLessThan(300)
  })
})

describe('the demo organisation', () => {
  const folder = join(root, 'demo/organisation')

  test('is the same as what the demo target begins with', () => {
    const seed = JSON.parse(readFileSync(join(root, 'demo/scim-target-seed.json'), 'utf8')) as {
      users: { userName: string; displayName: string; active: boolean }[]
      groups: { displayName: string; members: string[] }[]
    }
    const here = (name: string) => linesOf(folder, name).filter((line) => line['source'] === 'Corporate Directory')
    const users = here('accounts.csv').map((a) => ({
      userName: a['nativeIdentity'],
      displayName: a['name'],
      active: a['disabled'] !== 'true',
    }))
    expect(seed.users.map(({ userName, displayName, active }) => ({ userName, displayName, active }))).toEqual(users)
    const groups = here('entitlements.csv').map((e) => ({
      displayName: e['value'],
      members: here('holdings.csv').flatMap((h) => (h['value'] === e['value'] ? [h['nativeIdentity']] : [])),
    }))
    expect(seed.groups).toEqual(groups)
  })

  test('has the people and items that its guide speaks of', async () => {
    await runOn(folder)
    const reports = await rows(
      `select i.alias from identity i join identity m on m.id = i.manager_id where m.alias = 'mgr.one' and i.status = 'ACTIVE'`,
    )
    expect(reports.map((r) => r['alias'])).toEqual(expect.arrayContaining(['emp.alice', 'emp.bob', 'emp.carol']))
    const admins = await rows(`select alias, (select count(*)::int from identity r where r.manager_id = i.id) as reports,
      (select count(*)::int from access_item a where a.owner_id = i.id and a.requestable) as items from identity i where is_admin order by 1`)
    expect(admins).toEqual([
      { alias: 'admin', reports: 0, items: 0 },
      { alias: 'admin.two', reports: 0, items: 0 },
    ])
    const items = await rows<{ name: string; steps: number }>(`
      select name, jsonb_array_length(request_config -> 'grant' -> 'steps') as steps from access_item
      where requestable and enabled and (type, name) in (('ROLE', 'Finance Analyst'), ('ROLE', 'Auditor'), ('ACCESS_PROFILE', 'GitHub Developers'),
        ('ACCESS_PROFILE', 'VPN Access'), ('ACCESS_PROFILE', 'Server Room Badge'), ('ENTITLEMENT', 'CN=Reports,OU=Groups')) order by name`)
    expect(items).toHaveLength(6)
    for (const item of items) expect([item.name, item.steps > 0]).toEqual([item.name, true])
    const carol = await rows(`select 1 from account a join identity i on i.id = a.identity_id join source s on s.id = a.source_id
      where i.alias = 'emp.carol' and s.name = 'Corporate Directory'`)
    expect(carol).toEqual([])
  })
})
