import { resourceOf, type ScimRequest, type ScimResource, scimEquals, scimPath } from './client.ts'
import { listScim, streamScim } from './lists.ts'

/** What we have learned about the server's filter on `members.value`; some know it, some refuse it, some answer "none" to all. */
export type MembersFilter = 'unknown' | 'works' | 'useless'

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

/** All groups with their members, also of a server that shows members only in a group that is asked for by itself. */
export async function* groupsWithMembers(request: ScimRequest): AsyncGenerator<ScimResource> {
  const bare: ScimResource[] = []
  let isShown = false
  for await (const group of streamScim(request, '/Groups')) {
    if (membersOf(group) === undefined) {
      bare.push(group)
      continue
    }
    isShown = true
    yield group
  }
  // Where others show theirs, a group without members has none.
  for (const group of bare) yield isShown ? group : ((await findGroupById(request, group.id)) ?? group)
}

async function allGroups(request: ScimRequest): Promise<ScimResource[]> {
  const groups: ScimResource[] = []
  for await (const group of groupsWithMembers(request)) groups.push(group)
  return groups
}

/** Reads all groups once; the answer tells of a user, from what the groups say and, where they keep silent, from what the user says. */
export async function readMemberships(request: ScimRequest): Promise<(user: ScimResource) => ScimResource[]> {
  const groups = new Map<string, { group: ScimResource; isOpen: boolean }>()
  const byUser = new Map<string, ScimResource[]>()
  for await (const shown of groupsWithMembers(request)) {
    // Without its members: a million accounts in a list of groups are a lot to keep.
    const group = { id: shown.id, displayName: shown['displayName'] }
    const members = membersOf(shown)
    groups.set(shown.id, { group, isOpen: members !== undefined })
    for (const { value } of members ?? []) byUser.set(value, [...(byUser.get(value) ?? []), group])
  }
  return (user) => {
    const claimed = (claimsOf(user) ?? []).flatMap(({ value }) => groups.get(value) ?? [])
    const hidden = claimed.filter(({ isOpen }) => !isOpen).map(({ group }) => group)
    return [...(byUser.get(user.id) ?? []), ...hidden]
  }
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

export interface Member {
  value: string
}

interface Claim extends Member {
  display: string | undefined
}

/** Who is in a group; undefined when the server leaves that out. */
export function membersOf(group: ScimResource): Member[] | undefined {
  const { members } = group
  return Array.isArray(members) ? members.filter(isMember) : undefined
}

/** Whether a user is shown among the members of a group. */
export function hasMember(group: ScimResource, userId: string): boolean {
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
