import { noRules, type RequestRules, type Selector } from './access-model.ts'
import type { ListEntry, NamedStep } from './import-cells.ts'
import { longest, type Row } from './import-file.ts'

/** What a line of each file says. Texts are null where a cell is empty, or wrong: then the row has noted why. */

/** Request rules whose governance groups are still names. */
export interface NamedRules extends Omit<RequestRules, 'steps'> {
  steps: NamedStep[]
}

export interface NamedConfig {
  grant: NamedRules
  revoke: NamedRules
}

type Text = string | null

export interface IdentityRow {
  id: Text
  alias: Text
  name: Text
  firstName: string
  lastName: string
  email: Text
  managerAlias: Text
  department: Text
  status: 'ACTIVE' | 'INACTIVE'
  isAdmin: boolean
}

/** Takes a line of identities.csv; where no first or last name is given, the name is split at its last blank. */
export function readIdentity(row: Row): IdentityRow {
  const name = row.required('name', longest.name)
  const cut = name?.lastIndexOf(' ') ?? -1
  return {
    id: row.text('id', longest.id),
    alias: row.required('alias', longest.name),
    name,
    firstName: row.text('firstName', longest.name) ?? name?.slice(0, Math.max(cut, 0)).trim() ?? '',
    lastName: row.text('lastName', longest.name) ?? name?.slice(cut + 1) ?? '',
    email: row.text('email', longest.email),
    managerAlias: row.text('managerAlias', longest.name),
    department: row.text('department', longest.name),
    status: row.oneOf('status', ['ACTIVE', 'INACTIVE']),
    isAdmin: row.flag('admin', false),
  }
}

/** What every named thing has. */
interface NamedRow {
  id: Text
  name: Text
  description: Text
  ownerAlias: Text
}

function readNamed(row: Row): NamedRow {
  return {
    id: row.text('id', longest.id),
    name: row.required('name', longest.name),
    description: row.text('description', longest.description),
    ownerAlias: row.text('ownerAlias', longest.name),
  }
}

/** The same, for what needs an owner. */
function readOwned(row: Row): NamedRow {
  return { ...readNamed(row), ownerAlias: row.required('ownerAlias', longest.name) }
}

export interface GovernanceGroupRow extends NamedRow {
  members: ListEntry[]
}

/** Takes a line of governance-groups.csv. */
export function readGovernanceGroup(row: Row): GovernanceGroupRow {
  return { ...readNamed(row), members: row.list('members', 'name') }
}

export interface SourceRow extends NamedRow {
  connector: Text
  config: NamedConfig | null
}

/** Takes a line of sources.csv; without approval schemes the tenant's rules stay in force for its entitlements. */
export function readSource(row: Row): SourceRow {
  return { ...readOwned(row), connector: row.text('connector', longest.attribute), config: readConfig(row, 'SOURCE_OWNER', false) }
}

interface ItemRow extends NamedRow {
  requestable: boolean
  enabled: boolean
  config: NamedConfig | null
}

export interface EntitlementRow extends ItemRow {
  source: Text
  attribute: Text
  value: Text
  privileged: boolean
}

/** Takes a line of entitlements.csv; without rules of its own an entitlement follows its source. */
export function readEntitlement(row: Row): EntitlementRow {
  const value = row.exact('value', longest.value)
  return {
    id: row.text('id', longest.id),
    name: row.text('name', longest.name) ?? shortName(value),
    description: row.text('description', longest.description),
    ownerAlias: row.text('ownerAlias', longest.name),
    source: row.required('source', longest.name),
    attribute: row.required('attribute', longest.attribute),
    value,
    requestable: row.flag('requestable', false),
    enabled: true,
    privileged: row.flag('privileged', false),
    config: readConfig(row, 'SOURCE_OWNER', false),
  }
}

/** A value may be longer than a name may be. At most three bytes are in a unit of UTF-16. */
function shortName(value: Text): Text {
  return value === null
    ? null
    : value
        .trim()
        .slice(0, Math.floor(longest.name / 3))
        .trim()
}

export interface AccessProfileRow extends ItemRow {
  source: Text
  entitlements: ListEntry[]
}

/** Takes a line of access-profiles.csv. */
export function readAccessProfile(row: Row): AccessProfileRow {
  const source = row.required('source', longest.name)
  return {
    ...readOwned(row),
    source,
    entitlements: row.list('entitlements', 'attribute=value').map((entry) => ({ ...entry, source })),
    requestable: row.flag('requestable', false),
    enabled: row.flag('enabled', true),
    config: readConfig(row, 'OWNER', true),
  }
}

export interface RoleRow extends ItemRow {
  accessProfiles: ListEntry[]
  entitlements: ListEntry[]
  additionalOwners: ListEntry[]
  additionalGroups: ListEntry[]
}

/** Takes a line of roles.csv. */
export function readRole(row: Row): RoleRow {
  return {
    ...readOwned(row),
    accessProfiles: row.list('accessProfiles', 'name'),
    entitlements: row.list('entitlements', 'source/attribute=value'),
    additionalOwners: row.list('additionalOwners', 'name'),
    additionalGroups: row.list('additionalGroups', 'name'),
    requestable: row.flag('requestable', false),
    enabled: row.flag('enabled', true),
    config: readConfig(row, 'OWNER', true),
  }
}

export interface ApplicationRow extends NamedRow {
  source: Text
  accessProfiles: ListEntry[]
}

/** Takes a line of applications.csv. */
export function readApplication(row: Row): ApplicationRow {
  return { ...readNamed(row), source: row.text('source', longest.name), accessProfiles: row.list('accessProfiles', 'name') }
}

export interface AccountRow {
  id: Text
  source: Text
  nativeIdentity: Text
  identityAlias: Text
  name: Text
  disabled: boolean
}

/** Takes a line of accounts.csv; an account without a person is one that nobody is known to use. */
export function readAccount(row: Row): AccountRow {
  const nativeIdentity = row.exact('nativeIdentity', longest.value)
  return {
    id: row.text('id', longest.id),
    source: row.required('source', longest.name),
    nativeIdentity,
    identityAlias: row.text('identityAlias', longest.name),
    name: row.text('name', longest.value) ?? nativeIdentity,
    disabled: row.flag('disabled', false),
  }
}

export interface HoldingRow {
  source: Text
  nativeIdentity: Text
  attribute: Text
  value: Text
}

/** Takes a line of holdings.csv: the account has the value. */
export function readHolding(row: Row): HoldingRow {
  return {
    source: row.required('source', longest.name),
    nativeIdentity: row.exact('nativeIdentity', longest.value),
    attribute: row.required('attribute', longest.attribute),
    value: row.exact('value', longest.value),
  }
}

export interface MembershipRow {
  identityAlias: Text
  type: 'ROLE' | 'ACCESS_PROFILE' | null
  item: Text
  origin: 'ROLE_MEMBERSHIP' | 'BIRTHRIGHT' | null
}

/** Takes a line of memberships.csv: the person holds the item without having asked for it. */
export function readMembership(row: Row): MembershipRow {
  return {
    identityAlias: row.required('identityAlias', longest.name),
    type: row.requiredWord('type', ['ROLE', 'ACCESS_PROFILE']),
    item: row.required('item', longest.name),
    origin: row.requiredWord('origin', ['ROLE_MEMBERSHIP', 'BIRTHRIGHT']),
  }
}

/** The columns that make up an item's request rules; `readConfig` reads all of them. */
export const configColumns = [
  'grantApproval',
  'revokeApproval',
  'commentRequired',
  'denialCommentRequired',
  'endDateRequired',
  'maxDuration',
] as const

/**
 * The rules a line gives. A forgotten grantApproval means that `guard` is asked: nobody gets access unasked because a cell was empty.
 * Where all cells are empty and rules of its own are not a `must`, there are none.
 */
function readConfig(row: Row, guard: Selector['kind'], must: boolean): NamedConfig | null {
  const grant = {
    ...noRules,
    steps: row.approvals('grantApproval') ?? [{ kind: guard }],
    commentRequired: row.flag('commentRequired', false),
    denialCommentRequired: row.flag('denialCommentRequired', false),
    endDateRequired: row.flag('endDateRequired', false),
    maxDuration: row.duration('maxDuration'),
  }
  const revoke = { ...noRules, steps: row.approvals('revokeApproval') ?? [] }
  return must || row.hasAny(configColumns) ? { grant, revoke } : null
}
