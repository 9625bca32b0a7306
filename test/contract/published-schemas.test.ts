import { type TSchema, Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import type { Dialect } from '../../src/api/dialect.ts'
import type { Operation } from '../../src/api/operation.ts'
import { operations } from '../../src/api/operations.ts'
import { nullable } from '../../src/api/schema.ts'
import { type Difference, differencesOf } from '../support/compare-published.ts'
import { type Known, knownDifferences, unpublished } from '../support/known-differences.ts'
import { absentReason, shapeOf } from '../support/published.ts'

/** Our schemas against the published ones: what differs is listed in support/known-differences.ts with its reason, or is a fault. */

interface Found extends Difference {
  id: string
  dialect: Dialect
}

const spoken = Object.entries(operations as Record<string, Operation>).filter(([, row]) => !row.own)

const isKnown = (known: Known, { id, dialect, place, kind }: Found) =>
  known.kind === kind && known.operations.test(id) && known.place.test(place) && (known.in?.includes(dialect) ?? true)

let all: Found[] | undefined

function found(): Found[] {
  all ??= spoken.flatMap(([id, row]) =>
    row.dialects.flatMap((dialect) => (differencesOf(id, row, dialect) ?? []).map((difference) => ({ ...difference, id, dialect }))),
  )
  return all
}

test('in CI the published schemas are there', () => {
  if (process.env['CI']) expect(absentReason).toBe(undefined)
  else if (absentReason) console.log(`${absentReason}: nothing was compared`)
})

// Without a copy of the published schemas (absentReason) there is nothing to compare with; the test above fails then in CI.
describe.skipIf(absentReason)('compared with the published schemas', () => {
  test('every operation is published, or is known not to be', () => {
    const missing = spoken.flatMap(([id, row]) =>
      row.dialects.filter((dialect) => !differencesOf(id, row, dialect)).map((dialect) => `${id} ${dialect}`),
    )
    const known = (line: string) => unpublished.some(({ operations: ids }) => ids.test(line.split(' ')[0] ?? ''))
    expect(missing.filter((line) => !known(line))).toEqual([])
    expect(unpublished.filter(({ operations: ids }) => !missing.some((line) => ids.test(line.split(' ')[0] ?? '')))).toEqual([])
  })

  test.each(spoken)('%s takes what is published and sends nothing else, but for the known differences', (id) => {
    const unknown = found().filter((one) => one.id === id && !knownDifferences.some((known) => isKnown(known, one)))
    expect(unknown.map(({ dialect, place, kind, what }) => `${dialect} ${place}: ${kind} ${what}`)).toEqual([])
  })

  test('every known difference has a reason and still exists', () => {
    const spokenOf = knownDifferences.filter((known) => spoken.some(([id]) => known.operations.test(id)))
    const stale = spokenOf.filter((known) => known.reason.length < 10 || !found().some((one) => isKnown(known, one)))
    expect(stale.map(({ operations: ids, place, kind }) => `${ids} ${place} ${kind}`)).toEqual([])
  })

  const config = Type.Object({ approvalsMustBeExternal: Type.Boolean() })
  const answering = (answer: TSchema, row: Operation = operations.getAccessRequestConfig) =>
    (differencesOf('getAccessRequestConfig', { ...row, answer }, 'v2024') ?? []).map(({ place, kind }) => `${place} ${kind}`)

  test('an answer that the published schema does not allow is told with its place', () => {
    const reminders = (fields: Record<string, TSchema>) =>
      answering(Type.Object({ approvalReminderAndEscalationConfig: Type.Object(fields) }))
    expect(answering(Type.Object({ approvalsMustBeExternal: Type.String() }))).toContain('answer.approvalsMustBeExternal type')
    expect(answering(Type.Object({ approvalsMustBeExternal: nullable(Type.Boolean()) }))).toContain('answer.approvalsMustBeExternal null')
    expect(reminders({ maxReminders: nullable(Type.Integer()) })).not.toContain(
      'answer.approvalReminderAndEscalationConfig.maxReminders null',
    )
    expect(reminders({ maxReminders: Type.Number() })).toContain('answer.approvalReminderAndEscalationConfig.maxReminders type')
    expect(answering(config)).toContain('answer.autoApprovalEnabled unsent')
    expect(answering(Type.Object({ ...config.properties, more: Type.String() }))).toContain('answer.more extra')
    const row: Operation = operations.listAccessRequestStatus
    const status = (fields: Record<string, TSchema>) =>
      (differencesOf('x', { ...row, answer: Type.Array(Type.Object(fields)) }, 'v3') ?? []).map(({ place, kind }) => `${place} ${kind}`)
    expect(status({ state: Type.String() })).toContain('answer[].state words')
    expect(status({ created: Type.String() })).toContain('answer[].created format')
    const token: Operation = { ...operations.createPersonalAccessToken, answer: Type.Object({ id: Type.Optional(Type.String()) }) }
    expect(differencesOf('x', token, 'v3')).toContainEqual({ place: 'answer.id', kind: 'required', what: 'published as always there' })
  })

  test('a call that we take less of than is published is told with its place', () => {
    const row: Operation = operations.createAccessRequest
    const told = (change: Partial<Operation>) =>
      (differencesOf('x', { ...row, ...change }, 'v3') ?? []).map(({ place, kind }) => `${place} ${kind}`)
    const body = told({ body: Type.Object({ requestedFor: Type.String(), requestType: Type.Literal('GRANT_ACCESS') }) })
    expect(body).toEqual(
      expect.arrayContaining([
        'body.requestedFor type',
        'body.requestType null',
        'body.clientMetadata ignored',
        'body.requestType demanded',
      ]),
    )
    expect(told({ status: 200 })).toContain('status other')
    expect(told({ scopes: ['x'] })).toEqual(expect.arrayContaining(['scope idn:access-request:manage missing', 'scope x extra']))
    expect(told({ deprecated: ['v3'], experimental: ['v3'] })).toEqual(expect.arrayContaining(['deprecated other', 'experimental other']))
    const list: Operation = {
      ...operations.listAccessRequestStatus,
      query: { limit: Type.Integer({ maximum: 10 }) },
      filters: {},
      sorters: [],
    }
    const query = (differencesOf('x', list, 'v3') ?? []).map(({ place, kind }) => `${place} ${kind}`)
    expect(query).toEqual(
      expect.arrayContaining(['query limit other', 'query offset missing', 'filter created missing', 'sorter name missing']),
    )
  })
})

test('null is understood however a schema says it', () => {
  const text = { type: 'string' }
  const ways = [
    { ...text, nullable: true },
    { type: ['string', 'null'] },
    { anyOf: [text, { type: 'null' }] },
    { allOf: [text, { nullable: true }] },
    { ...text, enum: ['A', null] },
  ]
  for (const way of ways) expect(shapeOf(way), JSON.stringify(way)).toMatchObject({ types: ['string'], nullable: true })
  expect(shapeOf(text).nullable).toBe(false)
})
