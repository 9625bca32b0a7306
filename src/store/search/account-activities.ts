import { type RawBuilder, sql } from 'kysely'
import type { ApprovalState, StepState } from '../../domain/lifecycle.ts'
import type { WordPattern } from '../../domain/search.ts'
import type { Reader } from '../db.ts'
import type { ActivityItem } from '../lists/account-activities.ts'
import { anyColumnHasWords, type DocumentTable, type ListTable, type SearchColumn, type SearchColumns } from './condition.ts'

/** One call by one requester for one recipient, with what came of it. */
export interface SearchedActivity {
  id: string
  createdAt: Date
  modifiedAt: Date
  requester: { id: string; name: string }
  recipient: { id: string; name: string }
  items: Pick<ActivityItem, 'state' | 'closeExecution' | 'closeCompletion' | 'duplicate'>[]
  errors: string[]
  warnings: string[]
  sources: string | null
  approvals: ActivityApproval[]
  asks: ActivityAsk[]
  steps: ActivityStep[]
}

interface Attribute {
  name: string
  value: string
  removes: boolean
}

interface SourceOfActivity {
  id: string
  name: string
}

export interface ActivityApproval {
  state: ApprovalState
  modified: string
  owner: { id: string; name: string; type: string } | null
  comment: string | null
  commenter: string | null
  decidedAt: string | null
  attribute: Attribute
  source: SourceOfActivity
}

export interface ActivityAsk {
  accountId: string | null
  attribute: Attribute
  source: SourceOfActivity
}

export interface ActivityStep {
  accountId: string
  state: StepState
  error: string | null
  attribute: Attribute
  source: SourceOfActivity
}

/** What an item is to the person: roles and access profiles as values of one attribute of theirs, entitlements as what they are on an account. */
const attribute = sql`coalesce(t.attribute, 'assignedRoles')`
const value = sql`
  coalesce(t.value, t.name || ' [' || (case t.type when 'ROLE' then 'cloudRole' else 'AccessProfile' end) || '-' || t.id || ']')`
const attributeJson = (removes: RawBuilder<unknown>) =>
  sql`json_build_object('name', ${attribute}, 'value', ${value}, 'removes', ${removes})`
// Roles are at home in the product itself.
const sourceId = sql`coalesce(src.id, 'IdentityNow')`
const sourceName = sql`coalesce(src.name, 'IdentityNow')`
const sourceJson = sql`json_build_object('id', ${sourceId}, 'name', ${sourceName})`

/** A state, and for closed items how they were closed: "CLOSED Terminated Failure". */
const outcome = sql`(case when i.state = 'CLOSED' then concat_ws(' ', i.state, i.close_execution, i.close_completion) else i.state end)`
const fateJson = sql`
  json_build_object('state', i.state, 'closeExecution', i.close_execution, 'closeCompletion', i.close_completion, 'duplicate', i.duplicate)`

const ofItem = sql`join access_item t on t.id = i.item_id left join source src on src.id = t.source_id`
const approvalJoins = sql`
  approval a join requested_item i on i.id = a.requested_item_id ${ofItem} left join identity by on by.id = a.decided_by
  left join identity own on own.id = coalesce(a.owner_id, case when a.original_owner_type = 'IDENTITY' then a.original_owner_id end)
  left join governance_group grp on own.id is null and grp.id = a.original_owner_id`
const stepJoins = sql`
  provisioning_step p join requested_item i on i.id = p.requested_item_id join account c on c.id = p.account_id
  join source src on src.id = p.source_id join access_grant g on g.id = p.grant_id join access_item t on t.id = g.entitlement_id`

const ownerId = sql`coalesce(own.id, grp.id)`
const ownerName = sql`coalesce(own.name, grp.name)`
const ownerType = sql`(case when own.id is not null then 'IDENTITY' when grp.id is not null then 'GOVERNANCE_GROUP' end)`
const failure = sql`(case when p.state in ('SENT', 'FAILED') then p.last_error end)`

/** The parts of an activity that are looked into; items asked in vain a second time are shown or not, as the tenant has it. */
function partsOf(hideDuplicates: boolean) {
  const shown = hideDuplicates ? sql`not i.duplicate` : sql`true`
  const shared = sql`${attribute} as attribute, ${value} as value, ${sourceId} as source_id, ${sourceName} as source_name`
  return {
    shown,
    approvals: sql`(select i.request_id as "of", a.state, ${ownerId} as owner_id, ${ownerName} as owner_name, ${ownerType} as owner_type,
      a.modified_at as modified, a.comment, (case when a.comment is not null then by.name end) as commenter,
      (case when a.comment is not null then a.decided_at end) as commented,
      i.kind = 'REVOKE' as removes, ${shared} from ${approvalJoins} where ${shown})`,
    asks: sql`(select i.request_id as "of", i.native_identity as account_id, i.kind = 'REVOKE' as removes, ${shared}
      from requested_item i ${ofItem} where ${shown})`,
    steps: sql`(select i.request_id as "of", c.native_identity as account_id, p.state, p.operation = 'REMOVE' as removes, ${failure} as error,
      ${shared} from ${stepJoins} where ${shown})`,
    errors: sql`
      select m.text as value from requested_item i cross join lateral jsonb_array_elements_text(i.error_messages) m(text)
      where i.request_id = r.id and ${shown}
      union all select p.last_error from provisioning_step p join requested_item i on i.id = p.requested_item_id
      where i.request_id = r.id and p.state = 'SENT' and p.last_error is not null and ${shown}`,
    warnings: sql`select i.close_message as value from requested_item i where i.request_id = r.id and i.close_message is not null and ${shown}`,
    sources: sql`(select string_agg(name, ', ' order by lower(name), name) from (
      select src.name from requested_item i join access_item t on t.id = i.item_id join source src on src.id = t.source_id
      where i.request_id = r.id and ${shown}
      union select src.name from provisioning_step p join requested_item i on i.id = p.requested_item_id join source src on src.id = p.source_id
      where i.request_id = r.id and ${shown}) names)`,
  }
}

function listOf(rows: RawBuilder<unknown>, columns: SearchColumns): ListTable {
  return { rows, columns, anyWords: (words: WordPattern) => anyColumnHasWords(columns, words) }
}

const attributeColumns = (prefix: string): SearchColumns => ({
  [`${prefix}.name`]: { is: 'text', sql: sql`n.attribute` },
  [`${prefix}.value`]: { is: 'text', sql: sql`n.value` },
  [`${prefix}.removes`]: { is: 'boolean', sql: sql`n.removes` },
})
const sourceColumns: SearchColumns = {
  'source.id': { is: 'id', sql: sql`n.source_id` },
  'source.name': { is: 'text', sql: sql`n.source_name` },
}

/** Requests as account activities. `outcome` and `asked` look into their items, and so are asked in ways of their own. */
export function accountActivityTable(hideDuplicates: boolean): DocumentTable {
  const parts = partsOf(hideDuplicates)
  const anyItem = (what: RawBuilder<unknown>) =>
    sql`select ${what} as value from requested_item i where i.request_id = r.id and ${parts.shown}`
  const told = sql`(not i.duplicate or not exists (select from requested_item o where o.request_id = r.id and not o.duplicate))`
  const modified: SearchColumn = {
    is: 'date',
    sql: sql`(select max(i.modified_at) from requested_item i where i.request_id = r.id and ${parts.shown})`,
  }
  const columns: SearchColumns = {
    id: { is: 'id', sql: sql`r.id`, always: true },
    created: { is: 'date', sql: sql`r.created_at`, always: true },
    modified,
    synced: modified,
    'requester.id': { is: 'id', sql: sql`r.requester_id`, always: true },
    'requester.name': { is: 'text', sql: sql`asker.name`, always: true },
    'recipient.id': { is: 'id', sql: sql`r.recipient_id`, always: true },
    'recipient.name': { is: 'text', sql: sql`recipient.name`, always: true },
    errors: { is: 'texts', rows: parts.errors },
    warnings: { is: 'texts', rows: parts.warnings },
    sources: { is: 'text', sql: parts.sources },
  }
  return {
    from: sql`access_request r left join identity asker on asker.id = r.requester_id left join identity recipient on recipient.id = r.recipient_id`,
    id: sql`r.id`,
    shown: hideDuplicates ? sql<boolean>`exists (${anyItem(sql`1`)})` : undefined,
    columns: {
      ...columns,
      trackingNumber: { is: 'id', sql: sql`r.id`, always: true },
      // Only of items that something may still happen to: these have an index of their own.
      openOutcome: { is: 'texts', rows: sql`${anyItem(outcome)} and i.finished_at is null` },
      outcome: { is: 'texts', rows: anyItem(outcome) },
      toldOutcome: { is: 'texts', rows: sql`${anyItem(outcome)} and ${told}` },
    },
    lists: {
      approvals: listOf(parts.approvals, {
        'owner.id': { is: 'id', sql: sql`n.owner_id` },
        'owner.name': { is: 'text', sql: sql`n.owner_name` },
        'owner.type': { is: 'text', sql: sql`n.owner_type` },
        'comments.comment': { is: 'text', sql: sql`n.comment` },
        'comments.commenter': { is: 'text', sql: sql`n.commenter` },
        'comments.date': { is: 'date', sql: sql`n.commented` },
        ...attributeColumns('attributeRequest'),
        ...sourceColumns,
        modified: { is: 'date', sql: sql`n.modified` },
        state: { is: 'key', sql: sql`n.state` },
      }),
      originalRequests: listOf(parts.asks, {
        accountId: { is: 'text', sql: sql`n.account_id` },
        ...attributeColumns('attributeRequests'),
        ...sourceColumns,
      }),
      accountRequests: listOf(parts.steps, {
        accountId: { is: 'text', sql: sql`n.account_id` },
        ...attributeColumns('attributeRequests'),
        ...sourceColumns,
        'provisioningTarget.id': { is: 'id', sql: sql`n.source_id` },
        'provisioningTarget.name': { is: 'text', sql: sql`n.source_name` },
        'result.errors': { is: 'text', sql: sql`n.error` },
        state: { is: 'key', sql: sql`n.state` },
      }),
    },
    anyWords: (words) => {
      const lists = [parts.approvals, parts.asks, parts.steps]
      const looks = [approvalTexts, askTexts, stepTexts].map(
        (texts, at) => sql<boolean>`
        exists (select from ${lists[at] as RawBuilder<unknown>} n where n.of = r.id and ${anyColumnHasWords(texts, words)})`,
      )
      return sql<boolean>`(${anyColumnHasWords(columns, words)} or ${sql.join(looks, sql` or `)})`
    },
  }
}

const common: SearchColumns = { ...attributeColumns('a'), ...sourceColumns }
const approvalTexts: SearchColumns = {
  ...common,
  ownerId: { is: 'id', sql: sql`n.owner_id` },
  owner: { is: 'text', sql: sql`n.owner_name` },
  ownerType: { is: 'text', sql: sql`n.owner_type` },
  comment: { is: 'text', sql: sql`n.comment` },
  commenter: { is: 'text', sql: sql`n.commenter` },
}
const askTexts: SearchColumns = { ...common, accountId: { is: 'text', sql: sql`n.account_id` } }
const stepTexts: SearchColumns = { ...askTexts, error: { is: 'text', sql: sql`n.error` } }

/** These account activities, in any order. */
export async function listSearchedActivities(reader: Reader, ids: string[], hideDuplicates: boolean): Promise<SearchedActivity[]> {
  const parts = partsOf(hideDuplicates)
  const list = (from: RawBuilder<unknown>, element: RawBuilder<unknown>, order: RawBuilder<unknown>) => sql`
    (select coalesce(json_agg(${element} order by ${order}), '[]') from ${from} where i.request_id = r.id and ${parts.shown})`
  const { rows } = await sql<SearchedActivity>`
    select r.id, r.created_at as "createdAt",
      (select max(i.modified_at) from requested_item i where i.request_id = r.id and ${parts.shown}) as "modifiedAt",
      json_build_object('id', asker.id, 'name', asker.name) as requester, json_build_object('id', recipient.id, 'name', recipient.name) as recipient,
      ${list(sql`requested_item i`, fateJson, sql`i.id`)} as items,
      array(${parts.errors}) as errors, array(${parts.warnings}) as warnings, ${parts.sources} as sources,
      ${list(
        approvalJoins,
        sql`json_build_object('state', a.state, 'modified', a.modified_at, 'comment', a.comment,
          'commenter', case when a.comment is not null then by.name end, 'decidedAt', a.decided_at,
          'owner', case when ${ownerId} is not null then json_build_object('id', ${ownerId}, 'name', ${ownerName}, 'type', ${ownerType}) end,
          'attribute', ${attributeJson(sql`i.kind = 'REVOKE'`)}, 'source', ${sourceJson})`,
        sql`a.requested_item_id, a.step_number, a.created_at, a.id`,
      )} as approvals,
      ${list(
        sql`requested_item i ${ofItem}`,
        sql`json_build_object('accountId', i.native_identity, 'attribute', ${attributeJson(sql`i.kind = 'REVOKE'`)}, 'source', ${sourceJson})`,
        sql`i.id`,
      )} as asks,
      ${list(
        stepJoins,
        sql`json_build_object('accountId', c.native_identity, 'state', p.state, 'error', ${failure},
          'attribute', ${attributeJson(sql`p.operation = 'REMOVE'`)}, 'source', ${sourceJson})`,
        sql`p.id`,
      )} as steps
    from access_request r join identity asker on asker.id = r.requester_id join identity recipient on recipient.id = r.recipient_id
    where r.id = any(${ids}::text[])`.execute(reader)
  return rows
}
