import { describe, expect, test } from 'vitest'
import { base, openImportHouse, people } from '../support/import-house.ts'

const { folderOf, importing, rows, runOn } = openImportHouse()

describe('what is found on an account', () => {
  const assignments = () =>
    rows(`select i.alias, a.origin, a.state, e.value from assignment a join identity i on i.id = a.identity_id
      join access_item e on e.id = a.item_id order by a.created_at, i.alias`)

  test('is an imported assignment of its person, and only a fact where there is no person', async () => {
    await importing(base)
    expect(await rows('select 1 from access_grant where present')).toHaveLength(2)
    expect(await assignments()).toEqual([{ alias: 'ben', origin: 'IMPORTED', state: 'ACTIVE', value: 'red' }])
  })

  test('becomes an assignment when the account is given to somebody, and goes with it to the next person', async () => {
    await importing(base)
    await importing({ accounts: ['source,nativeIdentity,identityAlias', 'Directory,uid=robot,cem'] })
    expect((await assignments()).map((a) => a['alias'])).toEqual(['ben', 'cem'])
    await importing({ accounts: ['source,nativeIdentity,identityAlias', 'Directory,uid=robot,ann'] })
    expect((await assignments()).map((a) => a['alias'])).toEqual(['ben', 'ann'])
    await importing({ accounts: ['source,nativeIdentity,identityAlias', 'Directory,uid=robot,'] })
    expect((await assignments()).map((a) => [a['alias'], a['state']])).toEqual([
      ['ben', 'ACTIVE'],
      ['ann', 'ENDED'],
    ])
  })

  test.each([
    ['PENDING', '0/1/1'],
    ['ACTIVE', '0/1/1'],
    ['ENDING', '0/1/1'],
  ])('is no second assignment while one that is %s needs it', async (state, counts) => {
    await importing(base)
    await rows(`update assignment set origin = 'REQUESTED', state = $1`, [state])
    await rows(`update access_grant set present = false where account_id in (select id from account where identity_id is not null)`)
    const run = await importing(base)
    expect(run.counts['holdings']).toBe(counts)
    expect(await assignments()).toMatchObject([{ origin: 'REQUESTED', state }])
    expect(await rows('select 1 from access_grant where not present')).toEqual([])
  })

  test('is not brought back by a file where the target was asked, and did not have it any more', async () => {
    await importing(base)
    await rows(`update source set connector = 'scim'`)
    await rows(`update assignment set state = 'ENDED'`)
    await rows(`update access_grant set present = false`)
    expect((await importing(base)).counts['holdings']).toBe('0/0/2')
    expect((await assignments()).map((a) => a['state'])).toEqual(['ENDED'])
    expect(await rows('select 1 from access_grant where present')).toEqual([])
  })

  test('is an assignment again after the last one ended', async () => {
    await importing(base)
    await rows(`update assignment set state = 'ENDED'`)
    expect((await importing(base)).counts['holdings']).toBe('0/1/1')
    expect((await assignments()).map((a) => a['state']).sort()).toEqual(['ACTIVE', 'ENDED'])
  })
})

describe('a second import', () => {
  test('finds a person again by alias in any case, changes what differs and touches nothing else', async () => {
    await importing(base)
    const before = await rows<{ id: string; alias: string; modified_at: Date }>(
      'select id, alias, modified_at from identity order by alias',
    )
    const run = await importing({ identities: ['alias,name,managerAlias', 'ann,Ann Ash,', 'BEN,Benno Birch,ann', 'dee,Dee Dogwood,ben'] })
    expect(run.counts['identities']).toBe('1/1/1')
    const after = await rows<{ id: string; alias: string; name: string; modified_at: Date }>('select * from identity order by lower(alias)')
    expect(after.map((i) => [i.alias, i.name])).toEqual([
      ['ann', 'Ann Ash'],
      ['BEN', 'Benno Birch'],
      ['cem', 'Cem Cedar'],
      ['dee', 'Dee Dogwood'],
    ])
    expect(after[1]?.id).toBe(before[1]?.id)
    expect(after.map((i) => i.modified_at.getTime() === before.find((b) => b.id === i.id)?.modified_at.getTime())).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  test('renames by id, and later lines and files know the new name and not the old one', async () => {
    await importing({ identities: ['id,alias,name', 'p1,ann,Ann Ash'], sources: ['id,name,ownerAlias', 's1,Directory,ann'] })
    await importing({
      identities: ['id,alias,name,managerAlias', 'p1,anna,Anna Ash,', ',ben,Ben Birch,anna'],
      sources: ['id,name,ownerAlias', 's1,LDAP,anna'],
    })
    expect(await rows('select id, alias from identity where id = $1', ['p1'])).toEqual([{ id: 'p1', alias: 'anna' }])
    expect(await rows('select name from source')).toEqual([{ name: 'LDAP' }])
    const old = await runOn(folderOf({ identities: ['id,alias,name,managerAlias', 'p1,annie,Anna Ash,', ',cem,Cem Cedar,anna'] }))
    expect(old.errors[0]).toBe('identities.csv:3 managerAlias: there is no identity "anna".')
  })

  test('keeps what a file without the column says nothing about, and empties what an empty cell empties', async () => {
    await importing({ identities: ['alias,name,email,department,admin', 'ann,Ann Ash,ann@example.com,Sales,true'] })
    await importing({ identities: ['alias,name,email', 'ann,Ann Ash,'] })
    expect(await rows('select email, department, is_admin from identity')).toEqual([{ email: null, department: 'Sales', is_admin: true }])
  })

  test('replaces lists, and counts a changed list as a change of its owner', async () => {
    await importing({ identities: people, 'governance-groups': ['name,members', 'Board,ann|ben', 'Club,ann'] })
    const run = await importing({ 'governance-groups': ['name,members', 'board,ben|cem', 'Club,ann'] })
    expect(run.counts['governance-groups']).toBe('0/1/1')
    const members = await rows(`select i.alias from governance_group_member m join identity i on i.id = m.identity_id
      join governance_group g on g.id = m.group_id where lower(g.name) = 'board' order by 1`)
    expect(members.map((m) => m['alias'])).toEqual(['ben', 'cem'])
  })

  test('replaces the profiles of a role and leaves its entitlements when only the profiles are given', async () => {
    const profiles = ['name,source,ownerAlias', 'One,Directory,ann', 'Two,Directory,ann']
    await importing({
      ...base,
      'access-profiles': profiles,
      roles: ['name,ownerAlias,accessProfiles,entitlements', 'R,ann,One,Directory/groups=red'],
    })
    await importing({ roles: ['name,ownerAlias,accessProfiles', 'R,ann,Two'] })
    const parts = await rows(`select p.name from access_item_part ap join access_item p on p.id = ap.part_id order by 1`)
    expect(parts.map((p) => p['name'])).toEqual(['Two', 'red'])
  })

  test('that two start at once waits for the other, and both succeed', async () => {
    const folder = folderOf(base)
    const [one, two] = await Promise.all([runOn(folder), runOn(folder)])
    expect([one.code, two.code]).toEqual([0, 0])
    expect([one.counts['holdings'], two.counts['holdings']].sort()).toEqual(['0/0/2', '2/0/0'])
  })
})

test('whoever holds a profile or a role around it is to follow what a file changes of it, and nobody else is', async () => {
  await importing({
    ...base,
    'access-profiles': ['name,ownerAlias,source,entitlements', 'One,ann,Directory,groups=red', 'Two,ann,Directory,groups=red'],
    roles: ['name,ownerAlias,accessProfiles', 'R,ann,One'],
  })
  expect(await rows('select 1 from assignment_change')).toEqual([])
  for (const name of ['One', 'Two', 'R'])
    await rows(
      `insert into assignment (id, identity_id, item_type, item_id, origin, state, created_at, modified_at)
      select 'of ' || i.name, p.id, i.type, i.id, 'REQUESTED', 'ACTIVE', now(), now() from access_item i, identity p where i.name = $1 and p.alias = 'ben'`,
      [name],
    )
  const changes = () =>
    rows(
      `select c.assignment_id as of, e.value, c.comes from assignment_change c join access_item e on e.id = c.entitlement_id order by 1, 2`,
    )
  const profiles = (entitlements: string) => ['name,ownerAlias,source,entitlements', `One,ann,Directory,${entitlements}`]
  await importing({ 'access-profiles': profiles('groups=red') })
  expect(await changes()).toEqual([])
  await importing({ 'access-profiles': profiles('groups=blue') })
  const expected = ['of One', 'of R'].flatMap((of) => [
    { of, value: 'blue', comes: true },
    { of, value: 'red', comes: false },
  ])
  expect(await changes()).toEqual(expected)
  // Brought back before anybody followed it: what is to go stays, what was to come goes.
  await importing({ 'access-profiles': profiles('groups=red') })
  expect(await changes()).toEqual(expected.map((one) => ({ ...one, comes: !one.comes })))
})

describe('memberships', () => {
  const roles = ['name,ownerAlias,entitlements', 'Painter,ann,Directory/groups=red', 'Empty,ann,']
  const memberships = (...lines: string[]) => ['identityAlias,type,item,origin', ...lines]
  const live = () =>
    rows(`select i.alias, e.name, a.origin from assignment a join identity i on i.id = a.identity_id join access_item e on e.id = a.item_id
      where a.item_type = 'ROLE' and a.state = 'ACTIVE' and a.end_at is null order by 1, 2`)

  test('are known again by person and item, and the command says how many have ended', async () => {
    const both = memberships('ben,ROLE,Painter,ROLE_MEMBERSHIP', 'cem,ROLE,Empty,BIRTHRIGHT')
    expect((await importing({ ...base, roles, memberships: both })).counts['memberships']).toBe('2/0/0')
    const again = await importing({ memberships: both })
    expect(again.counts['memberships']).toBe('0/0/2')
    expect(again.out.join('\n')).not.toContain('end')
    const less = await importing({ memberships: memberships('BEN,ROLE,painter,BIRTHRIGHT') })
    expect(less.counts['memberships']).toBe('0/1/0')
    expect(less.out.at(-1)).toBe('1 thing ends: it was named in memberships.csv before, and no longer.')
    expect(await live()).toEqual([{ alias: 'ben', name: 'Painter', origin: 'BIRTHRIGHT' }])
  })

  test('that come back before their end was seen to go on, and an import without the file leaves them alone', async () => {
    const one = memberships('ben,ROLE,Painter,ROLE_MEMBERSHIP')
    await importing({ ...base, roles, memberships: one })
    await importing({ memberships: memberships() })
    expect(await live()).toEqual([])
    expect((await importing({ memberships: one })).counts['memberships']).toBe('0/1/0')
    await importing(base)
    expect(await live()).toEqual([{ alias: 'ben', name: 'Painter', origin: 'ROLE_MEMBERSHIP' }])
    expect(await rows(`select 1 from assignment where item_type = 'ROLE'`)).toHaveLength(1)
  })

  test('take what the same import found on an account for their own, and leave the rest imported', async () => {
    const holdings = [...(base['holdings'] as string[]), 'Directory,uid=ben,groups,blue']
    await importing({ ...base, roles, holdings, memberships: memberships('ben,ROLE,Painter,ROLE_MEMBERSHIP') })
    expect(await rows(`select e.value from assignment a join access_item e on e.id = a.item_id where a.origin = 'IMPORTED'`)).toEqual([
      { value: 'blue' },
    ])
  })
})
