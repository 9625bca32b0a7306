import {
  type ConfigTypeName,
  configTypesIn,
  type LookupTypes,
  type ReassignmentBody,
  type ReassignmentSettingsBody,
} from '../api/reassignments.ts'
import { personOf } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { followStandIns, handoverOf, mayArrangeFor, type ReassignedWork, type WantedReassignment } from '../domain/reassignment.ts'
import { endReassignment } from '../operations/delete-reassignment.ts'
import { setReassignment } from '../operations/set-reassignment.ts'
import { setReassignmentSettings } from '../operations/set-reassignment-settings.ts'
import { findReassignments, listReassignments, type ReassignmentsRow } from '../store/lists/reassignments.ts'
import { findPerson, listPeopleAround } from '../store/people.ts'
import { loadReassignmentSettings, type ReassignmentSettings } from '../store/reassignments.ts'
import { type Call, type Handler, param } from './call.ts'
import { pageQuery } from './list-query.ts'
import { instant } from './wire-names.ts'

export const reassignmentHandlers = {
  listReassignmentConfigurations: async (call) => {
    // compat: reassignment-by-everybody. beta publishes the list and the creation for org admins only; later versions name no level.
    const managerId = call.actor.isAdmin ? undefined : personOf(call.actor)
    const page = await listReassignments(call.app.db.sql, managerId, pageQuery(call.operation, call.query))
    return { body: page.rows.map(toWire), total: page.total }
  },
  createReassignmentConfiguration: async (call) => {
    const wanted = fromWire(call.body as ReassignmentBody, undefined)
    await setReassignment(call.app, call.actor, wanted, { onlyNew: true })
    return { body: toWire(await ofPerson(call, wanted.fromId)) }
  },
  getReassignmentConfigTypes: async () => ({ body: types }),
  getTenantConfigConfiguration: async (call) => ({ body: await settingsToWire(call, await loadReassignmentSettings(call.app.db.sql)) }),
  putTenantConfiguration: async (call) => {
    const { disabled } = (call.body as ReassignmentSettingsBody).configDetails
    return { body: await settingsToWire(call, await setReassignmentSettings(call.app, call.actor, disabled ?? false)) }
  },
  getReassignmentConfiguration: async (call) => {
    await visiblePerson(call)
    return { body: toWire(await ofPerson(call, param(call, 'identityId'))) }
  },
  putReassignmentConfig: async (call) => {
    const { id } = await visiblePerson(call)
    await setReassignment(call.app, call.actor, fromWire(call.body as ReassignmentBody, id), { onlyNew: false })
    return { body: toWire(await ofPerson(call, id)) }
  },
  deleteReassignmentConfiguration: async (call) => {
    await endReassignment(call.app, call.actor, param(call, 'identityId'), kindInPath(call))
    return {}
  },
  getEvaluateReassignmentConfiguration: async (call) => ({ body: [await evaluate(call)] }),
} satisfies Record<string, Handler>

const kinds: Partial<Record<ConfigTypeName, ReassignedWork>> = { ACCESS_REQUESTS: 'APPROVALS', MANUAL_TASKS: 'WORK_ITEMS' }
const configTypes = { APPROVALS: 'ACCESS_REQUESTS', WORK_ITEMS: 'MANUAL_TASKS' } as const

const types = [
  {
    priority: 1,
    internalName: 'accessRequests',
    internalNameCamel: 'ACCESS_REQUESTS',
    displayName: 'Access Requests',
    description: 'Approvals of access requests.',
  },
  {
    priority: 2,
    internalName: 'manualTasks',
    internalNameCamel: 'MANUAL_TASKS',
    displayName: 'Manual Tasks',
    description: 'Work items: access that is put in place or taken away by hand.',
  },
]

function kindOf(type: ConfigTypeName): ReassignedWork {
  const kind = kinds[type]
  if (kind) return kind
  // compat: reassignment-of-what-there-is. What would be kept without effect is refused.
  const why =
    type === 'GENERIC_APPROVALS' ? 'approvals of access requests are reassigned by ACCESS_REQUESTS' : 'there are no certifications'
  throw new DomainError('invalid', `${why} here; use ACCESS_REQUESTS or MANUAL_TASKS.`, 'configType')
}

function kindInPath(call: Call): ReassignedWork {
  const type = param(call, 'configType') as ConfigTypeName
  const known = configTypesIn(call.dialect)
  if (!known.includes(type)) throw new DomainError('invalid', `must be one of ${known.join(', ')}.`, 'configType')
  return kindOf(type)
}

function fromWire(body: ReassignmentBody, personId: string | undefined): WantedReassignment {
  const fromId = body.reassignedFromId ?? personId
  if (fromId === undefined) throw new DomainError('invalid', 'is required.', 'reassignedFromId')
  if (personId !== undefined && fromId !== personId) {
    throw new DomainError('invalid', 'must be the identity of the path, or left out.', 'reassignedFromId')
  }
  return {
    fromId,
    toId: body.reassignedToId,
    kind: kindOf(body.configType),
    startAt: body.startDate ? new Date(body.startDate) : undefined,
    endAt: body.endDate ? new Date(body.endDate) : null,
  }
}

/** The person in the path, for somebody who may see to their work. */
async function visiblePerson(call: Call) {
  const id = param(call, 'identityId')
  const person = await findPerson(call.app.db.sql, id)
  if (!person) throw new DomainError('not_found', `There is no identity ${id}.`)
  mayArrangeFor(call.actor, person)
  return person
}

async function ofPerson(call: Call, personId: string): Promise<ReassignmentsRow> {
  const row = await findReassignments(call.app.db.sql, personId)
  if (!row) throw new DomainError('not_found', `There is no identity ${personId}.`)
  return row
}

/** Of no approval in particular: nobody is its requester or recipient, so no step avoids a review of one's own. */
async function evaluate(call: Call): Promise<object> {
  refuseUnknownFilters([call.query['exclusionFilters'] ?? []].flat().map(String))
  const { id } = await visiblePerson(call)
  const now = await call.app.db.businessNow()
  const facts = await listPeopleAround(call.app.db.sql, [id], { kind: kindInPath(call), now, withAdmins: false })
  const inactive = (personId: string) =>
    facts.people.get(personId)?.active ? undefined : { rule: 'INACTIVE' as const, text: 'is not active' }
  const steps = followStandIns(id, facts, inactive)
  return {
    reassignToId: steps.at(-1)?.toId ?? id,
    lookupTrail: steps.map((step) => ({
      reassignedFromId: step.fromId,
      reassignedToId: step.toId,
      reassignmentType: lookupTypes[handoverOf(step).reason],
    })),
  }
}

const lookupTypes: Record<string, (typeof LookupTypes)[number]> = {
  AUTOMATIC_REASSIGNMENT: 'AUTOMATIC_REASSIGNMENT,',
  SELF_REVIEW_DELEGATION: 'SELF_REVIEW_DELEGATION',
}

function refuseUnknownFilters(texts: string[]): void {
  const named = texts.flatMap((text) => text.split(',')).map((one) => one.trim())
  const unknown = named.find((one) => one !== '' && one !== 'SELF_REVIEW_DELEGATION')
  if (unknown !== undefined) throw new DomainError('invalid', 'must be SELF_REVIEW_DELEGATION.', 'exclusionFilters')
}

async function settingsToWire(call: Call, { disabled, changes }: ReassignmentSettings): Promise<object> {
  if (!changes) return { configDetails: { disabled } }
  const person = async (id: string) => ({ id, name: (await findPerson(call.app.db.sql, id))?.name ?? '' })
  const auditDetails = {
    created: changes.createdAt,
    createdBy: await person(changes.createdBy),
    modified: changes.modifiedAt,
    modifiedBy: await person(changes.modifiedBy),
  }
  return { auditDetails, configDetails: { disabled } }
}

function toWire({ person, details }: ReassignmentsRow): object {
  return {
    identity: person,
    configDetails: details.map((one) => ({
      configType: configTypes[one.kind],
      targetIdentity: one.standIn,
      startDate: instant(one.startAt),
      ...(one.endAt === null ? {} : { endDate: instant(one.endAt) }),
      auditDetails: {
        created: instant(one.createdAt),
        createdBy: one.createdBy,
        modified: instant(one.modifiedAt),
        modifiedBy: one.modifiedBy,
      },
    })),
  }
}
