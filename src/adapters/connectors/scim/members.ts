import { TargetError } from '../../../ports.ts'
import { mayLackPatch, patchBody, resourceOf, type ScimRequest, type ScimSettings, scimEquals, scimPath, versionOf } from './client.ts'
import { groupsWithMembers, hasMember, type Member, membersOf } from './memberships.ts'

/** Who is to be in which group, or no longer. */
export interface MemberChange {
  groupId: string
  userId: string
  present: boolean
}

/** Runs work under one key after the work before it. */
export type InTurn = (key: string, work: () => Promise<void>) => Promise<void>

const MAX_REPLACEMENTS = 4

/**
 * Makes sure that a user is in a group, or is not. Asks for a PATCH; a server without PATCH gets the whole group back in a PUT.
 * Being there (or gone) already is success. An unknown group is refused, except for taking someone out of it.
 */
export async function changeMember(
  request: ScimRequest,
  change: MemberChange,
  style: ScimSettings['groupUpdates'],
  inTurn: InTurn,
): Promise<void> {
  if (style !== 'put') {
    const body = patchBody(operationOf(change, style === 'patch-values'))
    const patched = await request('PATCH', scimPath('/Groups', change.groupId), { body })
    if (patched.ok) return
    if (patched.status !== 409 && !mayLackPatch(patched)) throw patched.failure()
    // The refusal may mean "already so" (409), "no such group" (404) or "no PATCH here": the group itself tells.
    const answer = await request('GET', scimPath('/Groups', change.groupId))
    if (answer.status === 404 && !change.present) return
    const group = resourceOf(answer)
    if (membersOf(group) !== undefined && hasMember(group, change.userId) === change.present) return
    if (!mayLackPatch(patched)) throw patched.failure()
  }
  // Two at once would write back each other's old list. Other processes are kept out by the version, where the server has one.
  await inTurn(change.groupId, () => replaceMembers(request, change))
}

/**
 * To a server that goes by the standard, a removal that names its path and no filter means everybody: so who leaves is named in the value
 * only where somebody said that this server reads it so.
 */
function operationOf({ userId, present }: MemberChange, byValue: boolean): Parameters<typeof patchBody>[0] {
  const value = [{ value: userId }]
  if (present) return { op: 'add', path: 'members', value }
  return byValue ? { op: 'remove', path: 'members', value } : { op: 'remove', path: `members[${scimEquals('value', userId)}]` }
}

async function replaceMembers(request: ScimRequest, change: MemberChange): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const read = await request('GET', scimPath('/Groups', change.groupId))
    if (read.status === 404 && !change.present) return
    const group = resourceOf(read)
    const members = membersOf(group) ?? (await certainlyNobody(request))
    if (members.some((member) => member.value === change.userId) === change.present) return
    const others = members.filter((member) => member.value !== change.userId)
    const { meta: _, ...kept } = group
    const body = { ...kept, members: change.present ? [...others, { value: change.userId }] : others }
    const answer = await request('PUT', scimPath('/Groups', change.groupId), { body, ifMatch: versionOf(read) })
    if (answer.ok) return
    if (answer.status !== 412 || attempt === MAX_REPLACEMENTS) throw answer.failure()
  }
}

/**
 * A group without `members` is empty on a server that leaves empty lists out, and anything at all on one that hides members.
 * Writing it back on the second kind would throw everybody out, so one group with members must be visible.
 */
async function certainlyNobody(request: ScimRequest): Promise<Member[]> {
  for await (const group of groupsWithMembers(request)) if (membersOf(group) !== undefined) return []
  throw new TargetError('refused', 'the target has no PATCH and does not show who is in a group, so its members cannot be changed safely')
}
