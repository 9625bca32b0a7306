import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Dialect, dialects, pathIn } from '../../src/api/dialect.ts'
import { startApp, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())
beforeEach(async () => {
  await app.sql('delete from sod_policy')
  await app.sql(`delete from setting where key = 'access-request-config'`)
})

const url = (dialect: Dialect, rest = '') => pathIn(dialect, `/sod-policies${rest}`)
const entitlement = async (name: string) => ({ type: 'ENTITLEMENT', id: await app.itemId('ENTITLEMENT', name), name })

async function written(more: object = {}, left = ['Ledger Editors'], right = ['Audit Readers', 'Payroll Readers']) {
  return {
    name: 'Post and audit',
    description: 'Nobody checks their own books',
    ownerRef: { type: 'IDENTITY', id: await app.idOf('ines.falk'), name: 'whatever' },
    state: 'ENFORCED',
    tags: ['finance', 'finance', 'books'],
    correctionAdvice: 'Take one of them away',
    type: 'CONFLICTING_ACCESS_BASED',
    conflictingAccessCriteria: {
      leftCriteria: { name: 'posting', criteriaList: await Promise.all(left.map(entitlement)) },
      rightCriteria: { name: 'auditing', criteriaList: await Promise.all(right.map(entitlement)) },
    },
    ...more,
  }
}

async function create(body: object, dialect: Dialect = 'v2026') {
  const answer = await app.call('admin', 'POST', url(dialect), body)
  expect(answer.status, JSON.stringify(answer.json)).toBe(201)
  return answer.json
}

async function refusal(body: object, method = 'POST', path = url('v2026')) {
  const answer = await app.call('admin', method, path, body)
  expect(answer.status, JSON.stringify(answer.json)).toBe(400)
  return answer.json.messages[0].text as string
}

const events = async (id: string) =>
  (await app.sql('select action, canonical from audit_event where target_id = $1 order by id', [id])).map(({ action, canonical }) => ({
    action,
    details: JSON.parse(String(canonical)).details,
  }))

test.each(dialects)('a policy made through %s is read, replaced and deleted there', async (dialect) => {
  const made = await create(await written(), dialect)
  expect(made).toMatchObject({
    name: 'Post and audit',
    ownerRef: { type: 'IDENTITY', name: 'Ines Falk' },
    tags: ['finance', 'books'],
    creatorId: await app.idOf('admin'),
    modifierId: null,
    scheduled: false,
    type: 'CONFLICTING_ACCESS_BASED',
    violationOwnerAssignmentConfig: { assignmentRule: null, ownerRef: null },
  })
  expect(made.conflictingAccessCriteria.rightCriteria).toEqual({
    name: 'auditing',
    criteriaList: [await entitlement('Audit Readers'), await entitlement('Payroll Readers')],
  })
  const read = await app.call('admin', 'GET', url(dialect, `/${made.id}`))
  expect(read.json).toEqual(made)
  expect(read.headers['deprecation']).toBe(dialect === 'beta' ? 'true' : undefined)
  const replaced = await app.call('admin', 'PUT', url(dialect, `/${made.id}`), { ...made, name: 'Post & audit', state: 'NOT_ENFORCED' })
  expect(replaced.json).toMatchObject({
    ...made,
    name: 'Post & audit',
    state: 'NOT_ENFORCED',
    modified: expect.any(String),
    modifierId: made.creatorId,
  })
  const gone = await app.call('admin', 'DELETE', url(dialect, `/${made.id}?logical=false`))
  expect([gone.status, gone.json]).toEqual([204, undefined])
  expect((await app.call('admin', 'GET', url(dialect, `/${made.id}`))).status).toBe(404)
  expect((await events(made.id)).map(({ action }) => action)).toEqual(['SOD_POLICY_CREATED', 'SOD_POLICY_UPDATED', 'SOD_POLICY_DELETED'])
})

test('what a policy was and became is in the audit trail', async () => {
  const { id } = await create(await written())
  await app.call('admin', 'PATCH', url('v2026', `/${id}`), [{ op: 'replace', path: '/state', value: 'NOT_ENFORCED' }])
  const [, updated] = await events(id)
  expect([updated?.details.from.state, updated?.details.to.state]).toEqual(['ENFORCED', 'NOT_ENFORCED'])
})

test('a patch changes what it names, in a list as well, and nothing else', async () => {
  const made = await create(await written())
  const answer = await app.call('admin', 'PATCH', url('v3', `/${made.id}`), [
    { op: 'replace', path: '/description', value: null },
    { op: 'add', path: '/tags/-', value: 'new' },
    { op: 'remove', path: '/conflictingAccessCriteria/rightCriteria/criteriaList/0' },
  ])
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  expect(answer.json).toMatchObject({ name: made.name, description: null, tags: ['finance', 'books', 'new'] })
  expect(answer.json.conflictingAccessCriteria.rightCriteria.criteriaList).toEqual([await entitlement('Payroll Readers')])
})

test('a patch cannot change what only the server knows, nor leave a policy that could not be made', async () => {
  const { id } = await create(await written())
  const patch = (step: object) => refusal([step], 'PATCH', url('v2026', `/${id}`))
  expect(await patch({ op: 'replace', path: '/creatorId', value: 'me' })).toMatch(/^\[0\]\.path: \/creatorId cannot be changed/)
  expect(await patch({ op: 'replace', path: '/conflictingAccessCriteria/leftCriteria/criteriaList', value: [] })).toMatch(
    /^conflictingAccessCriteria\.leftCriteria\.criteriaList: /,
  )
  expect(await patch({ op: 'replace', path: '/type', value: 'GENERAL' })).toMatch(/^type: policies by query/)
})

test('names are taken whatever their case, by others only', async () => {
  const { id } = await create(await written())
  expect(await refusal(await written({ name: 'post AND audit' }))).toBe('name: another policy has this name.')
  const renamed = await app.call('admin', 'PUT', url('v3', `/${id}`), await written({ name: 'POST and audit' }))
  expect(renamed.status).toBe(200)
})

test('two policies of one name made at one moment are one policy', async () => {
  const body = await written()
  const answers = await Promise.all([1, 2, 3].map(() => app.call('admin', 'POST', url('v3'), body)))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400])
})

test('ids that name nothing are refused with the field that holds them', async () => {
  const role = await app.itemId('ROLE', 'Auditor')
  const body = await written()
  const criteria = body.conflictingAccessCriteria
  const wrong = {
    ...criteria,
    rightCriteria: { ...criteria.rightCriteria, criteriaList: [...criteria.rightCriteria.criteriaList, { id: role }] },
  }
  expect(await refusal({ ...body, conflictingAccessCriteria: wrong })).toBe(
    `conflictingAccessCriteria.rightCriteria.criteriaList[2].id: there is no entitlement ${role}.`,
  )
  expect(await refusal({ ...body, ownerRef: { type: 'GOVERNANCE_GROUP', id: body.ownerRef.id } })).toBe(
    `ownerRef.id: there is no governance group ${body.ownerRef.id}.`,
  )
  expect(await refusal({ ...body, secondaryOwnerRefs: [{ type: 'IDENTITY', id: 'nobody' }] }, 'POST', url('v1'))).toBe(
    'secondaryOwnerRefs[0].id: there is no identity nobody.',
  )
})

test('each side has 1 to 50 entitlements, none of which stands on the other', async () => {
  const side = (ids: string[]) => ({ criteriaList: ids.map((id) => ({ id })) })
  const criteria = (left: string[], right: string[]) => ({
    conflictingAccessCriteria: { leftCriteria: side(left), rightCriteria: side(right) },
  })
  const { id } = await entitlement('Laboratory')
  const { id: other } = await entitlement('Server Room')
  expect(await refusal({ name: 'x', ...criteria([], [id]) })).toMatch(/^conflictingAccessCriteria\.leftCriteria\.criteriaList: /)
  expect(
    await refusal({
      name: 'x',
      ...criteria(
        [id],
        Array.from({ length: 51 }, () => other),
      ),
    }),
  ).toMatch(/^conflictingAccessCriteria\.rightCriteria\.criteriaList: /)
  expect(await refusal({ name: 'x', ...criteria([id], [other, id]) })).toBe(
    'conflictingAccessCriteria.rightCriteria.criteriaList[1].id: stands on the left side too; an entitlement cannot conflict with itself.',
  )
  const made = await create({ name: 'x', ...criteria([id, id], [other]) })
  expect(made.conflictingAccessCriteria.leftCriteria.criteriaList).toHaveLength(1)
})

test('text that the database could not keep is refused with its field, also where it would be kept as JSON', async () => {
  const half = /^externalPolicyReference: must not hold the character U\+0000 or half of a surrogate pair\.$/
  expect(await refusal(await written({ externalPolicyReference: 'x\ud800' }))).toMatch(half)
  expect(await refusal(await written({ externalPolicyReference: 'x\0' }))).toMatch(half)
  expect(await create(await written({ externalPolicyReference: '💩' }))).toMatchObject({ externalPolicyReference: '💩' })
})

test('a policy by query is refused, and so is one that says nothing of what conflicts', async () => {
  expect(await refusal({ name: 'q', type: 'GENERAL', policyQuery: '@access(id:1) AND @access(id:2)' })).toMatch(
    /^type: policies by query \(GENERAL\)/,
  )
  expect(await refusal({ name: 'q' })).toBe('conflictingAccessCriteria: is required.')
  expect(await refusal(await written({ name: '  ' }))).toMatch(/^name: /)
})

test('a policy that names neither owner nor state belongs to its maker and is enforced', async () => {
  const { conflictingAccessCriteria } = await written()
  const made = await create({ name: 'bare', conflictingAccessCriteria })
  expect(made).toMatchObject({
    ownerRef: { type: 'IDENTITY', id: await app.idOf('admin') },
    state: 'ENFORCED',
    tags: [],
    description: null,
  })
})

test('what only v1 can say is kept by a replacement through another version', async () => {
  const owner = { type: 'IDENTITY', id: await app.idOf('otto.weiss') }
  const made = await create({ ...(await written()), level: 'CRITICAL', secondaryOwnerRefs: [owner] }, 'v1')
  expect(made).toMatchObject({ level: 'CRITICAL', secondaryOwnerRefs: [{ ...owner, name: 'Otto Weiss' }], allowedControls: [] })
  await app.call('admin', 'PUT', url('v3', `/${made.id}`), await written({ name: 'replaced' }))
  const { json } = await app.call('admin', 'GET', url('v1', `/${made.id}`))
  expect(json).toMatchObject({ name: 'replaced', level: 'CRITICAL', secondaryOwnerRefs: [{ id: owner.id }] })
})

test('notes on a policy come back as they were written', async () => {
  const violationOwnerAssignmentConfig = { assignmentRule: 'MANAGER', ownerRef: { type: 'MANAGER', id: 'x', name: 'the manager' } }
  const notes = { externalPolicyReference: 'XYZ policy', compensatingControls: 'Monthly review', violationOwnerAssignmentConfig }
  expect(await create(await written(notes))).toMatchObject(notes)
})

test('the list is narrowed, ordered, cut into pages and counted', async () => {
  await create(await written({ name: 'beta', state: 'NOT_ENFORCED' }))
  await create(await written({ name: 'Alpha' }))
  await create({ ...(await written({ name: 'gamma' })), level: 'LOW', ownerRef: { type: 'IDENTITY', id: await app.idOf('admin') } }, 'v1')
  const names = async (query: string, dialect: Dialect = 'v2026') => {
    const answer = await app.call('admin', 'GET', `${url(dialect)}${query}`)
    expect(answer.status, JSON.stringify(answer.json)).toBe(200)
    return answer.json.map(({ name }: { name: string }) => name)
  }
  expect(await names('')).toEqual(['Alpha', 'beta', 'gamma'])
  expect(await names('?sorters=-name')).toEqual(['gamma', 'beta', 'Alpha'])
  expect(await names('?filters=state eq "ENFORCED"&sorters=name')).toEqual(['Alpha', 'gamma'])
  expect(await names('?filters=name in ("alpha", "beta")')).toEqual(['Alpha', 'beta'])
  expect(await names('?filters=ownerRef.name sw "Ines"&sorters=ownerRef.name,name', 'v1')).toEqual(['Alpha', 'beta'])
  expect(await names('?filters=level eq "LOW"', 'v1')).toEqual(['gamma'])
  expect(await names('?filters=description co "own books" and type eq "CONFLICTING_ACCESS_BASED"')).toHaveLength(3)
  const page = await app.call('admin', 'GET', `${url('v3')}?limit=1&offset=1&count=true`)
  expect([page.json.length, page.headers['x-total-count']]).toEqual([1, '3'])
  expect((await app.call('admin', 'GET', `${url('v3')}?filters=creatorId eq "x"`)).status).toBe(400)
})

test('an unknown policy is not found, however it is called', async () => {
  const body = await written()
  for (const [method, with_] of [['GET'], ['PUT', body], ['PATCH', []], ['DELETE']] as const) {
    expect((await app.call('admin', method, url('v2026', '/nothing'), with_)).status, method).toBe(404)
  }
})

const predict = async (body: object, dialect: Dialect = 'v2026', operation = 'predict') =>
  app.call('admin', 'POST', pathIn(dialect, `/sod-violations/${operation}`), body)

test.each(dialects)('a prediction through %s tells what new entitlements would break, and changes nothing', async (dialect) => {
  const { id, name } = await create(await written({}, ['Customer Records'], ['Ledger Readers']))
  const identityId = await app.idOf('emp.alice')
  const ledger = await entitlement('Ledger Readers')
  const answer = await predict({ identityId, accessRefs: [{ type: 'ENTITLEMENT', id: ledger.id }] }, dialect)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  expect(answer.json.violationContexts).toEqual([
    {
      policy: { type: 'SOD_POLICY', id, name },
      conflictingAccessCriteria: {
        leftCriteria: { criteriaList: [{ ...(await entitlement('Customer Records')), existing: true }] },
        rightCriteria: { criteriaList: [{ ...ledger, existing: false }] },
      },
    },
  ])
  const clean = await predict({ identityId: await app.idOf('maya.stone'), accessRefs: [{ id: ledger.id }] }, dialect)
  expect(clean.json.violationContexts).toEqual([])
  expect((await predict({ identityId, accessRefs: [] }, dialect)).json.violationContexts).toEqual([])
})

test.each(['predict', 'check'])('%s refuses people and entitlements that do not exist, and access of another type', async (operation) => {
  const identityId = await app.idOf('emp.alice')
  const text = async (body: object) => {
    const answer = await predict(body, 'v3', operation)
    expect(answer.status).toBe(400)
    return answer.json.messages[0].text
  }
  expect(await text({ identityId: 'nobody', accessRefs: [] })).toBe('identityId: there is no identity nobody.')
  expect(await text({ identityId, accessRefs: [{ id: 'nothing' }] })).toBe('accessRefs[0].id: there is no entitlement nothing.')
  expect(await text({ identityId, accessRefs: [{ type: 'ROLE', id: await app.itemId('ROLE', 'Auditor') }] })).toMatch(
    /^accessRefs\[0\]\.type: /,
  )
  expect(await text({ identityId })).toBe('accessRefs: is required.')
})

test('a check leaves what it found in the audit trail under the id that it answers', async () => {
  const { id } = await create(await written({}, ['Customer Records'], ['Ledger Readers']))
  const { id: ledger } = await entitlement('Ledger Readers')
  const answer = await predict({ identityId: await app.idOf('emp.alice'), accessRefs: [{ id: ledger }] }, 'v2024', 'check')
  expect(answer.status).toBe(202)
  const [event] = await app.sql('select action, canonical from audit_event where tracking_number = $1', [answer.json.requestId])
  expect(event?.['action']).toBe('SOD_VIOLATION_CHECKED')
  expect(JSON.parse(String(event?.['canonical'])).details.conflicts).toMatchObject([{ policy: { id } }])
  expect((await predict({}, 'beta', 'check')).status).toBe(404)
})

test('what a conflict does is REPORT until an org admin says otherwise, and a step needs a group that exists', async () => {
  const path = '/countersign/v1/sod-settings'
  expect((await app.call('admin', 'GET', path)).json).toEqual({ onViolation: 'REPORT', stepGroupId: null })
  expect(await refusal({ onViolation: 'ADD_STEP' }, 'PUT', path)).toMatch(/^stepGroupId: .*required/)
  expect(await refusal({ onViolation: 'ADD_STEP', stepGroupId: 'none' }, 'PUT', path)).toBe(
    'stepGroupId: there is no governance group none.',
  )
  expect(await refusal({ onViolation: 'IGNORE' }, 'PUT', path)).toMatch(/^onViolation: must be one of REPORT, ADD_STEP, DENY/)
  expect((await app.call('admin', 'PUT', path, { onViolation: 'DENY' })).json).toEqual({ onViolation: 'DENY', stepGroupId: null })
  const config = (await app.call('admin', 'GET', '/v3/access-request-config')).json
  await app.call('admin', 'PUT', '/v3/access-request-config', config)
  expect((await app.call('admin', 'GET', path)).json.onViolation).toBe('DENY')
})
