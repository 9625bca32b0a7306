import { Type } from 'typebox'
import { dialects, exceptV3 } from '../dialect.ts'
import type { FilterFields } from '../filter.ts'
import type { Operation } from '../operation.ts'
import { enumOf, Flag, IdentityRef, Instant, paging, sifting, Text } from '../schema.ts'
import { EntitlementRequestConfig, EntitlementRequestConfigBody } from './request-config.ts'
import { eqSw, every, forSubadmin, Nothing } from './shapes.ts'

export const SourceStates = ['SOURCE_STATE_HEALTHY', 'SOURCE_STATE_UNCHECKED_SOURCE'] as const
export const SourceFeatures = ['PROVISIONING', 'SYNC_PROVISIONING'] as const

const empty = Type.Array(Type.Object({}), { maxItems: 0 })

/** Settings and credentials of a connector are nowhere in it: `connectorAttributes` is always empty. */
export const Source = Type.Object({
  id: Text,
  name: Text,
  description: Text,
  owner: IdentityRef,
  cluster: Nothing,
  accountCorrelationConfig: Nothing,
  accountCorrelationRule: Nothing,
  managerCorrelationMapping: Nothing,
  managerCorrelationRule: Nothing,
  beforeProvisioningRule: Nothing,
  schemas: empty,
  passwordPolicies: empty,
  features: Type.Array(enumOf(SourceFeatures)),
  type: Text,
  connector: Text,
  connectorAttributes: Type.Object({}, { additionalProperties: false }),
  authoritative: Flag,
  managementWorkgroup: Nothing,
  healthy: Flag,
  status: enumOf(SourceStates),
  connectorId: Text,
  connectorName: Text,
  connectionType: enumOf(['direct', 'file']),
  created: Instant,
  modified: Instant,
  credentialProviderEnabled: Flag,
  category: Nothing,
})

const text = { type: 'string', operators: ['co', ...every] } as const
const id = { type: 'id', operators: every } as const
const word = { type: 'string', operators: every } as const
const moment = { type: 'date', operators: every } as const

// compat: catalogue-filter-union. Which operator works on which field of a source differs for no reason we could find; all of them do here.
const filters: FilterFields = {
  id,
  name: text,
  type: word,
  'owner.id': id,
  features: { type: 'string', operators: ['ca', 'co'] },
  created: moment,
  modified: moment,
  'managementWorkgroup.id': id,
  description: { type: 'string', operators: eqSw },
  authoritative: { type: 'boolean', operators: ['eq', 'ne', 'isnull'] },
  healthy: { type: 'boolean', operators: ['eq', 'isnull'] },
  status: word,
  connectionType: word,
  connectorName: word,
  category: text,
}

const sorters = [
  'type',
  'created',
  'modified',
  'name',
  'owner.name',
  'healthy',
  'status',
  'id',
  'description',
  'owner.id',
  'accountCorrelationConfig.id',
  'accountCorrelationConfig.name',
  'managerCorrelationRule.type',
  'managerCorrelationRule.id',
  'managerCorrelationRule.name',
  'authoritative',
  'managementWorkgroup.id',
  'connectorName',
  'connectionType',
] as const

const tag = 'Sources'
const reads = ['idn:sources:read', 'idn:sources:manage'] as const

export const sourceOperations = {
  listSources: {
    method: 'GET',
    path: '/sources',
    dialects: dialects,
    tag,
    summary: 'The systems access is given on.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    query: {
      ...forSubadmin,
      includeIDNSource: Type.Optional(
        Type.Boolean({ default: false, description: 'Accepted; there is no source that stands for the product itself.' }),
      ),
      ...paging,
      ...sifting,
    },
    status: 200,
    answer: Type.Array(Source),
    filters,
    sorters,
  },
  getSource: {
    method: 'GET',
    path: '/sources/:id',
    dialects: dialects,
    tag,
    summary: 'One source.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    status: 200,
    answer: Source,
  },
  getSourceEntitlementRequestConfig: {
    method: 'GET',
    path: '/sources/:id/entitlement-request-config',
    dialects: exceptV3,
    tag,
    summary: 'The request rules of entitlements without their own: those of the source, else those of the tenant.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    status: 200,
    answer: EntitlementRequestConfig,
  },
  updateSourceEntitlementRequestConfig: {
    method: 'PUT',
    path: '/sources/:id/entitlement-request-config',
    dialects: exceptV3,
    tag,
    summary: 'Give a source request rules for those of its entitlements that have none of their own.',
    scopes: ['idn:sources:manage'],
    levels: ['ORG_ADMIN'],
    body: EntitlementRequestConfigBody,
    status: 200,
    answer: EntitlementRequestConfig,
  },
} as const satisfies Record<string, Operation>
