import { type Connector, type NewTargetAccount, type TargetAccount, type TargetEntitlement, TargetError } from '../../../ports.ts'
import { noAccount } from '../refusals.ts'
import { readSettings } from '../settings.ts'
import { callBudget, listBudget, type TimeBudget } from '../time-budget.ts'
import { disablingValues, isDisabled } from './disabling.ts'
import { changeMembership, entitlementOf, findGroup, GROUPS, groupAttributes, groupValueOf, memberOf } from './groups.ts'
import { escapeNameValue, nameKey } from './names.ts'
import { type LdapEntry, LdapRefusal, type LdapSession, ldapCodes, openLdapSession } from './session.ts'
import { type LdapSettings, ldapTable } from './settings.ts'

/** A connector to an LDAP directory: accounts are entries found by one attribute, the values of `groups` are groups that have them as members. */
export function ldapConnector(given: unknown): Connector {
  const settings = readSettings('ldap', ldapTable, given)
  const call = <T>(work: (session: LdapSession) => Promise<T>) => withSession(settings, callBudget(settings.timeoutMs), work)
  return {
    test: () => call((session) => testAccess(session, settings)),
    readAccount: (name) => call((session) => readAccount(session, settings, name)),
    createAccount: (account) => call((session) => createAccount(session, settings, account)),
    addValue: (value) =>
      call(async (session) => {
        const account = await findEntry(session, settings, value.nativeIdentity)
        if (account === undefined) throw noAccount(value.nativeIdentity)
        const group = await findGroup(session, settings, value)
        if (group === undefined) throw new TargetError('refused', `the target has no group '${value.value}'`)
        await changeMembership(session, settings, { group, member: memberOf(settings, account, value.nativeIdentity), present: true })
      }),
    removeValue: (value) =>
      call(async (session) => {
        const account = await findEntry(session, settings, value.nativeIdentity)
        const group = await findGroup(session, settings, value)
        if (account === undefined || group === undefined) return
        await changeMembership(session, settings, { group, member: memberOf(settings, account, value.nativeIdentity), present: false })
      }),
    disableAccount: (name) => call((session) => switchAccount(session, settings, name, true)),
    enableAccount: (name) => call((session) => switchAccount(session, settings, name, false)),
    listAccounts: () => listAccounts(settings),
    listEntitlements: () => listEntitlements(settings),
    // Every call has a connection of its own.
    close: async () => {},
  }
}

async function withSession<T>(settings: LdapSettings, budget: TimeBudget, work: (session: LdapSession) => Promise<T>): Promise<T> {
  const session = await openLdapSession(settings, budget)
  try {
    return await work(session)
  } finally {
    session.close()
  }
}

/** The bases have to be there and to be seen: a directory shows nothing to those who may not look. */
async function testAccess(session: LdapSession, { accountsBase, groupsBase }: LdapSettings): Promise<void> {
  for (const base of [accountsBase, groupsBase]) {
    const found = await session.search({ base, scope: 'base', filter: '(objectClass=*)', attributes: ['1.1'] })
    if (found.length === 0) throw new TargetError('refused', `the target does not show the entry ${base}`)
  }
}

function accountAttributes({ accountName, disabledBy }: LdapSettings): string[] {
  return [accountName, 'displayName', 'cn', disabledBy]
}

/** The one entry of an account, undefined when there is none. Refuses (TargetError) when several could be meant. */
async function findEntry(session: LdapSession, settings: LdapSettings, nativeIdentity: string): Promise<LdapEntry | undefined> {
  const { accountsBase, accountFilter, accountName } = settings
  const found = await session.search({
    base: accountsBase,
    scope: 'sub',
    filter: accountFilter,
    equals: [accountName, nativeIdentity],
    attributes: accountAttributes(settings),
  })
  if (found.length > 1) {
    throw new TargetError('refused', `the target has ${found.length} accounts named '${nativeIdentity}', so it is not clear which is meant`)
  }
  return found[0]
}

async function readAccount(session: LdapSession, settings: LdapSettings, nativeIdentity: string): Promise<TargetAccount | undefined> {
  const entry = await findEntry(session, settings, nativeIdentity)
  if (entry === undefined) return undefined
  const name = nameOf(settings, entry, nativeIdentity)
  const groups = await session.search({
    base: settings.groupsBase,
    scope: 'sub',
    filter: settings.groupFilter,
    equals: [settings.memberAttribute, memberOf(settings, entry, name)],
    attributes: groupAttributes,
  })
  const values = groups.flatMap((group) => groupValueOf(settings, group) ?? [])
  return accountOf(settings, entry, name, values)
}

/** An account may have several names; it is known by the one it is asked for, and in a list by the first. */
function nameOf({ accountName }: LdapSettings, entry: LdapEntry, asked?: string): string {
  const names = entry.values(accountName)
  return names.find((name) => name === asked) ?? names.find((name) => name.toLowerCase() === asked?.toLowerCase()) ?? names[0] ?? ''
}

function accountOf({ disabledBy }: LdapSettings, entry: LdapEntry, name: string, values: string[]): TargetAccount {
  return {
    nativeIdentity: name,
    name: entry.values('displayName')[0] ?? entry.values('cn')[0] ?? name,
    disabled: isDisabled(disabledBy, entry.values(disabledBy)),
    values: { [GROUPS]: [...new Set(values)].sort() },
  }
}

async function createAccount(session: LdapSession, settings: LdapSettings, account: NewTargetAccount): Promise<void> {
  const { accountsBase, accountName, accountRdn } = settings
  if ((await findEntry(session, settings, account.nativeIdentity)) !== undefined) return
  const dn = `${accountRdn ?? accountName}=${escapeNameValue(account.nativeIdentity)},${accountsBase}`
  try {
    await session.add(dn, attributesOf(settings, account))
  } catch (error) {
    // Somebody else may have made it just now; another entry may also sit where it should be.
    const isThere = error instanceof LdapRefusal && error.code === ldapCodes.entryExists
    if (!isThere || (await findEntry(session, settings, account.nativeIdentity)) === undefined) throw error
  }
}

function attributesOf(settings: LdapSettings, account: NewTargetAccount): Record<string, string[]> {
  const { nativeIdentity, displayName, firstName, lastName, email } = account
  const more = Object.entries(settings.accountAttributes).map(([name, value]) => [name, [value].flat().map(String)])
  return {
    objectClass: settings.accountClasses,
    cn: [displayName],
    displayName: [displayName],
    // A surname is not optional in a directory.
    sn: [lastName === '' ? displayName : lastName],
    ...(firstName === '' ? {} : { givenName: [firstName] }),
    ...(email === null ? {} : { mail: [email] }),
    [settings.accountName]: [nativeIdentity],
    ...(settings.accountRdn === null ? {} : { [settings.accountRdn]: [nativeIdentity] }),
    ...Object.fromEntries(more),
  }
}

async function switchAccount(session: LdapSession, settings: LdapSettings, nativeIdentity: string, disabled: boolean): Promise<void> {
  const { disabledBy } = settings
  const entry = await findEntry(session, settings, nativeIdentity)
  if (entry === undefined && disabled) return
  if (entry === undefined) throw noAccount(nativeIdentity)
  const before = entry.values(disabledBy)
  if (isDisabled(disabledBy, before) === disabled) return
  await session.modify(entry.dn, [{ operation: 'replace', attribute: disabledBy, values: disablingValues(disabledBy, before, disabled) }])
}

async function* listAccounts(settings: LdapSettings): AsyncGenerator<TargetAccount> {
  const session = await openLdapSession(settings, listBudget(settings.timeoutMs))
  try {
    const valuesOf = await readMemberships(session, settings)
    const { accountsBase, accountFilter } = settings
    const search = { base: accountsBase, scope: 'sub', filter: accountFilter, attributes: accountAttributes(settings) } as const
    for await (const page of session.pages(search)) {
      for (const entry of page) {
        const name = nameOf(settings, entry)
        if (name !== '') yield accountOf(settings, entry, name, valuesOf(memberOf(settings, entry, name)))
      }
    }
  } finally {
    session.close()
  }
}

/** Reads all groups once; the answer tells the values of a member. */
async function readMemberships(session: LdapSession, settings: LdapSettings): Promise<(member: string) => string[]> {
  const { groupsBase, groupFilter, memberAttribute, memberBy } = settings
  const keyOf = (member: string) => (memberBy === 'dn' ? nameKey(member) : member)
  const byMember = new Map<string, string[]>()
  const attributes = [...groupAttributes, memberAttribute]
  for await (const page of session.pages({ base: groupsBase, scope: 'sub', filter: groupFilter, attributes })) {
    for (const group of page) {
      const value = groupValueOf(settings, group)
      if (value === undefined) continue
      for (const member of membersOf(settings, group)) byMember.set(keyOf(member), [...(byMember.get(keyOf(member)) ?? []), value])
    }
  }
  return (member) => byMember.get(keyOf(member)) ?? []
}

/** A list of some of the members would prove that the others are not in the group. */
function membersOf({ memberAttribute }: LdapSettings, group: LdapEntry): string[] {
  const part = group.names().find((name) => name.toLowerCase().startsWith(`${memberAttribute.toLowerCase()};range=`))
  if (part !== undefined) throw new TargetError('refused', `the target shows only some of the members of ${group.dn} at a time (${part})`)
  return group.values(memberAttribute)
}

async function* listEntitlements(settings: LdapSettings): AsyncGenerator<TargetEntitlement> {
  const session = await openLdapSession(settings, listBudget(settings.timeoutMs))
  const listed = new Set<string>()
  try {
    const { groupsBase, groupFilter } = settings
    for await (const page of session.pages({ base: groupsBase, scope: 'sub', filter: groupFilter, attributes: groupAttributes })) {
      for (const group of page) {
        const entitlement = entitlementOf(settings, group)
        if (entitlement === undefined || listed.has(entitlement.value)) continue
        listed.add(entitlement.value)
        yield entitlement
      }
    }
  } finally {
    session.close()
  }
}
