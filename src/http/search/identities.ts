import type { SearchCondition } from '../../domain/search.ts'
import type { SearchedAccess, SearchedIdentity } from '../../store/search/identities.ts'
import { lifecycleStates } from '../catalogue/identities.ts'
import { instant } from '../wire-names.ts'
import { absent, date, everyDocument, flag, id, number, type Origin, type SearchField, type SearchIndex, text } from './fields.ts'

const withStatus = (status: 'ACTIVE' | 'INACTIVE'): SearchCondition => ({ is: 'oneOf', field: 'status', values: [status] })
const gone: SearchField = { is: 'flag', when: withStatus('INACTIVE') }
const never: SearchField = { is: 'flag', when: { is: 'none' } }

const lists: SearchIndex['lists'] = {
  access: {
    fields: {
      id,
      name: text,
      displayName: text,
      description: text,
      type: text,
      'source.id': id,
      'source.name': text,
      'owner.id': id,
      'owner.name': text,
      'owner.displayName': text,
      attribute: text,
      value: text,
      privileged: flag,
      disabled: flag,
      ...absent('revocable', 'standalone'),
    },
  },
  accounts: {
    fields: {
      id,
      name: text,
      accountId: text,
      'source.id': id,
      'source.name': text,
      disabled: flag,
      created: date,
      ...absent('source.type', 'locked', 'privileged', 'manuallyCorrelated', 'passwordLastSet', 'supportsPasswordChange'),
    },
  },
  // Nobody has any of these here; a query may ask all the same.
  apps: { empty: true, fields: absent('id', 'name', 'source.id', 'source.name', 'account.id', 'account.accountId') },
  owns: {
    empty: true,
    fields: absent('sources.name', 'entitlements.name', 'accessProfiles.name', 'roles.name', 'apps.name', 'governanceGroups.name'),
  },
}

/** Documents of people, in the contract's words. */
export function identityIndex(origin: Origin): SearchIndex {
  return {
    name: 'identities',
    fields: {
      id,
      name: text,
      displayName: text,
      firstName: text,
      lastName: text,
      email: text,
      created: date,
      modified: date,
      synced: date,
      inactive: gone,
      disabled: gone,
      protected: never,
      locked: never,
      status: text,
      isManager: flag,
      'manager.id': id,
      'manager.name': text,
      'manager.displayName': text,
      'attributes.uid': text,
      'attributes.displayName': text,
      'attributes.firstname': text,
      'attributes.lastname': text,
      'attributes.email': text,
      'attributes.department': text,
      'attributes.cloudLifecycleState': {
        is: 'words',
        words: { [lifecycleStates.ACTIVE]: withStatus('ACTIVE'), [lifecycleStates.INACTIVE]: withStatus('INACTIVE') },
      },
      accountCount: number,
      accessCount: number,
      entitlementCount: number,
      roleCount: number,
      accessProfileCount: number,
      ...absent('phone', 'employeeNumber', 'identityProfile.id', 'identityProfile.name', 'source.id', 'source.name', 'processingState'),
      ...absent(
        'processingDetails',
        'apps',
        'appCount',
        'owns',
        'ownsCount',
        'tags',
        'tagsCount',
        'visibleSegments',
        'visibleSegmentCount',
      ),
      ...everyDocument('identity', origin),
    },
    open: { prefix: 'attributes.', is: 'absent' },
    lists,
    sorters: ['id', 'name', 'displayName', 'firstName', 'lastName', 'email', 'created', 'modified', 'synced'],
  }
}

/** A person as the wire's search tells of them. */
export function identityDocument(row: SearchedIdentity, { org, pod }: Origin): object {
  const inactive = row.status === 'INACTIVE'
  const count = (type: SearchedAccess['type']) => row.access.filter((one) => one.type === type).length
  return {
    id: row.id,
    name: row.alias,
    displayName: row.name,
    firstName: row.firstName,
    lastName: row.lastName,
    ...(row.email === null ? {} : { email: row.email }),
    created: instant(row.createdAt),
    modified: instant(row.modifiedAt),
    synced: instant(row.modifiedAt),
    inactive,
    disabled: inactive,
    protected: false,
    locked: false,
    status: row.status,
    manager: row.manager && { id: row.manager.id, name: row.manager.alias, displayName: row.manager.name },
    isManager: row.isManager,
    attributes: {
      uid: row.alias,
      displayName: row.name,
      firstname: row.firstName,
      lastname: row.lastName,
      ...(row.email === null ? {} : { email: row.email }),
      ...(row.department === null ? {} : { department: row.department }),
      cloudLifecycleState: lifecycleStates[row.status],
    },
    accounts: row.accounts.map((account) => ({
      id: account.id,
      name: account.name,
      accountId: account.nativeIdentity,
      source: account.source,
      disabled: account.disabled,
      created: instant(account.createdAt),
    })),
    accountCount: row.accounts.length,
    access: row.access.map(accessElement),
    accessCount: row.access.length,
    entitlementCount: count('ENTITLEMENT'),
    roleCount: count('ROLE'),
    accessProfileCount: count('ACCESS_PROFILE'),
    org,
    pod,
    _type: 'identity',
    _version: 'v1',
  }
}

function accessElement(row: SearchedAccess): object {
  const shared = { id: row.id, name: row.name, displayName: row.name, type: row.type, description: row.description }
  const owner = row.owner && { ...row.owner, displayName: row.owner.name }
  if (row.type === 'ROLE') return { ...shared, ...(owner ? { owner } : {}), disabled: !row.enabled }
  const source = row.source ? { source: row.source } : {}
  if (row.type === 'ACCESS_PROFILE') return { ...shared, ...source, ...(owner ? { owner } : {}) }
  return { ...shared, ...source, privileged: row.privileged, attribute: row.attribute, value: row.value }
}
