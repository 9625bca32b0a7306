import { type NewTargetAccount, type TargetAccount, TargetError } from '../../../ports.ts'
import {
  mayLackPatch,
  patchBody,
  resourceOf,
  type ScimRequest,
  type ScimResource,
  type ScimSettings,
  scimEquals,
  scimPath,
  versionOf,
} from './client.ts'
import { listScim } from './lists.ts'

export const GROUPS = 'groups'
const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** The one user of that name, undefined when there is none. Refuses (TargetError) when several could be meant. */
export async function findUser(request: ScimRequest, userName: string): Promise<ScimResource | undefined> {
  const users =
    (await listScim(request, '/Users', { filter: scimEquals('userName', userName) })) ?? (await listScim(request, '/Users')) ?? []
  const wanted = userName.toLowerCase()
  // Account names compare without case in SCIM; an exact match still goes first.
  const matches = users.filter((user) => typeof user['userName'] === 'string' && user['userName'].toLowerCase() === wanted)
  const exact = matches.filter((user) => user['userName'] === userName)
  return onlyOne(exact.length > 0 ? exact : matches, `accounts named '${userName}'`)
}

/** The only one of the matches, or undefined. Refuses more than one: either could be meant. */
export function onlyOne(matches: ScimResource[], what: string): ScimResource | undefined {
  if (matches.length > 1)
    throw new TargetError('refused', `the target has ${matches.length} ${what}, so it is not clear which one is meant`)
  return matches[0]
}

/** Whether something that the server lists as a user can be an account. */
export function isNamed(user: ScimResource): boolean {
  return typeof user['userName'] === 'string' && user['userName'] !== ''
}

/** A user and the groups it is in, in the words of the port. */
export function toAccount(user: ScimResource, groups: ScimResource[], key: ScimSettings['groupKey']): TargetAccount {
  const userName = String(user['userName'])
  const names = groups.map((group) => (key === 'id' ? group.id : group['displayName'])).filter((name) => typeof name === 'string')
  return {
    nativeIdentity: userName,
    name: typeof user['displayName'] === 'string' && user['displayName'] !== '' ? user['displayName'] : userName,
    disabled: String(user['active']).toLowerCase() === 'false',
    values: { [GROUPS]: [...new Set(names)].sort() },
  }
}

/** What is sent to make an account. */
export function userOf(account: NewTargetAccount): unknown {
  return {
    schemas: [USER_SCHEMA],
    userName: account.nativeIdentity,
    displayName: account.displayName,
    name: { formatted: account.displayName, givenName: account.firstName, familyName: account.lastName },
    ...(account.email === null ? {} : { emails: [{ value: account.email, type: 'work', primary: true }] }),
    active: true,
  }
}

/**
 * Sets whether a user may come in: by PATCH, or by writing the whole user back to a server without. Says it in the server's own manner:
 * some have the words "True" and "False" where others have booleans.
 */
export async function setActive(request: ScimRequest, user: ScimResource, active: boolean): Promise<void> {
  if (String(user['active'] ?? true).toLowerCase() === String(active)) return
  const path = scimPath('/Users', user.id)
  const patched = await request('PATCH', path, { body: patchBody({ op: 'replace', path: 'active', value: wordFor(user, active) }) })
  if (patched.ok) return
  if (!mayLackPatch(patched)) throw patched.failure()
  const read = await request('GET', path)
  const { meta: _meta, groups: _groups, ...kept } = resourceOf(read)
  const put = await request('PUT', path, { body: { ...kept, active: wordFor(user, active) }, ifMatch: versionOf(read) })
  if (!put.ok) throw put.failure()
}

function wordFor(user: ScimResource, active: boolean): boolean | string {
  const shown = user['active']
  if (typeof shown !== 'string') return active
  const word = String(active)
  return /^[A-Z]/.test(shown) ? word.charAt(0).toUpperCase() + word.slice(1) : word
}
