import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'

const items = '/countersign/v1/request-center/items'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())

interface Item {
  id: string
  name: string
  type: string
}

const search = async (query: string, alias = 'emp.alice') => {
  const answer = await app.call(alias, 'GET', `${items}?${query}`)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer
}
const names = async (query: string, alias?: string): Promise<string[]> => (await search(query, alias)).json.map((item: Item) => item.name)
const q = (text: string) => `q=${encodeURIComponent(text)}`

async function ask(alias: string, type: 'ROLE' | 'ACCESS_PROFILE', name: string): Promise<string> {
  const body = { requestedFor: [await app.idOf(alias)], requestedItems: [{ type, id: await app.itemId(type, name), comment: 'please' }] }
  return (await app.call(alias, 'POST', '/v2024/access-requests', body)).json.newRequests[0].accessRequestIds[0]
}

/** Part of the tenant's configuration. */
const setting = (value: object) =>
  app.sql(
    `insert into setting (key, value, modified_at) values ('access-request-config', $1, now())
      on conflict (key) do update set value = setting.value || excluded.value`,
    [value],
  )

describe('searching', () => {
  test('finds the beginnings of words, in any order and case, in name and description; names that begin so come first', async () => {
    expect(await names(q('fin'))).toEqual(['Finance Analyst', 'Finance Readers', 'Finance Reporting', 'Audit Readers'])
    expect(await names(q('READ fin'))).toEqual(['Finance Readers', 'Audit Readers', 'Finance Reporting'])
    expect(await names(q('reader'))).toEqual(['Audit Readers', 'Finance Readers', 'Ledger Readers', 'Payroll Readers'])
    expect(await names(q('eaders'))).toEqual([])
    expect(await names(q('fin xyzzy'))).toEqual([])
  })

  test.each(['%', '_', "'", '\\', "') or true --", ':*', '&', '!', '<->', 'a & | ! (b', '   ', '\u{1f4a9}'])(
    'takes %j for what it is',
    async (text) => {
      expect((await search(q(text))).status).toBe(200)
    },
  )

  test('parts names at dashes, dots, slashes and underscores', async () => {
    await app.sql(`update access_item set name = 'GRP_Reports-eu/west.read' where name = 'CN=Reports,OU=Groups'`)
    for (const text of ['rep', 'west', 'read grp', 'grp_reports', 'eu/we'])
      expect(await names(q(text)), text).toContain('GRP_Reports-eu/west.read')
    await app.sql(`update access_item set name = 'CN=Reports,OU=Groups' where name = 'GRP_Reports-eu/west.read'`)
  })

  test('without words shows everything by name, in pages that neither overlap nor leave out, with the total when asked', async () => {
    const all = await search('count=true&limit=100')
    expect(Number(all.headers['x-total-count'])).toBe(all.json.length)
    const sorted = all.json.map((item: Item) => item.name.toLowerCase())
    expect([...sorted].sort()).toEqual(sorted)
    const pages = await Promise.all([0, 5, 10, 15, 20].map((offset) => search(`limit=5&offset=${offset}`)))
    expect(pages.flatMap((page) => page.json.map((item: Item) => item.id))).toEqual(all.json.map((item: Item) => item.id))
    const some = await search(`${q('re')}&limit=2&count=true`)
    expect([some.json.length, Number(some.headers['x-total-count'])]).toEqual([2, (await search(`${q('re')}&limit=100`)).json.length])
  })

  test('shows nothing that cannot be asked for', async () => {
    expect(await names(q('all staff'))).toEqual([])
    await app.sql(`update access_item set enabled = false where name = 'Design Workspace'`)
    expect(await names(q('design work'))).toEqual([])
    await app.sql(`update access_item set enabled = true where name = 'Design Workspace'`)
    await setting({ entitlementsRequestable: false })
    expect(await names('types=ENTITLEMENT,ROLE')).toEqual(['Auditor', 'Finance Analyst', 'Payroll Clerk', 'Software Engineer'])
    expect((await app.call('emp.alice', 'GET', `${items}/${await app.itemId('ENTITLEMENT', 'VPN Users')}`)).status).toBe(404)
    await setting({ entitlementsRequestable: true })
  })

  test('is narrowed by kind, application, source, owner and privilege', async () => {
    expect(await names('types=ROLE')).toEqual(['Auditor', 'Finance Analyst', 'Payroll Clerk', 'Software Engineer'])
    expect(await names('types=ACCESS_PROFILE,ROLE&q=soft')).toEqual(['Software Engineer'])
    const choices = (await app.call('emp.alice', 'GET', '/countersign/v1/request-center/choices')).json
    const idOf = (kind: string, name: string) => choices[kind].find((one: Item) => one.name === name).id
    expect(await names(`application=${idOf('applications', 'Building')}`)).toEqual(['Laboratory Badge', 'Server Room Badge'])
    expect(await names(`source=${idOf('sources', 'Building Badges')}&types=ENTITLEMENT`)).toEqual(['Laboratory', 'Server Room'])
    expect(await names(`owner=${idOf('owners', 'Ines Falk')}`)).toEqual(['Audit Readers', 'Auditor'])
    expect(await names('privileged=true')).toContain('GitHub Admins')
    expect(await names('privileged=false&q=github')).not.toContain('GitHub Admins')
    expect((await app.call('emp.alice', 'GET', `${items}?types=BADGE`)).json.messages[0].text).toMatch(/^types: must be one or more of/)
  })

  test('the choices count what one would find', async () => {
    const choices = (await app.call('emp.alice', 'GET', '/countersign/v1/request-center/choices')).json
    const all = (await search('limit=100')).json.length
    expect(choices.types.reduce((sum: number, one: { count: number }) => sum + one.count, 0)).toBe(all)
    for (const { id, count } of choices.owners) expect(await names(`owner=${id}`)).toHaveLength(count)
    for (const { id, count } of choices.applications) expect(await names(`application=${id}`)).toHaveLength(count)
    expect(await names('privileged=true&limit=100')).toHaveLength(choices.privileged)
  })
})

describe('what is told of an item', () => {
  test('who owns it, where it is, what asking demands, and how the person stands to it', async () => {
    const [github] = (await search(`${q('github dev')}&types=ACCESS_PROFILE`, 'emp.bob')).json
    expect(github).toMatchObject({
      type: 'ACCESS_PROFILE',
      description: 'Write code with us',
      owner: { type: 'IDENTITY', name: 'Marco Tull' },
      source: { name: 'Corporate Directory' },
      applications: [{ name: 'GitHub' }],
      partCount: 1,
      standing: 'AVAILABLE',
      held: null,
      asked: null,
      requires: { comment: false, endDate: false, maxDuration: null },
    })
    expect((await search('q=server%20room&types=ACCESS_PROFILE')).json[0].requires.comment).toBe(true)
    const requestId = await ask('emp.bob', 'ACCESS_PROFILE', 'GitHub Developers')
    const [asked] = (await search(`${q('github dev')}&types=ACCESS_PROFILE`, 'emp.bob')).json
    expect([asked.standing, asked.asked.accessRequestId]).toEqual(['PENDING', requestId])
  })

  test('one looks only for what is held, asked for, or neither', async () => {
    const person = await app.idOf('emp.carol')
    await app.sql(
      `insert into assignment (id, identity_id, item_type, item_id, origin, state, created_at, modified_at, end_at)
        values ('carols', $1, 'ACCESS_PROFILE', $2, 'REQUESTED', 'ACTIVE', '2026-01-01Z', now(), '2060-01-01Z')`,
      [person, await app.itemId('ACCESS_PROFILE', 'Design Workspace')],
    )
    await ask('emp.carol', 'ACCESS_PROFILE', 'VPN Access')
    expect(await names('standing=ASSIGNED&types=ACCESS_PROFILE', 'emp.carol')).toEqual(['Design Workspace'])
    expect(await names('standing=PENDING', 'emp.carol')).toEqual(['VPN Access'])
    const free = await names('standing=AVAILABLE&types=ACCESS_PROFILE', 'emp.carol')
    expect(free).toContain('GitHub Developers')
    expect(free.filter((name) => ['Design Workspace', 'VPN Access'].includes(name))).toEqual([])
    const [held] = (await search(q('design work'), 'emp.carol')).json
    expect(held.held).toEqual({ assignmentId: 'carols', since: '2026-01-01T00:00:00.000Z', until: '2060-01-01T00:00:00.000Z' })
  })

  test('a manager sees how their report stands to it, others may not', async () => {
    const carol = await app.idOf('emp.carol')
    expect(await names(`for=${carol}&standing=PENDING`, 'mgr.one')).toEqual(['VPN Access'])
    expect((await app.call('mgr.two', 'GET', `${items}?for=${carol}`)).status).toBe(403)
    expect((await app.call('admin', 'GET', `${items}?for=nobody`)).json.messages[0].text).toMatch(/^for: there is no identity/)
  })

  test('what a role gives is told down to the last entitlement', async () => {
    const role = (await app.call('emp.alice', 'GET', `${items}/${await app.itemId('ROLE', 'Payroll Clerk')}`)).json
    expect(role).toMatchObject({ name: 'Payroll Clerk', requestable: true, additionalOwners: [], holders: 0 })
    expect(role.gives.map((part: Item) => `${part.type} ${part.name}`)).toEqual([
      'ENTITLEMENT Payroll Readers',
      'ACCESS_PROFILE Finance Reporting',
    ])
    expect(role.gives[0]).toMatchObject({
      privileged: true,
      attribute: 'groups',
      value: 'Payroll Readers',
      source: { name: 'Corporate Directory' },
      gives: [],
    })
    expect(role.gives[1].gives.map((part: Item) => part.name)).toEqual(['Finance Readers', 'Ledger Readers'])
    const audited = (await app.call('emp.alice', 'GET', `${items}/${await app.itemId('ROLE', 'Auditor')}`)).json
    expect(audited.additionalGroups).toEqual([{ type: 'GOVERNANCE_GROUP', id: expect.any(String), name: 'Audit Committee' }])
  })

  test('what cannot be asked for is seen by those who have to do with it, and by nobody else', async () => {
    const id = await app.itemId('ENTITLEMENT', 'Payroll Readers')
    await app.sql('update access_item set requestable = false where id = $1', [id])
    const payroll = `${items}/${id}`
    expect((await app.call('yara.costa', 'GET', payroll)).status).toBe(404)
    for (const alias of ['dora.finch', 'admin']) expect((await app.call(alias, 'GET', payroll)).json).toMatchObject({ requestable: false })
    expect((await app.call('admin', 'GET', `${items}/nothing`)).status).toBe(404)
  })
})

describe('whom one may ask for', () => {
  const people = async (alias: string, query = '') => (await app.call(alias, 'GET', `/countersign/v1/request-center/people${query}`)).json
  const aliases = async (alias: string, query?: string) => (await people(alias, query)).map((one: { alias: string }) => one.alias)

  test('themselves first, and their active reports', async () => {
    expect(await people('emp.alice')).toMatchObject([{ alias: 'emp.alice', isSelf: true, isReport: false }])
    expect(await aliases('mgr.one')).toEqual(['mgr.one', 'emp.alice', 'emp.bob', 'emp.carol', 'hugo.lind'])
    expect(await aliases('mgr.one', '?q=BO')).toEqual(['emp.bob'])
    expect((await people('mgr.one', '?q=bob'))[0].isReport).toBe(true)
  })

  test('org admins anybody, and everybody anybody where it is so configured', async () => {
    expect((await aliases('admin', '?limit=100')).length).toBeGreaterThan(20)
    await setting({ anyoneForAnyone: true })
    expect((await aliases('emp.alice', '?limit=100')).length).toBeGreaterThan(20)
    await setting({ anyoneForAnyone: false, managerForReports: false })
    expect(await aliases('mgr.one')).toEqual(['mgr.one'])
    await setting({ approvalsMustBeExternal: true })
    expect(await aliases('mgr.one')).toEqual([])
    await app.sql(`delete from setting where key = 'access-request-config'`)
  })
})
