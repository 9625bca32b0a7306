import { type Connector, type TargetEntitlement, TargetError, type TargetValue } from '../../../ports.ts'
import { noAccount, noAttribute } from '../refusals.ts'
import { readSettings } from '../settings.ts'
import { callBudget, listBudget } from '../time-budget.ts'
import { type ScimRequest, type ScimResource, type ScimSettings, scimEquals, scimRequests, scimTable } from './client.ts'
import { listScim, pageOf, streamScim } from './lists.ts'
import { changeMember, type InTurn } from './members.ts'
import { findGroupById, type MembersFilter, readGroupsOf, readMemberships } from './memberships.ts'
import { findUser, GROUPS, isNamed, onlyOne, setActive, toAccount, userOf } from './users.ts'

/** A connector to a SCIM 2.0 server: accounts are its Users (by userName), the values of `groups` its Groups. */
export function scimConnector(given: unknown): Connector {
  const settings = readSettings('scim', scimTable, given)
  const openCall = () => scimRequests(settings, callBudget(settings.timeoutMs))
  const openList = () => scimRequests(settings, listBudget(settings.timeoutMs))
  const inTurn = turns()
  let membersFilter: MembersFilter = 'unknown'

  async function change({ nativeIdentity, attribute, value }: TargetValue, present: boolean): Promise<void> {
    if (attribute !== GROUPS) throw noAttribute(attribute, GROUPS)
    const request = openCall()
    const user = await findUser(request, nativeIdentity)
    const group = await findGroup(request, value, settings.groupKey)
    // Who is not there, or a group that is gone, has nothing left to take away.
    if (!present && (user === undefined || group === undefined)) return
    if (user === undefined) throw noAccount(nativeIdentity)
    if (group === undefined) throw new TargetError('refused', `the target has no group '${value}'`)
    await changeMember(request, { groupId: group.id, userId: user.id, present }, settings.groupUpdates, inTurn)
  }

  async function read(nativeIdentity: string) {
    const request = openCall()
    const user = await findUser(request, nativeIdentity)
    if (user === undefined) return undefined
    const { groups, filter } = await readGroupsOf(request, user, membersFilter)
    if (filter !== 'unknown') membersFilter = filter
    return toAccount(user, groups, settings.groupKey)
  }

  return {
    test: () => testAccess(openCall()),
    readAccount: read,

    async createAccount(account) {
      const request = openCall()
      const answer = await request('POST', '/Users', { body: userOf(account) })
      if (answer.ok) return
      // A 409 may also be about something else that has to be unique, so the account has to be there to be taken for made.
      if (answer.status !== 409 || (await findUser(request, account.nativeIdentity)) === undefined) throw answer.failure()
    },

    addValue: (value) => change(value, true),
    removeValue: (value) => change(value, false),

    async disableAccount(nativeIdentity) {
      const request = openCall()
      const user = await findUser(request, nativeIdentity)
      if (user !== undefined) await setActive(request, user, false)
    },

    async enableAccount(nativeIdentity) {
      const request = openCall()
      const user = await findUser(request, nativeIdentity)
      if (user === undefined) throw noAccount(nativeIdentity)
      await setActive(request, user, true)
    },

    async *listAccounts() {
      const request = openList()
      const groupsOf = await readMemberships(request)
      for await (const user of streamScim(request, '/Users')) {
        if (isNamed(user)) yield toAccount(user, groupsOf(user), settings.groupKey)
      }
    },

    listEntitlements: () => listGroups(openList(), settings.groupKey),
    // The sockets belong to the process's shared pool and close when idle.
    close: async () => {},
  }
}

async function testAccess(request: ScimRequest): Promise<void> {
  // The service provider's configuration is often public; only a read of data shows that the token is good.
  for (const endpoint of ['/Users', '/Groups']) pageOf(await request('GET', endpoint, { query: { startIndex: '1', count: '1' } }))
}

/** Two groups of one name are one value, which is refused when somebody is to be put into it. */
async function* listGroups(request: ScimRequest, key: ScimSettings['groupKey']): AsyncGenerator<TargetEntitlement> {
  const listed = new Set<string>()
  for await (const group of streamScim(request, '/Groups', { excludedAttributes: 'members' })) {
    const name = typeof group['displayName'] === 'string' && group['displayName'] !== '' ? group['displayName'] : undefined
    const value = key === 'id' ? group.id : name
    if (value === undefined || listed.has(value)) continue
    listed.add(value)
    const description = typeof group['description'] === 'string' ? group['description'] : null
    yield { attribute: GROUPS, value, name: name ?? value, description }
  }
}

async function findGroup(request: ScimRequest, value: string, key: ScimSettings['groupKey']): Promise<ScimResource | undefined> {
  if (key === 'id') return findGroupById(request, value)
  const query = { filter: scimEquals('displayName', value), excludedAttributes: 'members' }
  const groups = (await listScim(request, '/Groups', query)) ?? (await listScim(request, '/Groups')) ?? []
  const matches = groups.filter((group) => group['displayName'] === value)
  return onlyOne(matches, `groups named '${value}'`)
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
