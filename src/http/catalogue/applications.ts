import { personOf } from '../../domain/actor.ts'
import { DomainError } from '../../domain/errors.ts'
import { listAccessProfiles } from '../../store/catalogue/access-profiles.ts'
import { type ApplicationRow, type ApplicationScope, findApplication, listApplications } from '../../store/catalogue/applications.ts'
import type { WholeRow } from '../../store/catalogue/items.ts'
import { type Answer, type Call, type Handler, param } from '../call.ts'
import { pageQuery } from '../list-query.ts'
import { identityRef, instant } from '../wire-names.ts'

export const applicationHandlers = {
  listAvailableSourceApps: (call) => listPage(call, { of: 'requestable' }),
  listAllSourceApp: (call) => listPage(call, { of: 'all' }),
  listAssignedSourceApp: (call) => listPage(call, { of: 'held', identityId: personOf(call.actor) }),
  getSourceApp: async (call) => ({ body: toWire(await loadApplication(call)) }),
  listAccessProfilesForSourceApp: async (call) => {
    const { id } = await loadApplication(call)
    const page = await listAccessProfiles(call.app.db.sql, pageQuery(call.operation, call.query), id)
    return { body: page.rows.map((row) => profileToWire(row, id)), total: page.total }
  },
} satisfies Record<string, Handler>

async function listPage(call: Call, scope: ApplicationScope): Promise<Answer> {
  const page = await listApplications(call.app.db.sql, scope, pageQuery(call.operation, call.query))
  return { body: page.rows.map(toWire), total: page.total }
}

async function loadApplication(call: Call): Promise<ApplicationRow> {
  const id = param(call, 'id')
  const application = await findApplication(call.app.db.sql, id)
  if (!application) throw new DomainError('not_found', `There is no source app ${id}.`)
  return application
}

function toWire(row: ApplicationRow): object {
  return {
    id: row.id,
    cloudAppId: row.id,
    name: row.name,
    created: instant(row.createdAt),
    modified: instant(row.modifiedAt),
    enabled: true,
    provisionRequestEnabled: true,
    description: row.description ?? '',
    matchAllAccounts: false,
    appCenterEnabled: true,
    accountSource: row.source && {
      id: row.source.id,
      type: 'SOURCE',
      name: row.source.name,
      useForPasswordManagement: false,
      passwordPolicies: null,
    },
    owner: row.owner && identityRef(row.owner),
  }
}

function profileToWire(row: WholeRow, applicationId: string): object {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    created: instant(row.createdAt),
    modified: instant(row.modifiedAt),
    disabled: !row.enabled,
    requestable: row.requestable,
    protected: false,
    ownerId: row.owner?.id ?? null,
    sourceName: row.source?.name ?? '',
    applicationId,
    entitlements: row.parts.map((part) => part.id),
    entitlementCount: row.parts.length,
    segments: [],
    requestCommentsRequired: row.requestConfig?.grant.commentRequired ?? false,
    deniedCommentsRequired: row.requestConfig?.grant.denialCommentRequired ?? false,
  }
}
