import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { base, openImportHouse, people, root, type Texts } from '../support/import-house.ts'

const { countAll, folderOf, importing, rows, runOn } = openImportHouse()

describe('a file', () => {
  test('may have quotes, commas, lines and bars in its cells, a byte order mark, CRLF and empty lines', async () => {
    const text = '\ufeffalias,name,department\r\nann,"Ann ""Ash"", née Elm","two\r\nlines"\r\n\r\nben,Ben,a|b\n'
    await importing({ identities: text })
    expect((await rows('select alias, name, department from identity order by alias')).map(Object.values)).toEqual([
      ['ann', 'Ann "Ash", née Elm', 'two\r\nlines'],
      ['ben', 'Ben', 'a|b'],
    ])
  })

  test('is counted by the lines of the file, also after a cell of two lines', async () => {
    const run = await runOn(folderOf({ identities: 'alias,name,status\nann,"Ann\nAsh",ACTIVE\n\nben,Ben,GONE\n' }))
    expect(run.errors[0]).toBe('identities.csv:5 status: must be ACTIVE or INACTIVE, not "GONE".')
  })

  test('that nobody knows is refused with the names of those that are', async () => {
    const run = await runOn(folderOf({ identities: people, people }))
    expect(run.code).toBe(1)
    expect(run.errors).toEqual([
      expect.stringMatching(/^people\.csv: there is no such file; an organisation may have identities\.csv, .*memberships\.csv\.$/),
    ])
  })

  test('must be there: a folder without one, or no folder, is refused', async () => {
    expect(await runOn(folderOf({}))).toMatchObject({ code: 1, errors: [expect.stringContaining('has no CSV file')] })
    expect(await runOn(join(root, 'nowhere'))).toMatchObject({ code: 1, errors: [expect.stringContaining('cannot be read')] })
  })
})

/** One of every fault that a row can have by itself or beside the others. */
const everyFault: Texts = {
  identities: [
    'alias,name,managerAlias,status,admin,id',
    'ann,Ann,,ACTIVE,false,p1',
    ',Nameless,,ACTIVE,false,',
    'ben,,nobody,GONE,maybe,p1',
    'ANN,Ann again,,ACTIVE,false,',
    'cut,short',
    'quo"te,Quentin,,ACTIVE,false,',
  ],
  sources: ['name,ownerAlias', 'Directory,ann', 'Ownerless,', 'directory,zoe'],
  entitlements: [
    'source,attribute,value,grantApproval,maxDuration,requestable',
    'Directory,groups,red,GOVERNANCE_GROUP:Nobodies,3 YEARS,true',
    'Nowhere,groups,blue,BOSS,,true',
    'Directory,groups,red,,,',
    'Directory,,x,,,',
  ],
  'governance-groups': ['name,members', 'Board,ann|zoe|ann', 'Empty,ann||'],
  'access-profiles': [
    'name,source,ownerAlias,entitlements',
    'Colours,Directory,ann,groups=green|groups',
    'Shades,Directory,ann,groups=green',
  ],
  roles: ['name,ownerAlias,accessProfiles,entitlements', 'Painter,ann,Shapes,Nowhere/groups=red|Directory/groups=pink'],
  applications: ['name,source,accessProfiles', 'Shop,Nowhere,Shapes'],
  accounts: [
    'source,nativeIdentity,identityAlias,disabled',
    'Directory,uid=ann,ann,false',
    'Directory,uid=ann,ben,false',
    'Directory,uid=zoe,zoe,perhaps',
    'Nowhere,uid=x,ann,false',
  ],
  holdings: [
    'source,nativeIdentity,attribute,value',
    'Directory,uid=ann,groups,red',
    'Directory,uid=ann,groups,red',
    'Directory,uid=gone,groups,violet',
    'Nowhere,uid=ann,groups,red',
    'Directory,,groups,red',
  ],
}

describe('a bad row', () => {
  async function refused(texts: Texts): Promise<string[]> {
    const before = await countAll()
    const run = await runOn(folderOf(texts))
    expect(run.code).toBe(1)
    expect(await countAll()).toEqual(before)
    expect(run.errors.at(-1)).toMatch(/^Nothing was imported: [\d,]+ things? (is|are) wrong\.$/)
    return run.errors.slice(0, -1)
  }

  test('of any kind is reported with file, line, column and reason, all at once, and nothing is imported', async () => {
    expect(await refused(everyFault)).toEqual([
      'access-profiles.csv:2 entitlements: "groups" must be attribute=value.',
      'access-profiles.csv:3 entitlements: there is no entitlement "groups=green" in source "Directory".',
      'accounts.csv:3 nativeIdentity: line 2 is about the same account.',
      'accounts.csv:4 disabled: must be true or false, not "perhaps".',
      'accounts.csv:4 identityAlias: there is no identity "zoe".',
      'accounts.csv:5 source: there is no source "Nowhere".',
      'applications.csv:2 accessProfiles: there is no access profile "Shapes".',
      'applications.csv:2 source: there is no source "Nowhere".',
      'entitlements.csv:2 grantApproval: there is no governance group "Nobodies".',
      'entitlements.csv:2 maxDuration: must be a number and HOURS, DAYS, WEEKS or MONTHS (30 DAYS), not "3 YEARS".',
      expect.stringMatching(/^entitlements\.csv:3 grantApproval: "BOSS" is no approval step; known are MANAGER, .*NONE\.$/),
      'entitlements.csv:3 source: there is no source "Nowhere".',
      'entitlements.csv:4 value: line 2 is about the same entitlement.',
      'entitlements.csv:5 attribute: must not be empty.',
      'governance-groups.csv:2 members: names "ann" twice.',
      'governance-groups.csv:2 members: there is no identity "zoe".',
      'governance-groups.csv:3 members: has an empty entry.',
      'holdings.csv:3 value: line 2 says the same.',
      'holdings.csv:4 nativeIdentity: there is no account "uid=gone" in source "Directory".',
      'holdings.csv:4 value: there is no entitlement "groups=violet" in source "Directory".',
      'holdings.csv:5 source: there is no source "Nowhere".',
      'holdings.csv:6 nativeIdentity: must not be empty.',
      'identities.csv:3 alias: must not be empty.',
      'identities.csv:4 admin: must be true or false, not "maybe".',
      'identities.csv:4 id: is the id of line 2 too.',
      'identities.csv:4 managerAlias: there is no identity "nobody".',
      'identities.csv:4 name: must not be empty.',
      'identities.csv:4 status: must be ACTIVE or INACTIVE, not "GONE".',
      'identities.csv:5 alias: line 2 is about the same identity.',
      'identities.csv:6: has 2 cells where the header has 6.',
      'identities.csv:7 alias: has a quote in the wrong place; a cell with quotes stands in quotes, and each is doubled.',
      'roles.csv:2 accessProfiles: there is no access profile "Shapes".',
      'roles.csv:2 entitlements: there is no entitlement "groups=pink" in source "Directory".',
      'roles.csv:2 entitlements: there is no source "Nowhere".',
      'sources.csv:3 ownerAlias: must not be empty.',
      'sources.csv:4 name: line 2 is about the same source.',
      'sources.csv:4 ownerAlias: there is no identity "zoe".',
    ])
  })

  test('may be the header: unknown, missing and repeated columns, and an empty file', async () => {
    expect(
      await refused({ identities: ['alias,nickname,alias', 'ann,Annie,bob'], sources: '', accounts: 'source,nativeIdentity\n' }),
    ).toEqual([
      'identities.csv:1 alias: the column is there twice.',
      'identities.csv:1 name: the column is missing.',
      expect.stringMatching(/^identities\.csv:1 nickname: there is no such column; the file may have alias, name, id, .*admin\.$/),
      'sources.csv:1: the file is empty; its first line must name the columns.',
    ])
  })

  test('with a quote that is never closed ends its file, and nothing is called missing that may stand behind it', async () => {
    const errors = await refused({ ...base, identities: ['alias,name', 'ann,Ann', 'ben,"Ben', 'cem,Cem'] })
    expect(errors).toEqual([
      expect.stringMatching(/^identities\.csv:3: a quote is opened and never closed; the file was not read from here on/),
    ])
  })

  test('that takes the name, the id or the place of something stored is refused', async () => {
    await importing({
      identities: ['id,alias,name', 'p1,ann,Ann', 'p2,ben,Ben'],
      sources: ['id,name,ownerAlias', 's1,One,ann', 's2,Two,ann'],
      entitlements: ['id,source,attribute,value', 'e1,One,groups,red'],
      roles: ['id,name,ownerAlias', 'r1,Painter,ann'],
      accounts: ['id,source,nativeIdentity', 'a1,One,uid=x', 'a2,One,uid=y'],
    })
    const errors = await refused({
      identities: ['id,alias,name', 'p1,BEN,Ann', 'p1,ann,Ann'],
      entitlements: ['id,source,attribute,value', 'e1,Two,groups,red', 'e9,One,groups,red', 'new,One,groups,new'],
      'access-profiles': ['id,name,source,ownerAlias', 'r1,Colours,One,ann', 'new,Shades,One,ann'],
      accounts: ['id,source,nativeIdentity', 'a1,One,uid=y', 'a2,Two,uid=y'],
    })
    expect(errors).toEqual([
      'access-profiles.csv:2 id: is the id of something else: role "Painter".',
      'access-profiles.csv:3 id: is the id of line 4 in entitlements.csv too.',
      'accounts.csv:2 nativeIdentity: belongs to the account with id a2 already.',
      'accounts.csv:3 source: the account with id a2 is of another source and cannot move.',
      'entitlements.csv:2 source: the entitlement with id e1 is of another source and cannot move.',
      'entitlements.csv:3 value: belongs to the entitlement with id e1 already.',
      'identities.csv:2 alias: belongs to the identity with id p2 already.',
      'identities.csv:3 id: is the id of line 2 too.',
    ])
  })

  test('that names a stored person by alias, whom another row names by id, is refused', async () => {
    await importing({ identities: ['id,alias,name', 'p1,ann,Ann'] })
    const errors = await refused({ identities: ['id,alias,name', 'p1,anna,Anna', ',ann,Ann'] })
    expect(errors).toEqual(['identities.csv:3 alias: line 2 is about the same identity, by its id.'])
  })

  test('is one of the first 10,000 that are told; the others are counted', async () => {
    const lines = Array.from({ length: 10_050 }, (_, n) => `user${n},`)
    const errors = await refused({ identities: ['alias,name', ...lines] })
    expect(errors).toHaveLength(10_001)
    expect(errors[9_999]).toBe('identities.csv:10001 name: must not be empty.')
    expect(errors[10_000]).toBe('… and 50 more.')
  })

  test('that is repeated by every other row costs no more than any other', async () => {
    const same = Array.from({ length: 5_000 }, () => 'ann,Ann,ann')
    const errors = await refused({
      identities: ['alias,name,managerAlias', ...same],
      sources: ['name,ownerAlias', ...same.map((_, n) => `S${n},ann`)],
    })
    expect(errors).toHaveLength(4_999)
  })
})
