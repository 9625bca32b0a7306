import { Type } from 'typebox'
import type { Operation } from './operation.ts'
import { enumOf, Flag, Instant, ItemTypes, nullable, pagingUpTo, reference, Text } from './schema.ts'
import { MaxDuration } from './shared-shapes.ts'

/** What one can ask for, whom for, and what an item gives. */

export const AskStandings = ['AVAILABLE', 'PENDING', 'ASSIGNED'] as const

const Named = Type.Object({ id: Text, name: Text })
const Owner = reference(['IDENTITY'])

const askable = {
  id: Text,
  type: enumOf(ItemTypes),
  name: Text,
  description: nullable(Text),
  privileged: Flag,
  owner: nullable(Owner),
  source: nullable(Named),
  applications: Type.Array(Named),
  partCount: Type.Integer({ description: 'How many items it is made of, one level down; 0 for entitlements.' }),
  standing: enumOf(AskStandings, { description: 'For the person it would be for: not theirs, asked for, or held.' }),
  held: {
    ...nullable(Type.Object({ assignmentId: Text, since: Instant, until: nullable(Instant) })),
    description: 'What that person holds already.',
  },
  asked: {
    ...nullable(Type.Object({ accessRequestId: Text, since: Instant })),
    description: 'The open request for it.',
  },
  requires: Type.Object({ comment: Flag, endDate: Flag, maxDuration: nullable(MaxDuration) }),
}

const part = {
  id: Text,
  type: enumOf(ItemTypes),
  name: Text,
  description: nullable(Text),
  privileged: Flag,
  source: nullable(Named),
  attribute: nullable(Text),
  value: nullable(Text),
}
const leaf = Type.Object({ ...part, gives: Type.Array(Type.Object({}, { maxProperties: 0 })) })

const Choice = Type.Object({ id: Text, name: Text, count: Type.Integer() })
const forPerson = Type.Optional(Type.String({ maxLength: 200, description: 'Whom it would be for; `me` unless said.' }))

const own = { dialects: ['v2026'], own: true, tag: 'Request Center', levels: ['ORG_ADMIN', 'USER'], status: 200 } as const
const scopes = ['idn:requestable-objects:read', 'idn:access-request:manage', 'idn:access-request-self:manage'] as const

export const requestCenterOperations = {
  searchRequestCenter: {
    ...own,
    method: 'GET',
    path: '/request-center/items',
    summary: 'What can be asked for, by the beginnings of words as they are typed; best names first.',
    scopes,
    query: {
      for: forPerson,
      q: Type.Optional(
        Type.String({ maxLength: 200, description: 'Beginnings of words of name and description; all of them must be there.' }),
      ),
      types: Type.Optional(Type.String({ description: `One or more of ${ItemTypes.join(', ')}, joined by commas.` })),
      application: Type.Optional(Text),
      source: Type.Optional(Text),
      owner: Type.Optional(Text),
      privileged: Type.Optional(Flag),
      standing: Type.Optional(Type.String({ description: `One or more of ${AskStandings.join(', ')}, joined by commas.` })),
      ...pagingUpTo(100),
    },
    answer: Type.Array(Type.Object(askable)),
  },
  getRequestCenterItem: {
    ...own,
    method: 'GET',
    path: '/request-center/items/:id',
    summary: 'One item, down to the entitlements it gives, with who owns it and how many hold it.',
    scopes,
    query: { for: forPerson },
    answer: Type.Object({
      ...askable,
      requestable: Type.Boolean({ description: 'False: it can be looked at, for example by an approver, and not asked for.' }),
      additionalOwners: Type.Array(Owner),
      additionalGroups: Type.Array(reference(['GOVERNANCE_GROUP'])),
      holders: Type.Integer({ description: 'How many people hold it.' }),
      gives: Type.Array(Type.Object({ ...part, gives: Type.Array(leaf) }), {
        description: 'Access profiles and entitlements, each with what it gives in turn.',
      }),
    }),
  },
  listRequestCenterChoices: {
    ...own,
    method: 'GET',
    path: '/request-center/choices',
    summary: 'By what the items can be narrowed, with how many there are of each: the 200 most frequent of a kind.',
    scopes,
    answer: Type.Object({
      types: Type.Array(Type.Object({ type: enumOf(ItemTypes), count: Type.Integer() })),
      applications: Type.Array(Choice),
      sources: Type.Array(Choice),
      owners: Type.Array(Choice),
      privileged: Type.Integer(),
    }),
  },
  listRequestCenterPeople: {
    ...own,
    method: 'GET',
    path: '/request-center/people',
    summary: 'Those whom the caller may ask for, as configured: themselves, their reports, or anybody.',
    scopes,
    query: {
      q: Type.Optional(Type.String({ maxLength: 200, description: 'Part of a name, an alias or a department.' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 25 })),
    },
    answer: Type.Array(Type.Object({ id: Text, name: Text, alias: Text, department: nullable(Text), isSelf: Flag, isReport: Flag })),
  },
} as const satisfies Record<string, Operation>
