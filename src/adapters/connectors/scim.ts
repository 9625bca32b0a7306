import { type Connector, type NewTargetAccount, type TargetAccount, TargetError, type TargetValue } from '../../ports.ts'
import { listScim, openScimCall, pageOf, type ScimRequest, type ScimResource, type ScimSettings, scimEquals } from './scim-client.ts'
import { changeMember, findGroupById, type InTurn, type MembersFilter, readGroupsOf } from './scim-members.ts'

export type { ScimSettings } from './scim-client.ts'

const GROUPS = 'groups'
const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** A connector to a SCIM 2.0 server: accounts are its Users (by userName), the values of `groups` its Groups. */
export function scimConnector(settings: ScimSettings): Connector {
  refuseUnusable(settings)
  const inTurn = turns()
  let membersFilter: MembersFilter = 'unknown'

  async function change({ nativeIdentity, attribute, value }: TargetValue, present: boolean): Promise<void> {
    if (attribute !== GROUPS) throw new TargetError('refused', `the target has no attribute '${attribute}', only '${GROUPS}'`)
    const request = openScimCall(settings)
    const user = await findUser(request, nativeIdentity)
    const group = await findGroup(request, value, settings.groupKey)
    // Who is not there, or a group that is gone, has nothing left to take away.
    if (!present && (user === undefined || group === undefined)) return
    if (user === undefined) throw new TargetError('refused', `the target has no account '${nativeIdentity}'`)
    if (group === undefined) throw new TargetError('refused', `the target has no group '${value}'`)
    await changeMember(request, { groupId: group.id, userId: user.id, present }, inTurn)
  }

  return {
    async test() {
      const request = openScimCall(settings)
      // The service provider's configuration is often public; only a read of data shows that the token is good.
      for (const endpoint of ['/Users', '/Groups']) pageOf(await request('GET', endpoint, { query: { startIndex: '1', count: '1' } }))
    },

    async readAccount(nativeIdentity) {
      const request = openScimCall(settings)
      const user = await findUser(request, nativeIdentity)
      if (user === undefined) return undefined
      const read = await readGroupsOf(request, user, membersFilter)
      if (read.filter !== 'unknown') membersFilter = read.filter
      return toAccount(user, read.groups, settings.groupKey)
    },

    async createAccount(account) {
      const request = openScimCall(settings)
      const answer = await request('POST', '/Users', { body: userOf(account) })
      if (answer.ok) return
      // A 409 may also be about something else that has to be unique, so the account has to be there to be taken for made.
      if (answer.status !== 409 || (await findUser(request, account.nativeIdentity)) === undefined) throw answer.failure()
    },

    addValue: (value) => change(value, true),
    removeValue: (value) => change(value, false),
    // The sockets belong to the process's shared pool and close when idle.
    close: async () => {},
  }
}

/** Finds out now what would otherwise show up as an unreachable target later. */
function refuseUnusable(settings: ScimSettings): void {
  if (!URL.canParse(settings.baseUrl) || !/^https?:$/.test(new URL(settings.baseUrl).protocol)) {
    throw new TargetError('refused', 'the base URL of a SCIM target has to be an http or https address')
  }
  if (!/^[\x21-\x7e]+$/.test(settings.token))
    throw new TargetError('refused', 'the token of a SCIM target has to be plain characters without spaces')
}

async function findUser(request: ScimRequest, userName: string): Promise<ScimResource | undefined> {
  const users =
    (await listScim(request, '/Users', { filter: scimEquals('userName', userName) })) ?? (await listScim(request, '/Users')) ?? []
  const wanted = userName.toLowerCase()
  // Account names compare without case in SCIM; an exact match still goes first.
  const matches = users.filter((user) => typeof user['userName'] === 'string' && user['userName'].toLowerCase() === wanted)
  const exact = matches.filter((user) => user['userName'] === userName)
  return onlyOne(exact.length > 0 ? exact : matches, `accounts named '${userName}'`)
}

async function findGroup(request: ScimRequest, value: string, key: ScimSettings['groupKey']): Promise<ScimResource | undefined> {
  if (key === 'id') return findGroupById(request, value)
  const query = { filter: scimEquals('displayName', value), excludedAttributes: 'members' }
  const groups = (await listScim(request, '/Groups', query)) ?? (await listScim(request, '/Groups')) ?? []
  const matches = groups.filter((group) => group['displayName'] === value)
  return onlyOne(matches, `groups named '${value}'`)
}

function onlyOne(matches: ScimResource[], what: string): ScimResource | undefined {
  if (matches.length > 1)
    throw new TargetError('refused', `the target has ${matches.length} ${what}, so it is not clear which one is meant`)
  return matches[0]
}

function toAccount(user: ScimResource, groups: ScimResource[], key: ScimSettings['groupKey']): TargetAccount {
  const userName = String(user['userName'])
  const names = groups.map((group) => (key === 'id' ? group.id : group['displayName'])).filter((name) => typeof name === 'string')
  return {
    nativeIdentity: userName,
    name: typeof user['displayName'] === 'string' && user['displayName'] !== '' ? user['displayName'] : userName,
    disabled: user['active'] === false,
    values: { [GROUPS]: [...new Set(names)].sort() },
  }
}

function userOf(account: NewTargetAccount): unknown {
  return {
    schemas: [USER_SCHEMA],
    userName: account.nativeIdentity,
    displayName: account.displayName,
    name: { formatted: account.displayName, givenName: account.firstName, familyName: account.lastName },
    ...(account.email === null ? {} : { emails: [{ value: account.email, type: 'work', primary: true }] }),
    active: true,
  }
}

/** Lets work under the same key wait for the work before it, however that ended. */
function turns(): InTurn {
  const last = new Map<string, Promise<void>>()
  return (key, work) => {
    const mine = (last.get(key) ?? Promise.resolve()).catch(() => {}).then(work)
    last.set(key, mine)
    const forget = () => {
      if (last.get(key) === mine) last.delete(key)
    }
    mine.then(forget, forget)
    return mine
  }
}
