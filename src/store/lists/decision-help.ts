import { sql } from 'kysely'
import type { ItemType, RequestKind } from '../../domain/access-model.ts'
import type { Reason } from '../../domain/routing.ts'
import { heldBefore } from '../assignments.ts'
import type { Reader } from '../db.ts'
import type { JsonDate, Named } from './request-status.ts'

/** How many of some people hold an item, by itself or within a profile or role; the person it is asked for is not counted. */
export interface Share {
  holding: number
  total: number
}

export interface DecisionHelpRow {
  id: string
  kind: RequestKind
  /** The recipient has the item already, by an assignment that stays. */
  heldBefore: boolean
  why: Reason[]
  candidateIds: string[]
  itemType: ItemType
  itemId: string
  itemName: string
  recipient: Named
  startAt: Date | null
  currentStartAt: Date | null
  endAt: Date | null
  currentEndAt: Date | null
  sameManager: Share
  sameDepartment: Share
  alreadyHeld: { type: ItemType; id: string; name: string; since: JsonDate; endAt: JsonDate | null }[]
  lastGranted: { at: JsonDate; to: Named } | null
}

/** More than anybody reads before deciding. */
const MOST_HELD = 50

const share = (condition: ReturnType<typeof sql>) => sql`
  (select json_build_object('total', count(*), 'holding', count(*) filter (where exists (
      select 1 from assignment held where held.identity_id = peer.id and held.state = 'ACTIVE' and held.item_id in (select id from whole))))
    from identity peer where peer.id <> r.id and peer.status = 'ACTIVE' and ${condition})`

/** Why an approval is asked and what helps to decide it, in one query; undefined when there is no such approval. */
export async function findDecisionHelp(reader: Reader, approvalId: string): Promise<DecisionHelpRow | undefined> {
  const { rows } = await sql<DecisionHelpRow>`
    with recursive whole as (
      select asked.item_id collate "C" as id from approval of_it join requested_item asked on asked.id = of_it.requested_item_id
      where of_it.id = ${approvalId}
      union
      select p.whole_id from access_item_part p join whole on p.part_id = whole.id)
    select a.id, i.kind, ${heldBefore} as "heldBefore", a.explanation as why, i.item_type as "itemType", i.item_id as "itemId", item.name as "itemName",
      array(select c.identity_id from approval_candidate c where c.approval_id = a.id) as "candidateIds",
      json_build_object('id', r.id, 'name', r.name) as recipient, i.start_at as "startAt",
      i.current_start_at as "currentStartAt", i.end_at as "endAt", i.current_end_at as "currentEndAt",
      ${share(sql`peer.manager_id = r.manager_id`)} as "sameManager",
      ${share(sql`peer.department = r.department`)} as "sameDepartment",
      (select coalesce(json_agg(h order by h.name, h.id), '[]') from (
        select x.item_type as type, x.item_id as id, xi.name, x.created_at as since, x.end_at as "endAt"
        from assignment x join access_item xi on xi.id = x.item_id
        where x.identity_id = r.id and x.state = 'ACTIVE' order by xi.name, xi.id limit ${MOST_HELD}) h) as "alreadyHeld",
      (select json_build_object('at', g.created_at, 'to', json_build_object('id', gp.id, 'name', gp.name))
        from assignment g join identity gp on gp.id = g.identity_id
        where g.item_id in (select id from whole) and g.origin = 'REQUESTED' and g.state <> 'PENDING' order by g.created_at desc, g.id desc limit 1) as "lastGranted"
    from approval a join requested_item i on i.id = a.requested_item_id join access_item item on item.id = i.item_id
    join identity r on r.id = i.recipient_id where a.id = ${approvalId}`.execute(reader)
  return rows[0]
}
