import { type RawBuilder, sql } from 'kysely'
import type { ReassignedWork } from '../../domain/reassignment.ts'
import type { Reader } from '../db.ts'
import { named } from '../named.ts'
import { type Page, type SliceQuery, totalOf } from './page.ts'
import type { JsonDate, Named } from './request-status.ts'

/** One person and all that is said about who stands in for them. */
export interface ReassignmentsRow {
  person: Named
  details: {
    kind: ReassignedWork
    standIn: Named
    startAt: JsonDate
    endAt: JsonDate | null
    createdAt: JsonDate
    createdBy: Named
    modifiedAt: JsonDate
    modifiedBy: Named
  }[]
}

const columns = sql`
  ${named('p')} as person,
  (select coalesce(json_agg(json_build_object('kind', r.kind, 'standIn', ${named('s')}, 'startAt', r.start_at, 'endAt', r.end_at,
      'createdAt', r.created_at, 'createdBy', ${named('c')}, 'modifiedAt', r.modified_at, 'modifiedBy', ${named('m')}) order by r.kind), '[]')
    from reassignment r join identity s on s.id = r.to_id join identity c on c.id = r.created_by join identity m on m.id = r.modified_by
    where r.from_id = p.id) as details`

/** People for whom somebody stands in or will: everybody's, or (for `managerId`) one's own and those of one's reports. In order of ids. */
export async function listReassignments(reader: Reader, managerId: string | undefined, query: SliceQuery): Promise<Page<ReassignmentsRow>> {
  const visible: RawBuilder<unknown> = managerId === undefined ? sql`true` : sql`(p.id = ${managerId} or p.manager_id = ${managerId})`
  const from = sql`from identity p where exists (select 1 from reassignment r where r.from_id = p.id) and ${visible}`
  const { rows } = await sql<ReassignmentsRow>`
    select ${columns} ${from} order by p.id limit ${query.limit} offset ${query.offset}`.execute(reader)
  return { rows, total: await totalOf(reader, query, from) }
}

/** What is said for one person, nothing included; undefined when there is no such person. */
export async function findReassignments(reader: Reader, personId: string): Promise<ReassignmentsRow | undefined> {
  const { rows } = await sql<ReassignmentsRow>`select ${columns} from identity p where p.id = ${personId}`.execute(reader)
  return rows[0]
}
