import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Actor } from '../../src/domain/actor.ts'
import {
  followHandOver,
  followStandIns,
  handoverOf,
  MAX_HOPS,
  mayArrangeFor,
  planReassignment,
  reasonsOf,
  replaceAway,
  type WantedReassignment,
} from '../../src/domain/reassignment.ts'
import { askEach, type Question, type RoutedItem, type RoutingFacts, strictly, whoIsAsked } from '../../src/domain/routing.ts'

/** ann is managed by bob, bob by cem; dan by ann; eve and eli manage each other; fay is the fallback approver. */
const managers: Record<string, string | null> = {
  ann: 'bob',
  bob: 'cem',
  cem: null,
  dan: 'ann',
  eve: 'eli',
  eli: 'eve',
  fay: null,
  root: null,
}

interface Situation {
  away: Record<string, string>
  inactive?: string[]
  requester?: string
  recipient?: string
}

function factsOf({ away, inactive = [] }: Situation): RoutingFacts {
  const people = Object.entries(managers).map(
    ([id, managerId]) => [id, { id, name: id, managerId, department: null, active: !inactive.includes(id) }] as const,
  )
  const standIns = new Map(Object.entries(away).map(([id, toId]) => [id, { toId, until: null }]))
  return { people: new Map(people), groups: new Map(), adminIds: ['root'], fallbackApproverId: 'fay', autoApproval: false, standIns }
}

const item = { id: 'i', name: 'item', ownerId: 'ann', additionalOwnerIds: [], additionalGroupIds: [] } as unknown as RoutedItem
const questionOf = ({ requester = 'zoe', recipient = 'zoe' }: Situation): Question => ({
  item,
  requesterId: requester,
  recipientId: recipient,
})

function way(startId: string, situation: Situation): string {
  const facts = factsOf(situation)
  const steps = followStandIns(startId, facts, strictly(questionOf(situation), facts))
  return [startId, ...steps.map((step) => step.toId)].join(' ')
}

test.each<[string, string, string, Situation]>([
  ['nobody stands in: it stays', 'ann', 'ann', { away: {} }],
  ['whoever stands in has it', 'ann', 'ann dan', { away: { ann: 'dan' } }],
  ['a stand-in who is away as well is replaced in turn', 'ann', 'ann dan cem', { away: { ann: 'dan', dan: 'cem' } }],
  ['two who stand in for each other: it ends with the second', 'ann', 'ann dan', { away: { ann: 'dan', dan: 'ann' } }],
  ['a circle of three is gone round once', 'ann', 'ann dan eve', { away: { ann: 'dan', dan: 'eve', eve: 'ann' } }],
  ['past a stand-in who is not active to the manager above them', 'bob', 'bob ann', { away: { bob: 'dan' }, inactive: ['dan'] }],
  ['past the recipient', 'bob', 'bob ann', { away: { bob: 'dan' }, recipient: 'dan' }],
  ['past the requester', 'bob', 'bob ann', { away: { bob: 'dan' }, requester: 'dan' }],
  [
    'a report who stands in and asks for something: on above the manager who is away',
    'ann',
    'ann bob',
    { away: { ann: 'dan' }, requester: 'dan' },
  ],
  ['the manager above the stand-in may be away, too', 'bob', 'bob ann eve', { away: { bob: 'dan', ann: 'eve' }, requester: 'dan' }],
  ['managers in a circle do not hold it up', 'cem', 'cem eli', { away: { cem: 'eve' }, requester: 'eve' }],
  ['where nobody above may, it stays with whoever is away', 'cem', 'cem', { away: { cem: 'fay' }, requester: 'fay' }],
  ['somebody unknown stands in: it stays', 'cem', 'cem', { away: { cem: 'nobody' } }],
])('standing reassignment: %s', (_name, startId, expected, situation) => {
  expect(way(startId, situation)).toBe(expected)
})

test('a chain is followed five times, as far as the contract goes', () => {
  const ids = Array.from({ length: 9 }, (_, n) => `p${n}`)
  const people = new Map(ids.map((id) => [id, { id, name: id, managerId: null, department: null, active: true }]))
  const standIns = new Map(ids.slice(0, -1).map((id, n) => [id, { toId: `p${n + 1}`, until: null }]))
  expect(followStandIns('p0', { people, standIns }, () => undefined)).toHaveLength(MAX_HOPS)
})

test('wherever it leads, it comes to nobody twice, never to somebody inactive, and never to the recipient or the requester', () => {
  const someone = fc.constantFrom(...Object.keys(managers))
  const situations = fc.record({
    away: fc.dictionary(someone, someone),
    inactive: fc.uniqueArray(someone, { maxLength: 5 }),
    requester: someone,
    recipient: someone,
  })
  fc.assert(
    fc.property(someone, situations, (startId, situation) => {
      const passed = way(startId, situation).split(' ').slice(1)
      expect(new Set(passed).size).toBe(passed.length)
      expect(passed).not.toContain(startId)
      for (const id of passed) expect([...situation.inactive, situation.requester, situation.recipient]).not.toContain(id)
    }),
    { numRuns: 2000 },
  )
})

test('in words: for whom, and until when', () => {
  const facts = factsOf({ away: {} })
  const step = { fromId: 'ann', toId: 'dan', namedId: 'dan', objections: [] }
  expect(reasonsOf({ ...step, until: new Date('2030-05-06T17:00:00Z') }, facts)).toEqual([
    { rule: 'STAND_IN', text: 'dan stands in for ann until 2030-05-06 17:00 UTC.' },
  ])
  expect(reasonsOf({ ...step, until: null }, facts)[0]?.text).toBe('dan stands in for ann until further notice.')
})

test('a detour says why, and the history says that it keeps somebody from deciding on their own', () => {
  const situation = { away: { bob: 'dan' }, requester: 'dan' }
  const facts = factsOf(situation)
  const [step] = followStandIns('bob', facts, strictly(questionOf(situation), facts))
  expect(step && reasonsOf(step, facts).map(({ rule }) => rule)).toEqual(['STAND_IN', 'SELF_REVIEW', 'STAND_IN'])
  expect(step && handoverOf(step)).toEqual({ reason: 'SELF_REVIEW_DELEGATION', fromId: 'bob', toId: 'ann' })
})

describe('who is asked', () => {
  test('an owner who is away: their stand-in, with the reason and the hand-over; the owner stays the one named', () => {
    const situation = { away: { ann: 'eve' } }
    const asked = whoIsAsked({ kind: 'OWNER' }, questionOf(situation), factsOf(situation))
    expect(asked).toMatchObject({ namedId: 'ann', ownerId: 'eve', candidateIds: ['eve'], original: { type: 'IDENTITY', id: 'ann' } })
    expect(asked.explanation.map(({ rule }) => rule)).toEqual(['OWNER', 'STAND_IN'])
    expect(asked.handovers).toEqual([{ reason: 'AUTOMATIC_REASSIGNMENT', fromId: 'ann', toId: 'eve' }])
  })

  test('a step that the requester passes by itself passes, whoever would stand in for them', () => {
    const situation = { away: { ann: 'eve' }, requester: 'ann' }
    const asked = whoIsAsked({ kind: 'OWNER' }, questionOf(situation), { ...factsOf(situation), autoApproval: true })
    expect(asked).toMatchObject({ automatic: true, candidateIds: ['ann'] })
  })

  test('with self-approval on, a requester who stands in for the approver does not get it', () => {
    const situation = { away: { ann: 'eve' }, requester: 'eve' }
    const asked = whoIsAsked({ kind: 'OWNER' }, questionOf(situation), { ...factsOf(situation), autoApproval: true })
    expect(asked).toMatchObject({ automatic: false, candidateIds: ['eli'] })
  })

  test('of a group, a member who is away is replaced; where their stand-in may not decide, they stay beside the others', () => {
    const group = { id: 'g', name: 'the group', memberIds: ['ann', 'bob'] }
    const ask = (situation: Situation, memberIds = group.memberIds) =>
      whoIsAsked({ kind: 'GOVERNANCE_GROUP', groupId: 'g' }, questionOf(situation), {
        ...factsOf(situation),
        groups: new Map([['g', { ...group, memberIds }]]),
      })
    expect(ask({ away: { ann: 'eve' } })).toMatchObject({ ownerId: null, candidateIds: ['bob', 'eve'] })
    expect(ask({ away: { ann: 'bob' } }).candidateIds).toEqual(['bob'])
    expect(ask({ away: { ann: 'eve' }, requester: 'eve' }).candidateIds).toEqual(['ann', 'bob'])
    expect(ask({ away: { ann: 'eve' }, requester: 'eve' }, ['ann']).candidateIds).toEqual(['eli'])
  })
})

describe('a quorum, which asks each on their own', () => {
  const ask = (situation: Situation, memberIds: string[]) => {
    const groups = new Map([['g', { id: 'g', name: 'the group', memberIds }]])
    const asked = askEach({ kind: 'GOVERNANCE_GROUP', groupId: 'g' }, questionOf(situation), { ...factsOf(situation), groups })
    return asked.map(({ ownerId, candidateIds }) => (candidateIds.length === 1 ? ownerId : candidateIds))
  }

  test('a member who is away is replaced by somebody who is not asked beside them', () => {
    expect(ask({ away: { ann: 'eve' } }, ['ann', 'bob'])).toEqual(['eve', 'bob'])
  })

  test('where the stand-in is asked already, or stands in for another of them, the member stays', () => {
    expect(ask({ away: { ann: 'bob' } }, ['ann', 'bob'])).toEqual(['ann', 'bob'])
    expect(ask({ away: { ann: 'eve', bob: 'eve' } }, ['ann', 'bob'])).toEqual(['eve', 'bob'])
  })

  test('of several owners, one whose stand-in is asked already goes to a manager above', () => {
    const owned = { ...item, additionalOwnerIds: ['cem'] }
    const situation = { away: { ann: 'cem' } }
    const asked = askEach({ kind: 'ALL_OWNERS' }, { ...questionOf(situation), item: owned }, factsOf(situation))
    expect(asked.map(({ ownerId }) => ownerId)).toEqual(['bob', 'cem'])
  })
})

test('of several who hold it only those named are looked at', () => {
  const facts = factsOf({ away: { ann: 'eve', bob: 'eli' } })
  const { holderIds, steps } = replaceAway(['ann', 'bob'], { ofIds: ['ann'], detours: true }, facts, () => undefined)
  expect([holderIds, steps.length]).toEqual([['eve', 'bob'], 1])
})

test('what the stand-in hands back by hand stays there, and nobody gets back what they handed over', () => {
  const given = (byId: string, situation: Situation) => {
    const facts = factsOf(situation)
    return followHandOver('bob', byId, facts, strictly(questionOf(situation), facts)).map((step) => step.toId)
  }
  expect(given('eve', { away: { bob: 'eve' } })).toEqual([])
  expect(given('cem', { away: { bob: 'eve' } })).toEqual(['eve'])
  expect(given('ann', { away: { bob: 'dan' }, requester: 'dan' })).toEqual(['cem'])
})

const now = new Date('2030-01-01T00:00:00Z')
const later = new Date('2030-02-01T00:00:00Z')
const wanted: WantedReassignment = { fromId: 'ann', toId: 'eve', kind: 'APPROVALS', startAt: undefined, endAt: null }
const eve = { id: 'eve', name: 'Eve', active: true }

test('a period without a start begins now, or when it began', () => {
  expect(planReassignment(wanted, eve, undefined, now)).toEqual({ startAt: now, endAt: null })
  expect(planReassignment({ ...wanted, endAt: later }, eve, new Date(0), now)).toEqual({ startAt: new Date(0), endAt: later })
})

test.each([
  ['nobody stands in for themselves', { ...wanted, toId: 'ann' }, { ...eve, id: 'ann' }, /nobody stands in for themselves/],
  ['nobody inactive stands in', wanted, { ...eve, active: false }, /Eve is not active/],
  ['a period does not end before it begins', { ...wanted, startAt: later, endAt: now }, eve, /endDate/],
  ['nor when it begins', { ...wanted, endAt: now }, eve, /endDate/],
])('a configuration is refused: %s', (_name, what, standIn, message) => {
  expect(() => planReassignment(what, standIn, undefined, now)).toThrow(message)
})

test('the person, their manager and org admins arrange it, nobody else', () => {
  const actor = (identityId: string, isAdmin = false): Actor => ({ clientId: 'c', identityId, name: identityId, isAdmin, scopes: [] })
  const person = { id: 'ann', managerId: 'bob' }
  for (const who of [actor('ann'), actor('bob'), actor('zoe', true)]) expect(() => mayArrangeFor(who, person)).not.toThrow()
  expect(() => mayArrangeFor(actor('cem'), person)).toThrow(/Only the person themselves/)
})
