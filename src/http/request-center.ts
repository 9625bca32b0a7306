import { AskStandings } from '../api/request-center.ts'
import { ItemTypes } from '../api/schema.ts'
import { type ItemType, type RequestConfig, rulesFor } from '../domain/access-model.ts'
import { personOf } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { listPersonCards } from '../store/people.ts'
import {
  type AskableRow,
  findAskable,
  findItemInside,
  findTieToItem,
  listAskable,
  listChoices,
  type PartRow,
} from '../store/request-center.ts'
import { loadTenantConfig } from '../store/settings.ts'
import { loadBeneficiary } from './beneficiary.ts'
import { type Handler, param, queryText } from './call.ts'
import { identityRef, instant, maxDuration } from './wire-names.ts'
import { wordsOf } from './word-list.ts'

const MOST_CHOICES = 200

export const requestCenterHandlers = {
  searchRequestCenter: async (call) => {
    const { sql } = call.app.db
    const config = await loadTenantConfig(sql)
    const standings = wordsOf(call, 'standing', AskStandings)?.map((standing) => ours[standing])
    const page = await listAskable(sql, {
      forId: await loadBeneficiary(call, queryText(call, 'for') ?? 'me', 'for'),
      text: queryText(call, 'q'),
      types: (wordsOf(call, 'types', ItemTypes) ?? [...ItemTypes]).filter(
        (type) => type !== 'ENTITLEMENT' || config.entitlementsRequestable,
      ),
      applicationId: queryText(call, 'application'),
      sourceId: queryText(call, 'source'),
      ownerId: queryText(call, 'owner'),
      privileged: call.query['privileged'] as boolean | undefined,
      standings,
      limit: Number(call.query['limit']),
      offset: Number(call.query['offset']),
      count: call.query['count'] === true,
    })
    return { body: page.rows.map((row) => toWire(row, config.entitlements)), total: page.total }
  },
  getRequestCenterItem: async (call) => {
    const { sql } = call.app.db
    const id = param(call, 'id')
    const forId = await loadBeneficiary(call, queryText(call, 'for') ?? 'me', 'for')
    const row = await findAskable(sql, id, forId)
    const config = await loadTenantConfig(sql)
    const requestable = row !== undefined && isRequestable(row, config.entitlementsRequestable)
    if (!row || !(requestable || call.actor.isAdmin || (await findTieToItem(sql, id, personOf(call.actor)))))
      throw new DomainError('not_found', `There is no item ${id} that you may look at.`)
    const inside = await findItemInside(sql, id)
    return {
      body: {
        ...toWire(row, config.entitlements),
        requestable,
        additionalOwners: inside.additionalOwners.map(identityRef),
        additionalGroups: inside.additionalGroups.map((group) => ({ type: 'GOVERNANCE_GROUP', ...group })),
        holders: inside.holders,
        gives: partsUnder(id, inside.parts),
      },
    }
  },
  listRequestCenterChoices: async (call) => {
    const { sql } = call.app.db
    const config = await loadTenantConfig(sql)
    const types = ItemTypes.filter((type) => type !== 'ENTITLEMENT' || config.entitlementsRequestable)
    return { body: await listChoices(sql, types, MOST_CHOICES) }
  },
  listRequestCenterPeople: async (call) => {
    const config = await loadTenantConfig(call.app.db.sql)
    const me = personOf(call.actor)
    if (config.approvalsMustBeExternal && !call.actor.isAdmin) return { body: [] }
    const whose = call.actor.isAdmin || config.anyoneForAnyone ? undefined : { id: me, reports: config.managerForReports }
    const people = await listPersonCards(call.app.db.sql, queryText(call, 'q') ?? '', Number(call.query['limit']), { whose, first: me })
    return {
      body: people.map(({ id, name, alias, department, managerId }) => ({
        id,
        name,
        alias,
        department,
        isSelf: id === me,
        isReport: managerId === me,
      })),
    }
  },
} satisfies Record<string, Handler>

const ours = { AVAILABLE: 'available', PENDING: 'asked', ASSIGNED: 'held' } as const

function isRequestable(row: AskableRow, entitlements: boolean): boolean {
  return row.requestable && row.enabled && (row.type !== 'ENTITLEMENT' || entitlements)
}

function toWire(row: AskableRow, ofTenant: RequestConfig) {
  const { requestConfig, sourceRequestConfig, held, asked, owner } = row
  const rules = rulesFor({ type: row.type, requestConfig }, 'GRANT', sourceRequestConfig, ofTenant)
  return {
    id: row.id,
    type: row.type,
    name: row.name,
    description: row.description,
    privileged: row.privileged,
    owner: owner && identityRef(owner),
    source: row.source,
    applications: row.applications,
    partCount: row.partCount,
    standing: asked ? 'PENDING' : held ? 'ASSIGNED' : 'AVAILABLE',
    held: held && { assignmentId: held.assignmentId, since: instant(held.since), until: instant(held.until) },
    asked: asked && { accessRequestId: asked.requestId, since: instant(asked.since) },
    requires: { comment: rules.commentRequired, endDate: rules.endDateRequired, maxDuration: maxDuration(rules) },
  }
}

interface Given extends Omit<PartRow, 'wholeId'> {
  type: ItemType
  gives: Given[]
}

/** The tree below a whole. It ends by itself: roles hold access profiles, these entitlements. */
function partsUnder(wholeId: string, parts: PartRow[]): Given[] {
  return parts.filter((part) => part.wholeId === wholeId).map(({ wholeId: _, ...part }) => ({ ...part, gives: partsUnder(part.id, parts) }))
}
