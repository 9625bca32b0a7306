import { expect, test } from 'vitest'
import { whoIsAbove, withManagerChanged, withoutUnable } from '../../src/domain/escalation.ts'
import type { Question, RoutedItem, RoutingFacts } from '../../src/domain/routing.ts'

/** ann and amy are managed by bob, bob by cem, cem by dee; eve and eli manage each other. */
const managers: Record<string, string | null> = {
  ann: 'bob',
  amy: 'bob',
  bob: 'cem',
  cem: 'dee',
  dee: null,
  eve: 'eli',
  eli: 'eve',
  fay: null,
  root: null,
}

function facts(inactive: string[] = [], fallbackApproverId: string | null = 'fay'): RoutingFacts {
  const people = Object.entries(managers).map(
    ([id, managerId]) => [id, { id, name: id, managerId, department: null, active: !inactive.includes(id) }] as const,
  )
  return { people: new Map(people), groups: new Map(), adminIds: ['root'], fallbackApproverId, autoApproval: false }
}
const item = { id: 'i', name: 'item' } as RoutedItem
const question = (requesterId = 'zoe', recipientId = 'zoe'): Question => ({ item, requesterId, recipientId })
const holding = (holderIds: string[], earlierIds: string[] = []) => ({ holderIds, earlierIds })

const up = (...args: Parameters<typeof whoIsAbove>) => {
  const found = whoIsAbove(...args)
  return found && [found.level, ...found.handed.map(({ fromId, toId }) => `${fromId}>${toId}`)]
}

test.each<[string, unknown, Parameters<typeof whoIsAbove>]>([
  ['first the manager', [1, 'ann>bob'], [holding(['ann']), 0, 3, question(), facts()]],
  ['then theirs', [2, 'bob>cem'], [holding(['bob'], ['ann']), 1, 3, question(), facts()]],
  ['then the fallback approver, not a third manager', [3, 'cem>fay'], [holding(['cem'], ['ann', 'bob']), 2, 3, question(), facts()]],
  ['of two levels the second is the last', undefined, [holding(['cem']), 2, 2, question(), facts()]],
  ['the fallback approver keeps it where there is none', undefined, [holding(['cem']), 2, 3, question(), facts([], null)]],
  [
    'of a group, the manager of each member, past one who holds it',
    [1, 'amy>cem', 'bob>cem'],
    [holding(['amy', 'bob']), 0, 3, question(), facts()],
  ],
  ['somebody inactive is passed over', [1, 'ann>cem'], [holding(['ann']), 0, 3, question(), facts(['bob'])]],
  ['the recipient is passed over', [1, 'ann>cem'], [holding(['ann']), 0, 3, question('zoe', 'bob'), facts()]],
  ['the requester is passed over', [1, 'ann>cem'], [holding(['ann']), 0, 3, question('bob'), facts()]],
  ['where nobody is above, the fallback approver at once', [3, 'dee>fay'], [holding(['dee']), 0, 3, question(), facts()]],
  ['where nobody is above and the fallback is not a level, nobody', undefined, [holding(['dee']), 0, 1, question(), facts()]],
  ['managers in a circle end at the fallback approver', [3, 'eli>fay'], [holding(['eli'], ['eve']), 1, 3, question(), facts()]],
  ['a fallback approver who may not decide is not asked', undefined, [holding(['dee']), 0, 3, question('fay'), facts()]],
])('escalation: %s', (_name, expected, args) => {
  expect(up(...args)).toEqual(expected)
})

test('self-approval does not make anybody their own reviewer by escalation', () => {
  expect(up(holding(['ann']), 0, 3, question('bob', 'bob'), { ...facts(), autoApproval: true })).toEqual([1, 'ann>cem'])
})

test.each([
  ['one of several is lost, the others keep it', ['ann', 'bob'], true, ['ann'], { remainingIds: ['bob'], handed: null }],
  ['the only one hands over to their manager', ['ann'], false, ['ann'], { remainingIds: ['bob'], handed: { fromId: 'ann', toId: 'bob' } }],
  [
    'and past a manager who left as well',
    ['ann'],
    false,
    ['ann', 'bob'],
    { remainingIds: ['cem'], handed: { fromId: 'ann', toId: 'cem' } },
  ],
  ['the last of a group to the last resort', ['ann'], true, ['ann'], { remainingIds: ['fay'], handed: { fromId: 'ann', toId: 'fay' } }],
  [
    'and to an org admin where that one left too',
    ['ann'],
    true,
    ['ann', 'fay'],
    { remainingIds: ['root'], handed: { fromId: 'ann', toId: 'root' } },
  ],
  ['nobody left, nothing changes', ['ann'], false, [], { remainingIds: ['ann'], handed: null }],
])('inactive approvers: %s', (_name, holderIds, isGroup, inactive, expected) => {
  expect(withoutUnable(holderIds, isGroup, question(), facts(inactive))).toMatchObject(expected)
})

test.each([
  ['the new manager instead of the old', { holderIds: ['bob'], namedId: 'bob', ruleHolderId: 'bob' }, 'cem', ['cem'], 'bob>cem'],
  ['beside somebody it was forwarded to', { holderIds: ['amy'], namedId: 'bob', ruleHolderId: 'bob' }, 'cem', ['amy', 'cem'], 'bob>cem'],
  ['instead of whoever stood in for the old', { holderIds: ['cem'], namedId: 'bob', ruleHolderId: 'cem' }, 'ann', ['ann'], 'cem>ann'],
  ['who already has it', { holderIds: ['cem'], namedId: 'bob', ruleHolderId: 'cem' }, 'cem', ['cem'], undefined],
  ['no manager any more: the last resort', { holderIds: ['bob'], namedId: 'bob', ruleHolderId: 'bob' }, null, ['fay'], 'bob>fay'],
])('a new manager: %s', (_name, one, managerId, remainingIds, handed) => {
  const mended = withManagerChanged(one, managerId, question(), facts())
  expect(mended.remainingIds).toEqual(remainingIds)
  expect(mended.handed ? `${mended.handed.fromId}>${mended.handed.toId}` : undefined).toBe(handed)
})

test('a new manager who is the requester is passed over like anybody', () => {
  const one = { holderIds: ['bob'], namedId: 'bob', ruleHolderId: 'bob' }
  expect(withManagerChanged(one, 'ann', question('ann'), facts(['bob'])).remainingIds).toEqual(['cem'])
})
