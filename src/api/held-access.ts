import { Type } from 'typebox'
import type { Operation } from './operation.ts'
import { AccessRequestType, enumOf, Flag, IdentityRef, Instant, ItemTypes, nullable, pagingUpTo, Text } from './schema.ts'

export const Origins = ['REQUESTED', 'ROLE_MEMBERSHIP', 'BIRTHRIGHT', 'IMPORTED'] as const

const Named = Type.Object({ id: Text, name: Text })

export const HeldAccess = Type.Object({
  assignmentId: Text,
  person: IdentityRef,
  item: Type.Object({ type: enumOf(ItemTypes), id: Text, name: Text, description: nullable(Text), privileged: Flag }),
  source: nullable(Named),
  account: nullable(Type.Object({ id: Text, name: Text, nativeIdentity: Text })),
  state: enumOf(['PENDING', 'ACTIVE', 'ENDING'], { description: 'On its way, there, or being taken away.' }),
  complete: Type.Boolean({ description: 'True when every value of it was seen at its target.' }),
  origin: enumOf(Origins),
  since: Instant,
  until: nullable(Instant),
  request: {
    ...nullable(Type.Object({ accessRequestId: Text, requester: IdentityRef, at: Instant, comment: nullable(Text) })),
    description: 'What brought it, where a request did.',
  },
  open: {
    ...nullable(Type.Object({ accessRequestId: Text, requestType: AccessRequestType })),
    description: 'A request to change or to remove it that is on its way.',
  },
  canRemove: Type.Boolean({ description: 'The caller may ask for its removal (REVOKE_ACCESS).' }),
  canChange: Type.Boolean({ description: 'The caller may ask for another end (MODIFY_ACCESS).' }),
})

export const heldAccessOperations = {
  listHeldAccess: {
    method: 'GET',
    path: '/held-access',
    own: true,
    dialects: ['v2026'],
    tag: 'Held Access',
    summary: 'What somebody holds, since when, until when and why: the caller, their team, a report, or for org admins anybody.',
    scopes: [],
    levels: ['ORG_ADMIN', 'USER'],
    query: {
      for: Type.Optional(
        Type.String({
          maxLength: 200,
          description: 'Whose: `me` (unless said), `team` for all direct reports, or an identity; org admins may say `all`.',
        }),
      ),
      item: Type.Optional(Type.String({ maxLength: 200, description: 'Only this item.' })),
      types: Type.Optional(Type.String({ description: `One or more of ${ItemTypes.join(', ')}, joined by commas.` })),
      origins: Type.Optional(Type.String({ description: `One or more of ${Origins.join(', ')}, joined by commas.` })),
      source: Type.Optional(Type.String({ maxLength: 200 })),
      'ends-after': Type.Optional({ ...Instant, description: 'Only what ends then or later.' }),
      'ends-before': Type.Optional({ ...Instant, description: 'Only what ends before then.' }),
      q: Type.Optional(Type.String({ maxLength: 200, description: 'Part of the name of the item or of the person.' })),
      ...pagingUpTo(250),
      sorters: Type.Optional(Type.String({ description: 'Order: fields joined by commas, a minus before a field turns it round.' })),
    },
    status: 200,
    answer: Type.Array(HeldAccess),
    sorters: ['name', 'person', 'since', 'until'],
  },
} as const satisfies Record<string, Operation>
