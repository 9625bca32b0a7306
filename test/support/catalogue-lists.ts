import { accountActivityOperations } from '../../src/api/account-activities.ts'
import { catalogueOperations } from '../../src/api/catalogue.ts'
import type { FieldType, FilterFields } from '../../src/api/filter.ts'
import { type Operation, urlOf } from '../../src/api/operation.ts'
import type { TestApp } from './app.ts'

/** Every list of the catalogue with what its filters and sorters look at, found by other means than the filters themselves. */

export type Row = ReturnType<typeof JSON.parse>
export type Value = string | number | boolean | string[] | null

export interface CatalogueList {
  id: string
  operation: Operation
  url: string
  /** The value of a field in a row; undefined where a caller cannot see it. */
  fieldOf(row: Row, field: string): Value | undefined
  keyOf(row: Row): string
}

type Values = Record<string, (row: Row) => Value | undefined>

/** What cannot be read off a row, as the database has it. */
interface Hidden {
  entitlementsOf: Map<string, string[]>
  membersOf: Map<string, string[]>
}

const nobody = () => null
const never = () => false
const item: Values = {
  type: (row) => row.sourceSchemaObjectType,
  tags: nobody,
  'privilegeLevel.direct': (row) => (row.privileged ? 'HIGH' : 'NONE'),
}
const unseen: Values = { created: () => undefined, modified: () => undefined }

const valuesOf = (hidden: Hidden): Record<string, Values> => ({
  listIdentities: {
    firstname: (row) => row.attributes.firstname,
    lastname: (row) => row.attributes.lastname,
    email: (row) => row.emailAddress,
    cloudStatus: (row) => row.identityStatus,
    correlated: () => true,
    protected: never,
  },
  getPublicIdentities: { firstname: (row) => row.name.split(' ')[0], lastname: (row) => row.name.split(' ')[1] },
  getRoleAssignedIdentities: unseen,
  listEntitlements: item,
  getRoleEntitlements: item,
  getAccessProfileEntitlements: item,
  listEntitlementsByAccount: { ...item, name: (row) => row.name },
  listSources: {
    'managementWorkgroup.id': nobody,
    'accountCorrelationConfig.id': nobody,
    'accountCorrelationConfig.name': nobody,
    'managerCorrelationRule.type': nobody,
    'managerCorrelationRule.id': nobody,
    'managerCorrelationRule.name': nobody,
    // In the order of the wire's words, which is that of how they were told apart.
    connectionType: (row) => row.connectionType,
    status: (row) => row.status,
  },
  listAccounts: {
    entitlements: (row) => hidden.entitlementsOf.get(row.id) ?? [],
    identityId: (row) => row.identityId ?? null,
    'identity.name': (row) => row.identity?.name ?? null,
    'identity.correlated': (row) => !row.uncorrelated,
    'identity.identityState': (row) => row.identityState,
    'source.displayableName': (row) => row.sourceName,
    'source.authoritative': never,
    'source.connectionType': (row) => row.connectionType,
    'recommendation.method': nobody,
    'recommendation.type': nobody,
  },
  listWorkgroups: { 'memberships.identityId': (row) => hidden.membersOf.get(row.id) ?? [] },
  listWorkgroupMembers: unseen,
  listConnections: { name: (row) => row.object.name, ...unseen },
})

/** The lists that have filters or sorters and rows in `app`; ids in their paths are given by the name of the operation. */
export async function catalogueLists(app: TestApp, params: Record<string, string>): Promise<CatalogueList[]> {
  const values = valuesOf(await hiddenIn(app))
  const all: Record<string, Operation> = { ...catalogueOperations, ...accountActivityOperations }
  return Object.entries(all)
    .filter(([, operation]) => operation.method === 'GET' && (operation.filters || operation.sorters))
    .map(([id, operation]) => {
      const dialect = operation.dialects.includes('v2024') ? 'v2024' : 'v1'
      const url = urlOf(operation, dialect).replace(/:\w+/, params[id] ?? 'missing')
      const own = values[id] ?? {}
      return { id, operation, url, fieldOf: (row, field) => (own[field] ?? path(field))(row), keyOf: (row) => row.id ?? row.object.id }
    })
}

const path = (field: string) => (row: Row) => field.split('.').reduce<Row>((value, key) => value?.[key], row) ?? null

async function hiddenIn(app: TestApp): Promise<Hidden> {
  const grants = await app.sql('select account_id, array_agg(entitlement_id) as ids from access_grant where present group by account_id')
  const members = await app.sql('select group_id, array_agg(identity_id) as ids from governance_group_member group by group_id')
  return {
    entitlementsOf: new Map(grants.map((row) => [String(row['account_id']), row['ids'] as string[]])),
    membersOf: new Map(members.map((row) => [String(row['group_id']), row['ids'] as string[]])),
  }
}

/** How a field is compared: as its filter says, else by what it is called. */
export function typeOf(fields: FilterFields | undefined, field: string): FieldType {
  const named = /(^|\.)(name|alias|aliasName|email|description|displayableName)$/.test(field)
  return fields?.[field]?.type ?? (named ? 'string' : 'id')
}

/** Text of type string has no case; a date is compared as the moment it is. */
export function comparable(value: Value, type: FieldType): Value {
  if (typeof value !== 'string') return value
  if (type === 'date') return Date.parse(value)
  return type === 'string' ? value.toLowerCase() : value
}

/** Whether a row's value meets a condition, by the rules in domain/filter.ts. */
export function meets(found: Value, operator: string, wanted: string[], type: FieldType): boolean {
  if (operator === 'pr') return found !== null
  if (operator === 'isnull') return found === null
  const values = wanted.map((one) => (type === 'boolean' ? one === 'true' : comparable(one, type)))
  const [value = ''] = values
  if (Array.isArray(found)) {
    const own = found.map((one) => comparable(one, type))
    const has = (one: Value) => own.includes(one)
    return operator === 'ca' || operator === 'co' ? values.every(has) : values.some(has)
  }
  const own = comparable(found, type)
  if (operator === 'ne') return own !== value
  if (own === null || value === null) return false
  if (operator === 'eq' || operator === 'in') return values.includes(own)
  if (operator === 'sw') return type === 'date' ? String(found).startsWith(wanted[0] ?? '') : String(own).startsWith(String(value))
  if (operator === 'co') return String(own).includes(String(value))
  const results: Record<string, boolean> = { gt: own > value, ge: own >= value, lt: own < value, le: own <= value }
  return results[operator] as boolean
}
