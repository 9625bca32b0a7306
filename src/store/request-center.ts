import { type RawBuilder, sql } from 'kysely'
import type { ItemType, RequestConfig } from '../domain/access-model.ts'
import { prefixQuery, searchWords } from '../domain/search-words.ts'
import type { Reader } from './db.ts'
import { escapeLike } from './filter.ts'
import { type Page, totalOf, whereAll } from './lists/page.ts'
import type { JsonDate, Named } from './lists/request-status.ts'
import { namedOrNull } from './named.ts'

/** An item as the request center shows it, and how the person it would be for stands to it. */
export interface AskableRow {
  id: string
  type: ItemType
  name: string
  description: string | null
  privileged: boolean
  requestable: boolean
  enabled: boolean
  owner: Named | null
  source: Named | null
  applications: Named[]
  /** How many items it is made of, one level down. */
  partCount: number
  requestConfig: RequestConfig | null
  sourceRequestConfig: RequestConfig | null
  held: { assignmentId: string; since: JsonDate; until: JsonDate | null } | null
  asked: { requestId: string; since: JsonDate } | null
}

export interface AskableSearch {
  forId: string
  text: string | undefined
  types: ItemType[]
  applicationId: string | undefined
  sourceId: string | undefined
  ownerId: string | undefined
  privileged: boolean | undefined
  /** One of these is so for the person; undefined is the same as all three. */
  standings: ('available' | 'asked' | 'held')[] | undefined
  limit: number
  offset: number
  count: boolean
}

// The expression of the index access_item_words, to the letter.
const words = sql`to_tsvector('simple', translate(i.name || ' ' || coalesce(i.description, ''), '-_/.:@\\#&+()[]', '              '))`

const heldBy = (personId: string) => sql`
  select h.id, h.created_at, h.start_at, h.end_at from assignment h
  where h.identity_id = ${personId} and h.item_id = i.id and h.state in ('PENDING', 'ACTIVE')`
const askedFor = (personId: string) => sql`
  select q.request_id, q.created_at from requested_item q
  where q.recipient_id = ${personId} and q.item_id = i.id and q.kind = 'GRANT' and q.finished_at is null`

function conditionsOf(search: AskableSearch): RawBuilder<unknown>[] {
  const { forId, applicationId, sourceId, ownerId, privileged, standings } = search
  const standing = {
    held: sql`exists (${heldBy(forId)})`,
    asked: sql`exists (${askedFor(forId)})`,
    available: sql`(not exists (${heldBy(forId)}) and not exists (${askedFor(forId)}))`,
  }
  const types = sql.join(search.types.map((type) => sql.lit(type)))
  const given = [
    sql`i.requestable and i.enabled`,
    search.types.length === 3 ? undefined : sql`i.type in (${types})`,
    sourceId === undefined ? undefined : sql`i.source_id = ${sourceId}`,
    ownerId === undefined ? undefined : sql`i.owner_id = ${ownerId}`,
    privileged === undefined ? undefined : sql`i.privileged = ${privileged}`,
    applicationId === undefined
      ? undefined
      : sql`i.id in (select x.access_profile_id from application_access_profile x where x.application_id = ${applicationId})`,
    standings === undefined || standings.length === 3
      ? undefined
      : sql`(${sql.join(
          standings.map((one) => standing[one]),
          sql` or `,
        )})`,
  ]
  return given.filter((condition) => condition !== undefined)
}

/**
 * A page of what can be asked for. With words: first the items whose name begins with what was typed, then those with most of the words in their
 * name, then the others in which every word is the beginning of a word. Without: by name.
 */
export async function listAskable(reader: Reader, search: AskableSearch): Promise<Page<AskableRow>> {
  const found = searchWords(search.text)
  const conditions = conditionsOf(search)
  const ids = (await beginningPage(reader, search, conditions)) ?? (await wholePage(reader, search, conditions, found))
  const { rows } = await sql<AskableRow>`
    select ${columns(search.forId)} from unnest(${ids}::text[]) with ordinality page(id, place) join access_item i on i.id = page.id
    ${joins} order by page.place`.execute(reader)
  return { rows, total: await totalOf(reader, search, sql`from access_item i ${whereAll([...conditions, matching(found)])}`) }
}

const startsWith = (text: string) => sql`lower(i.name) like ${`${escapeLike(text.trim().toLowerCase())}%`}`

/** The names that begin with the text as it was typed fill many a page alone, and are read off an index; undefined when they do not. */
async function beginningPage(reader: Reader, search: AskableSearch, conditions: RawBuilder<unknown>[]): Promise<string[] | undefined> {
  const text = search.text?.trim() ?? ''
  if (text === '') return undefined
  const { rows } = await sql<{ id: string }>`
    select i.id from access_item i ${whereAll([...conditions, startsWith(text)])}
    order by lower(i.name), i.id limit ${search.limit} offset ${search.offset}`.execute(reader)
  return rows.length === search.limit ? rows.map((row) => row.id) : undefined
}

async function wholePage(reader: Reader, search: AskableSearch, conditions: RawBuilder<unknown>[], found: string[]): Promise<string[]> {
  const inName = found.map((word) => sql`(strpos(lower(i.name), ${word}) > 0)::int`)
  const rank = found.length === 0 ? sql`` : sql`${startsWith(search.text ?? '')} desc, ${sql.join(inName, sql` + `)} desc,`
  const { rows } = await sql<{ id: string }>`
    select i.id from access_item i ${whereAll([...conditions, matching(found)])}
    order by ${rank} lower(i.name), i.id limit ${search.limit} offset ${search.offset}`.execute(reader)
  return rows.map((row) => row.id)
}

function matching(found: string[]): RawBuilder<unknown> | undefined {
  return found.length === 0 ? undefined : sql`${words} @@ to_tsquery('simple', ${prefixQuery(found)})`
}

const joins = sql`left join identity o on o.id = i.owner_id left join source s on s.id = i.source_id`

const columns = (personId: string) => sql`
  i.id, i.type, i.name, i.description, i.privileged, i.requestable, i.enabled,
  ${namedOrNull('o')} as owner,
  ${namedOrNull('s')} as source,
  (select coalesce(json_agg(json_build_object('id', a.id, 'name', a.name) order by lower(a.name), a.id), '[]')
    from application_access_profile x join application a on a.id = x.application_id where x.access_profile_id = i.id) as applications,
  (select count(*)::int from access_item_part p where p.whole_id = i.id) as "partCount",
  i.request_config as "requestConfig", s.request_config as "sourceRequestConfig",
  (select json_build_object('assignmentId', h.id, 'since', coalesce(h.start_at, h.created_at), 'until', h.end_at)
    from (${heldBy(personId)}) h order by h.created_at, h.id limit 1) as held,
  (select json_build_object('requestId', q.request_id, 'since', q.created_at)
    from (${askedFor(personId)}) q order by q.created_at desc limit 1) as asked`

/** One item as the request center shows it, requestable or not; undefined when there is none. */
export async function findAskable(reader: Reader, id: string, forId: string): Promise<AskableRow | undefined> {
  const { rows } = await sql<AskableRow>`select ${columns(forId)} from access_item i ${joins} where i.id = ${id}`.execute(reader)
  return rows[0]
}

/** A part of an item, under the whole it belongs to. */
export interface PartRow {
  wholeId: string
  id: string
  type: ItemType
  name: string
  description: string | null
  privileged: boolean
  source: Named | null
  attribute: string | null
  value: string | null
}

/** What an item is made of, all the way down, each part by name under its whole; and who may agree beside its owner. */
export async function findItemInside(
  reader: Reader,
  id: string,
): Promise<{ parts: PartRow[]; additionalOwners: Named[]; additionalGroups: Named[]; holders: number }> {
  const { rows: parts } = await sql<PartRow>`
    with recursive inside as (
      select whole_id, part_id from access_item_part where whole_id = ${id}
      union select x.whole_id, x.part_id from access_item_part x join inside on inside.part_id = x.whole_id)
    select inside.whole_id as "wholeId", p.id, p.type, p.name, p.description, p.privileged, p.attribute, p.value,
      ${namedOrNull('s')} as source
    from inside join access_item p on p.id = inside.part_id left join source s on s.id = p.source_id
    order by p.type desc, lower(p.name), p.id`.execute(reader)
  const people = (table: string, column: string) => sql`
    (select coalesce(json_agg(json_build_object('id', x.id, 'name', x.name) order by lower(x.name), x.id), '[]')
      from ${sql.table(table)} x where x.id = any(i.${sql.ref(column)}))`
  const { rows } = await sql<{ additionalOwners: Named[]; additionalGroups: Named[]; holders: number }>`
    select ${people('identity', 'additional_owner_ids')} as "additionalOwners",
      ${people('governance_group', 'additional_group_ids')} as "additionalGroups",
      (select count(distinct h.identity_id)::int from assignment h where h.item_id = i.id and h.state in ('PENDING', 'ACTIVE')) as holders
    from access_item i where i.id = ${id}`.execute(reader)
  return { parts, ...(rows[0] ?? { additionalOwners: [], additionalGroups: [], holders: 0 }) }
}

/** True when a person has to do with an item that cannot be asked for: they own it, hold it, asked for it, or are asked about it, or a report is. */
export async function findTieToItem(reader: Reader, itemId: string, personId: string): Promise<boolean> {
  const { rows } = await sql<{ tied: boolean }>`
    select exists (select from access_item i where i.id = ${itemId} and (i.owner_id = ${personId} or ${personId} = any(i.additional_owner_ids)))
      or exists (select from assignment h join identity p on p.id = h.identity_id
        where h.item_id = ${itemId} and h.state <> 'ENDED' and (p.id = ${personId} or p.manager_id = ${personId}))
      or exists (select from requested_item q join identity p on p.id = q.recipient_id
        where q.item_id = ${itemId} and (q.requester_id = ${personId} or p.id = ${personId} or p.manager_id = ${personId}))
      or exists (select from requested_item q join approval a on a.requested_item_id = q.id join approval_candidate c on c.approval_id = a.id
        where q.item_id = ${itemId} and c.identity_id = ${personId}) as tied`.execute(reader)
  return rows[0]?.tied ?? false
}

export interface Choice extends Named {
  count: number
}

/** By what the items that can be asked for can be narrowed, each with how many there are: the most frequent first, `limit` of a kind. */
export async function listChoices(
  reader: Reader,
  types: ItemType[],
  limit: number,
): Promise<{
  types: { type: ItemType; count: number }[]
  sources: Choice[]
  owners: Choice[]
  applications: Choice[]
  privileged: number
}> {
  const { rows } = await sql<{ type: ItemType; source_id: string | null; owner_id: string | null; privileged: boolean; count: number }>`
    select i.type, i.source_id, i.owner_id, i.privileged, count(*)::int as count from access_item i
    where i.requestable and i.enabled and i.type in (${sql.join(types.map((type) => sql.lit(type)))})
    group by i.type, i.source_id, i.owner_id, i.privileged`.execute(reader)
  const by = <Key extends string>(key: (row: (typeof rows)[number]) => Key | null) => {
    const counts = new Map<Key, number>()
    for (const row of rows) {
      const value = key(row)
      if (value !== null) counts.set(value, (counts.get(value) ?? 0) + row.count)
    }
    return [...counts].sort((a, b) => b[1] - a[1])
  }
  const apps = await sql<Choice>`
    select a.id, a.name, count(*)::int as count from application a join application_access_profile x on x.application_id = a.id
    join access_item i on i.id = x.access_profile_id and i.requestable and i.enabled
    group by a.id, a.name order by 3 desc, lower(a.name), a.id limit ${limit}`.execute(reader)
  return {
    types: by((row) => row.type).map(([type, count]) => ({ type, count })),
    sources: await withNames(reader, 'source', by((row) => row.source_id).slice(0, limit)),
    owners: await withNames(reader, 'identity', by((row) => row.owner_id).slice(0, limit)),
    applications: apps.rows,
    privileged: rows.reduce((sum, row) => sum + (row.privileged ? row.count : 0), 0),
  }
}

async function withNames(reader: Reader, table: string, counted: [string, number][]): Promise<Choice[]> {
  const ids = counted.map(([id]) => id)
  const { rows } = await sql<Named>`select id, name from ${sql.table(table)} where id = any(${ids}::text[])`.execute(reader)
  const names = new Map(rows.map((row) => [row.id, row.name]))
  return counted.map(([id, count]) => ({ id, name: names.get(id) ?? '', count }))
}
