import { DomainError } from '../../domain/errors.ts'
import {
  findGroup,
  type GroupConnectionRow,
  type GroupRow,
  listGroupConnections,
  listGroupMembers,
  listGroups,
} from '../../store/catalogue/workgroups.ts'
import { type Call, type Handler, param } from '../call.ts'
import { pageQuery } from '../list-query.ts'
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
} satisfies Record<string, Handler>

async function loadGroup(call: Call, name: 'id' | 'workgroupId'): Promise<GroupRow> {
  const id = param(call, name)
  const group = await findGroup(call.app.db.sql, id)
  if (!group) throw new DomainError('not_found', `There is no workgroup ${id}.`)
  return group
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
