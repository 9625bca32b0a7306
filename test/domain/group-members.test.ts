import { describe, expect, test } from 'vitest'
import { planMembers } from '../../src/domain/group-members.ts'
import type { Question, RoutedItem, RoutingFacts } from '../../src/domain/routing.ts'

const ids = ['admin', 'boss', 'one', 'two', 'three', 'requester', 'recipient', 'gone']
const people = new Map(ids.map((id) => [id, { id, name: id, managerId: 'boss', department: null, active: id !== 'gone' }]))
const question: Question = { item: { additionalGroupIds: [] } as unknown as RoutedItem, requesterId: 'requester', recipientId: 'recipient' }

/** The facts when these are the members. */
function factsOf(memberIds: string[], more: Partial<RoutingFacts> = {}): RoutingFacts {
  const groups = new Map([['g', { id: 'g', name: 'the group', memberIds }]])
  return { people, groups, adminIds: ['admin'], fallbackApproverId: null, autoApproval: false, ...more }
}

function plan(candidateIds: string[], change: { added?: string[]; removed?: string[] }, facts: RoutingFacts) {
  const approval = { selector: { kind: 'GOVERNANCE_GROUP' as const, groupId: 'g' }, candidateIds }
  return planMembers(approval, { added: [], removed: [], ...change }, question, facts)
}

test('whoever comes may decide, whoever goes may not', () => {
  expect(plan(['one', 'two'], { added: ['three'] }, factsOf(['one', 'two', 'three']))).toMatchObject({ opened: ['three'], closed: [] })
  expect(plan(['one', 'two'], { removed: ['one'] }, factsOf(['two']))).toMatchObject({ opened: [], closed: ['one'], lastResort: null })
})

test('the requester, the recipient and somebody inactive may not decide, though they come', () => {
  const came = ['requester', 'recipient', 'gone']
  expect(plan(['one'], { added: came }, factsOf(['one', ...came]))).toMatchObject({ opened: [], closed: [], lastResort: null })
})

test('when nobody of the group is left the last resort decides, with the reason', () => {
  const { lastResort } = plan(['one'], { removed: ['one'] }, factsOf(['recipient']))
  expect(lastResort?.personId).toBe('admin')
  expect(lastResort?.explanation.map(({ rule }) => rule)).toEqual(['EMPTY', 'ADMIN'])
})

test('members who could not decide when it was asked, and can now, do so before the last resort', () => {
  expect(plan(['one'], { removed: ['one'] }, factsOf(['two']))).toMatchObject({ opened: ['two'], closed: ['one'], lastResort: null })
})

test('whoever it was handed up to keeps it, though the group is empty', () => {
  expect(plan(['boss', 'one'], { removed: ['one'] }, factsOf([]))).toMatchObject({ opened: [], closed: ['one'], lastResort: null })
})

test('a requester who joins does not answer by that, however self-approval is set', () => {
  const facts = factsOf(['requester'], { autoApproval: true, memberApproval: true })
  const { opened, lastResort } = plan(['one'], { added: ['requester'], removed: ['one'] }, facts)
  expect([opened, lastResort?.personId]).toEqual([[], 'admin'])
})

describe('a member who is away', () => {
  const standIns = new Map([['three', { toId: 'two', until: null }]])

  test('lets whoever stands in for them decide when they join, and the history says so', () => {
    const { opened, standIns: told } = plan(['one'], { added: ['three'] }, factsOf(['one', 'three'], { standIns }))
    expect(opened).toEqual(['two'])
    expect(told.handovers).toEqual([{ reason: 'AUTOMATIC_REASSIGNMENT', fromId: 'three', toId: 'two' }])
    expect(told.explanation.map(({ rule }) => rule)).toEqual(['STAND_IN'])
  })

  test('takes whoever stands in for them along when they leave, unless that one is a member', () => {
    expect(plan(['one', 'two'], { removed: ['three'] }, factsOf(['one'], { standIns }))).toMatchObject({ opened: [], closed: ['two'] })
    expect(plan(['one', 'two'], { removed: ['three'] }, factsOf(['one', 'two'], { standIns }))).toMatchObject({ opened: [], closed: [] })
  })
})
