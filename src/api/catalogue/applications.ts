import { Type } from 'typebox'
import { exceptV3, since2024 } from '../dialect.ts'
import type { FilterFields } from '../filter.ts'
import type { Operation } from '../operation.ts'
import { enumOf, Flag, IdentityRef, Instant, nullable, paging, sifting, Text } from '../schema.ts'
import { eqIn, moments, NoText, Nothing } from './shapes.ts'

/** The wire calls an application a source app. */
export const SourceApp = Type.Object({
  id: Text,
  cloudAppId: Text,
  name: Text,
  created: Instant,
  modified: Instant,
  enabled: Flag,
  provisionRequestEnabled: Flag,
  description: Text,
  matchAllAccounts: Flag,
  appCenterEnabled: Flag,
  accountSource: nullable(
    Type.Object({ id: Text, type: enumOf(['SOURCE']), name: Text, useForPasswordManagement: Flag, passwordPolicies: Nothing }),
  ),
  owner: nullable(IdentityRef),
})

const AccessProfileOfApp = Type.Object({
  id: Text,
  name: Text,
  description: nullable(Text),
  created: Instant,
  modified: Instant,
  disabled: Flag,
  requestable: Flag,
  protected: Flag,
  ownerId: nullable(Text),
  sourceName: Text,
  applicationId: Text,
  entitlements: Type.Array(Text),
  entitlementCount: Type.Integer(),
  segments: NoText,
  requestCommentsRequired: Flag,
  deniedCommentsRequired: Flag,
})

const filters: FilterFields = {
  id: { type: 'id', operators: eqIn },
  name: { type: 'string', operators: ['eq', 'in', 'co', 'sw'] },
  created: { type: 'date', operators: moments },
  modified: { type: 'date', operators: moments },
  'accountSource.id': { type: 'id', operators: eqIn },
  'owner.id': { type: 'id', operators: eqIn },
  enabled: { type: 'boolean', operators: ['eq'] },
}

const tag = 'Apps'
const reads = ['idn:app-roles:read', 'idn:app-roles:manage'] as const

const list = {
  method: 'GET',
  dialects: exceptV3,
  tag,
  scopes: reads,
  experimental: since2024,
  query: { ...paging, ...sifting },
  status: 200,
  answer: Type.Array(SourceApp),
  filters,
  sorters: ['id', 'name', 'created', 'modified', 'owner.id', 'accountSource.id'],
} as const

export const applicationOperations = {
  listAvailableSourceApps: {
    ...list,
    path: '/source-apps',
    summary: 'The applications that have something to ask for.',
    levels: ['ORG_ADMIN', 'USER'],
  },
  listAllSourceApp: { ...list, path: '/source-apps/all', summary: 'Every application.', levels: ['ORG_ADMIN'] },
  listAssignedSourceApp: {
    ...list,
    path: '/source-apps/assigned',
    summary: 'The applications of which the caller has an access profile.',
    levels: ['ORG_ADMIN', 'USER'],
  },
  getSourceApp: {
    method: 'GET',
    path: '/source-apps/:id',
    dialects: exceptV3,
    tag,
    summary: 'One application.',
    scopes: reads,
    levels: ['ORG_ADMIN', 'USER'],
    experimental: since2024,
    status: 200,
    answer: SourceApp,
  },
  listAccessProfilesForSourceApp: {
    method: 'GET',
    path: '/source-apps/:id/access-profiles',
    dialects: exceptV3,
    tag,
    summary: 'The access profiles of an application.',
    scopes: ['idn:app-roles:manage'],
    levels: ['ORG_ADMIN'],
    experimental: since2024,
    query: { ...paging, filters: sifting.filters },
    status: 200,
    answer: Type.Array(AccessProfileOfApp),
    filters: {
      id: { type: 'id', operators: eqIn },
      name: { type: 'string', operators: eqIn },
      created: { type: 'date', operators: moments },
      modified: { type: 'date', operators: moments },
    },
  },
} as const satisfies Record<string, Operation>
