import { type TargetEntitlement, TargetError, type TargetValue } from '../../../ports.ts'
import { noAttribute } from '../refusals.ts'
import { isBelow } from './names.ts'
import { type LdapEntry, LdapRefusal, type LdapSession, ldapCodes } from './session.ts'
import type { LdapSettings } from './settings.ts'

export const GROUPS = 'groups'
export const groupAttributes = ['cn', 'description']

/** Who is to be in which group, or no longer. */
interface MembershipChange {
  group: LdapEntry
  /** As the group names its members. */
  member: string
  present: boolean
}

/** How groups name an account. */
export function memberOf({ memberBy }: LdapSettings, account: LdapEntry, nativeIdentity: string): string {
  return memberBy === 'dn' ? account.dn : nativeIdentity
}

/** The value that an entitlement names a group by; undefined for a group without a `cn` where that is wanted. */
export function groupValueOf({ groupKey }: LdapSettings, group: LdapEntry): string | undefined {
  return groupKey === 'dn' ? group.dn : group.values('cn')[0]
}

/** A group in the words of the port. */
export function entitlementOf(settings: LdapSettings, group: LdapEntry): TargetEntitlement | undefined {
  const value = groupValueOf(settings, group)
  if (value === undefined) return undefined
  return { attribute: GROUPS, value, name: group.values('cn')[0] ?? group.dn, description: group.values('description')[0] ?? null }
}

/**
 * The one group of that value, undefined when there is none. Refuses (TargetError) another attribute, several groups that could be meant,
 * and a value written in another way than the target writes it: no read would ever show it.
 */
export async function findGroup(
  session: LdapSession,
  settings: LdapSettings,
  { attribute, value }: TargetValue,
): Promise<LdapEntry | undefined> {
  if (attribute !== GROUPS) throw noAttribute(attribute, GROUPS)
  const found = settings.groupKey === 'dn' ? await groupAt(session, settings, value) : await groupsNamed(session, settings, value)
  if (found.length > 1) {
    throw new TargetError('refused', `the target has ${found.length} groups named '${value}', so it is not clear which is meant`)
  }
  const [group] = found
  const written = group === undefined ? undefined : groupValueOf(settings, group)
  if (written === undefined || written === value) return group
  throw new TargetError('refused', `the target writes the group '${value}' as '${written}'; the entitlement's value has to be the same`)
}

async function groupAt(session: LdapSession, { groupsBase, groupFilter }: LdapSettings, dn: string): Promise<LdapEntry[]> {
  // What is elsewhere is not looked at when accounts are read.
  if (!isBelow(dn, groupsBase)) return []
  try {
    return await session.search({ base: dn, scope: 'base', filter: groupFilter, attributes: groupAttributes })
  } catch (error) {
    if (hasCode(error, ldapCodes.noSuchObject, ldapCodes.invalidName)) return []
    throw error
  }
}

async function groupsNamed(session: LdapSession, { groupsBase, groupFilter }: LdapSettings, name: string): Promise<LdapEntry[]> {
  const search = { base: groupsBase, scope: 'sub', filter: groupFilter, attributes: groupAttributes } as const
  const found = await session.search({ ...search, equals: ['cn', name] })
  const exact = found.filter((group) => group.values('cn')[0] === name)
  return exact.length > 0 ? exact : found
}

/** Puts a member into a group or takes one out. That it is so already is no error, nor that the group is gone when somebody is to leave it. */
export async function changeMembership(session: LdapSession, settings: LdapSettings, change: MembershipChange): Promise<void> {
  const { group, member, present } = change
  const attribute = settings.memberAttribute
  const operation = present ? 'add' : 'delete'
  try {
    await session.modify(group.dn, [{ operation, attribute, values: [member] }])
  } catch (error) {
    if (hasCode(error, present ? ldapCodes.valueExists : ldapCodes.noSuchAttribute)) return
    if (!present && hasCode(error, ldapCodes.noSuchObject)) return
    if (present || !hasCode(error, ldapCodes.objectClassViolation)) throw error
    // The last one leaves a group that must have somebody.
    await session.modify(group.dn, [
      { operation: 'delete', attribute, values: [member] },
      { operation: 'add', attribute, values: [settings.emptyMember] },
    ])
  }
}

function hasCode(error: unknown, ...codes: number[]): boolean {
  return error instanceof LdapRefusal && codes.includes(error.code)
}
