import { TargetError } from '../../ports.ts'
import { listScim, resourceOf, type ScimRequest, type ScimResource, scimEquals, scimPath } from './scim-client.ts'

/** Who is to be in which group, or no longer. */
export interface MemberChange {
  groupId: string
  userId: string
  present: boolean
}

/** What we have learned about the server's filter on `members.value`; some know it, some refuse it, some answer "none" to all. */
export type MembersFilter = 'unknown' | 'works' | 'useless'

/** Runs work under one key after the work before it. */
export type InTurn = (key: string, work: () => Promise<void>) => Promise<void>

const MAX_REPLACEMENTS = 4
const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/**
 * Makes sure that a user is in a group, or is not. Asks for a PATCH; a server without PATCH gets the whole group back in a PUT.
 * Being there (or gone) already is success. An unknown group is refused, except for taking someone out of it.
 */
export async function changeMember(request: ScimRequest, change: MemberChange, inTurn: InTurn): Promise<void> {
  const patched = await request('PATCH', scimPath('/Groups', change.groupId), { body: patchOf(change) })
  if (patched.ok) return
  if (![400, 404, 409, 501].includes(patched.status)) throw patched.failure()
  // The refusal may mean "already so" (409), "no such group" (404) or "no PATCH here" (400, 501): the group itself tells.
  const answer = await request('GET', scimPath('/Groups', change.groupId))
  if (answer.status === 404 && !change.present) return
  const group = resourceOf(answer)
  if (membersOf(group) !== undefined && hasMember(group, change.userId) === change.present) return
  if (patched.status !== 400 && patched.status !== 501) throw patched.failure()
  // Two at once would write back each other's old list. Other processes are kept out by the ETag, where the server has one.
  await inTurn(change.groupId, () => replaceMembers(request, change))
}

/** Reads which groups a user is in. `filter` is what is known about the server's filter; the answer says what is known now. */
export async function readGroupsOf(
  request: ScimRequest,
  user: ScimResource,
  filter: MembersFilter,
): Promise<{ groups: ScimResource[]; filter: MembersFilter }> {
  const filtered = filter === 'useless' ? undefined : await listScim(request, '/Groups', { filter: scimEquals('members.value', user.id) })
  const claims = claimsOf(user)
  if (filtered === undefined) {
    const groups = claims === undefined ? inAll(await allGroups(request), user.id) : await namedGroups(request, claims)
    return { groups, filter: 'useless' }
  }
  const confirmed = await confirmedGroups(request, user.id, filtered, claims ?? [])
  if (confirmed.some((group) => filtered.some((one) => one.id === group.id))) return { groups: confirmed, filter: 'works' }
  if (filter === 'works' || claims !== undefined) return { groups: confirmed, filter }
  // Nothing found by a filter that never found anything, and no second witness: absence needs a better proof.
  const all = await allGroups(request)
  const groups = inAll(all, user.id)
  return { groups, filter: groups.length > 0 ? 'useless' : await tryFilter(request, all) }
}

function patchOf(change: MemberChange): unknown {
  const operation = change.present
    ? { op: 'add', path: 'members', value: [{ value: change.userId }] }
    : { op: 'remove', path: `members[${scimEquals('value', change.userId)}]` }
  return { schemas: [PATCH_SCHEMA], Operations: [operation] }
}

async function replaceMembers(request: ScimRequest, change: MemberChange): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const read = await request('GET', scimPath('/Groups', change.groupId))
    const group = resourceOf(read)
    const members = membersOf(group) ?? (await certainlyNobody(request))
    if (members.some((member) => member.value === change.userId) === change.present) return
    const others = members.filter((member) => member.value !== change.userId)
    const { meta: _, ...kept } = group
    const body = { ...kept, members: change.present ? [...others, { value: change.userId }] : others }
    const answer = await request('PUT', scimPath('/Groups', change.groupId), { body, ifMatch: read.etag })
    if (answer.ok) return
    if (answer.status !== 412 || attempt === MAX_REPLACEMENTS) throw answer.failure()
  }
}

/**
 * A group without `members` is empty on a server that leaves empty lists out, and anything at all on one that hides members.
 * Writing it back on the second kind would throw everybody out, so one group with members must be visible.
 */
async function certainlyNobody(request: ScimRequest): Promise<Member[]> {
  const groups = await allGroups(request)
  if (groups.some((group) => membersOf(group) !== undefined)) return []
  throw new TargetError('refused', 'the target has no PATCH and does not show who is in a group, so its members cannot be changed safely')
}

async function confirmedGroups(request: ScimRequest, userId: string, filtered: ScimResource[], claims: Claim[]): Promise<ScimResource[]> {
  const candidates = new Map<string, ScimResource | undefined>(claims.map((claim) => [claim.value, undefined]))
  for (const group of filtered) candidates.set(group.id, group)
  const confirmed: ScimResource[] = []
  for (const [id, listed] of candidates) {
    const group = listed !== undefined && membersOf(listed) !== undefined ? listed : await findGroupById(request, id)
    const claimed = claims.some((claim) => claim.value === id)
    // Where members are not shown at all, the user's own list is the only witness.
    if (group !== undefined && (membersOf(group) === undefined ? claimed : hasMember(group, userId))) confirmed.push(group)
  }
  return confirmed
}

async function allGroups(request: ScimRequest): Promise<ScimResource[]> {
  return (await listScim(request, '/Groups')) ?? []
}

function inAll(groups: ScimResource[], userId: string): ScimResource[] {
  return groups.filter((group) => hasMember(group, userId))
}

async function tryFilter(request: ScimRequest, groups: ScimResource[]): Promise<MembersFilter> {
  const someone = groups.flatMap((group) => membersOf(group) ?? [])[0]
  if (someone === undefined) return 'unknown'
  const filtered = await listScim(request, '/Groups', { filter: scimEquals('members.value', someone.value) })
  return filtered?.some((group) => hasMember(group, someone.value)) ? 'works' : 'useless'
}

/** The group, or undefined when the server has none with that id. */
export async function findGroupById(request: ScimRequest, id: string): Promise<ScimResource | undefined> {
  const answer = await request('GET', scimPath('/Groups', id))
  return answer.status === 404 ? undefined : resourceOf(answer)
}

async function namedGroups(request: ScimRequest, claims: Claim[]): Promise<ScimResource[]> {
  const groups: ScimResource[] = []
  for (const { value: id, display } of claims) {
    const group = display === undefined ? await findGroupById(request, id) : { id, displayName: display }
    if (group !== undefined) groups.push(group)
  }
  return groups
}

interface Member {
  value: string
}

interface Claim extends Member {
  display: string | undefined
}

function membersOf(group: ScimResource): Member[] | undefined {
  const { members } = group
  return Array.isArray(members) ? members.filter(isMember) : undefined
}

function hasMember(group: ScimResource, userId: string): boolean {
  return membersOf(group)?.some((member) => member.value === userId) ?? false
}

/** What the user resource says about itself; memberships through other groups are not ours to add or remove. */
function claimsOf(user: ScimResource): Claim[] | undefined {
  const { groups } = user
  if (!Array.isArray(groups)) return undefined
  return groups
    .filter(isMember)
    .filter((claim) => !('type' in claim) || claim.type !== 'indirect')
    .map((claim) => ({ value: claim.value, display: 'display' in claim && typeof claim.display === 'string' ? claim.display : undefined }))
}

function isMember(value: unknown): value is Member {
  return value instanceof Object && 'value' in value && typeof value.value === 'string'
}
