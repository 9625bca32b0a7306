import { type Members, WorkgroupBody, type WorkgroupBulkDelete } from '../../api/catalogue/workgroups.ts'
import type { JsonPatch } from '../../api/json-patch.ts'
import { DomainError } from '../../domain/errors.ts'
import {
  createGroup,
  deleteGroup,
  deleteGroups,
  type GroupDeletion,
  updateGroup,
} from '../../operations/catalogue/write-governance-group.ts'
import { addGroupMembers, type MemberOutcome, removeGroupMembers } from '../../operations/set-group-members.ts'
import {
  findGroup,
  type GroupConnectionRow,
  type GroupRow,
  listGroupConnections,
  listGroupMembers,
  listGroups,
} from '../../store/catalogue/workgroups.ts'
import { type Answer, type Call, type Handler, param } from '../call.ts'
import { applyPatch } from '../json-patch.ts'
import { pageQuery } from '../list-query.ts'
import { bodyCheck } from '../validate.ts'
import { instant } from '../wire-names.ts'

export const workgroupHandlers = {
  listWorkgroups: async (call) => {
    const page = await listGroups(call.app.db.sql, pageQuery(call.operation, call.query))
    return { body: page.rows.map(toWire), total: page.total }
  },
  getWorkgroup: async (call) => ({ body: toWire(await loadGroup(call, 'id')) }),
  listWorkgroupMembers: async (call) => {
    const { id } = await loadGroup(call, 'workgroupId')
    const page = await listGroupMembers(call.app.db.sql, id, pageQuery(call.operation, call.query))
    return {
      body: page.rows.map(({ email, ...row }) => ({ type: 'IDENTITY', ...row, ...(email === null ? {} : { email }) })),
      total: page.total,
    }
  },
  listConnections: async (call) => {
    const { id } = await loadGroup(call, 'workgroupId')
    const page = await listGroupConnections(call.app.db.sql, id, pageQuery(call.operation, call.query))
    return { body: page.rows.map(connectionToWire), total: page.total }
  },
  createWorkgroup: async (call) => ({ body: toWire(await createGroup(call.app, call.actor, fromWire(call.body as WorkgroupBody))) }),
  patchWorkgroup: async (call) => {
    const change = (row: GroupRow) => fromWire(checkGroup(applyPatch(toWire(row), call.body as JsonPatch, patchable)) as WorkgroupBody)
    return { body: toWire(await updateGroup(call.app, call.actor, param(call, 'id'), change)) }
  },
  deleteWorkgroup: async (call) => {
    await deleteGroup(call.app, call.actor, param(call, 'id'))
    return {}
  },
  deleteWorkgroupsInBulk: async (call) => {
    const outcomes = await deleteGroups(call.app, call.actor, (call.body as WorkgroupBulkDelete).ids)
    return { body: outcomes.map(deletionToWire) }
  },
  updateWorkgroupMembers: changeMembers(addGroupMembers),
  deleteWorkgroupMembers: changeMembers(removeGroupMembers),
} satisfies Record<string, Handler>

async function loadGroup(call: Call, name: 'id' | 'workgroupId'): Promise<GroupRow> {
  const id = param(call, name)
  const group = await findGroup(call.app.db.sql, id)
  if (!group) throw new DomainError('not_found', `There is no workgroup ${id}.`)
  return group
}

const patchable = ['/name', '/description', '/owner']
const checkGroup = bodyCheck(WorkgroupBody)

function fromWire({ name, description, owner }: WorkgroupBody) {
  return { name, description: description ?? null, ownerId: owner?.id ?? null }
}

const statusOf: Record<GroupDeletion['outcome'], number> = { deleted: 204, 'in use': 409, unknown: 404 }

function deletionToWire({ id, outcome, reason }: GroupDeletion) {
  const text = { deleted: 'Deleted.', 'in use': `In use: ${reason}.`, unknown: 'There is no such governance group.' }[outcome]
  return { id, status: statusOf[outcome], description: text }
}

const memberStatusOf: Record<MemberOutcome, { status: number; description: string }> = {
  added: { status: 201, description: 'Added.' },
  removed: { status: 204, description: 'Removed.' },
  'already a member': { status: 409, description: 'Is a member already.' },
  'not a member': { status: 404, description: 'Is not a member.' },
  unknown: { status: 404, description: 'There is no such identity.' },
}

function changeMembers(change: typeof addGroupMembers): Handler {
  return async (call: Call): Promise<Answer> => {
    const people = [...new Set((call.body as Members).map(({ id }) => id))]
    const outcomes = await change(call.app, call.actor, param(call, 'workgroupId'), people)
    return { body: [...outcomes].map(([id, outcome]) => ({ id, ...memberStatusOf[outcome] })) }
  }
}

function toWire(row: GroupRow): object {
  return {
    id: row.id,
    name: row.name,
    description: row.description ?? '',
    ...(row.owner === null ? {} : { owner: ownerToWire(row.owner) }),
    memberCount: row.members,
    connectionCount: row.connections,
    created: instant(row.createdAt),
    modified: instant(row.modifiedAt),
  }
}

function ownerToWire({ id, name, email }: NonNullable<GroupRow['owner']>) {
  return { type: 'IDENTITY', id, name, displayName: name, ...(email === null ? {} : { emailAddress: email }) }
}

function connectionToWire(row: GroupConnectionRow): object {
  return {
    object: { type: row.type, id: row.id, name: row.name, description: row.description ?? '' },
    connectionType: row.how === 'asked' ? 'AccessRequestReviewer' : 'Owner',
  }
}
