import { Type } from 'typebox'
import { allDialects, type Dialect } from '../dialect.ts'
import type { FilterFields } from '../filter.ts'
import type { Operation } from '../operation.ts'
import { Flag, Instant, nullable, paging, sifting, Text } from '../schema.ts'
import { nested } from './entitlements.ts'
import { AccessProfileRequestConfig } from './request-config.ts'
import {
  AdditionalOwners,
  EntitlementRefs,
  eqIn,
  eqSw,
  forSubadmin,
  moments,
  NoMetadata,
  Nothing,
  Owner,
  SourceRef,
  segments,
} from './shapes.ts'

/** An access profile as a dialect writes it. */
export const AccessProfile = (dialect: Dialect) =>
  Type.Object({
    id: Text,
    name: Text,
    description: nullable(Text),
    created: Instant,
    modified: Instant,
    enabled: Flag,
    owner: Owner(dialect),
    source: SourceRef,
    entitlements: EntitlementRefs,
    requestable: Flag,
    ...AccessProfileRequestConfig(dialect),
    segments: Nothing,
    accessModelMetadata: NoMetadata,
    provisioningCriteria: Nothing,
    additionalOwners: AdditionalOwners,
  })

const filters: FilterFields = {
  id: { type: 'id', operators: eqIn },
  name: { type: 'string', operators: eqSw },
  created: { type: 'date', operators: moments },
  modified: { type: 'date', operators: moments },
  'owner.id': { type: 'id', operators: eqIn },
  requestable: { type: 'boolean', operators: ['eq'] },
  'source.id': { type: 'id', operators: eqIn },
}

const tag = 'Access Profiles'
const reads = ['idn:access-profile:read', 'idn:access-profile:manage'] as const

export const accessProfileOperations = {
  listAccessProfiles: {
    method: 'GET',
    path: '/access-profiles',
    dialects: allDialects,
    tag,
    summary: 'The access profiles.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    query: { ...forSubadmin, ...segments, ...paging, ...sifting },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(AccessProfile(dialect)),
    filters,
    sorters: ['name', 'created', 'modified'],
  },
  getAccessProfile: {
    method: 'GET',
    path: '/access-profiles/:id',
    dialects: allDialects,
    tag,
    summary: 'One access profile.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    status: 200,
    answer: AccessProfile,
  },
  getAccessProfileEntitlements: {
    ...nested,
    method: 'GET',
    path: '/access-profiles/:id/entitlements',
    tag,
    summary: 'The entitlements of an access profile.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    query: { ...paging, ...sifting },
  },
} as const satisfies Record<string, Operation>
