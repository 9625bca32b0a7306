import type pg from 'pg'

/** Stored requests by the hundred thousand, made by SQL: what the product would have left behind, without having done it. */

const people = 1_000
const roles = 200

export interface Population {
  personIds: string[]
  roleIds: string[]
  managerId: string
  ownerId: string
  adminId: string
  /** Every twentieth stored request is for this person, and every twentieth waits for the manager. */
  busyId: string
}

/** People who report to one manager, with accounts, and roles of one value each that the manager and then the owner must agree to. */
export async function fillPopulation(pool: pg.Pool): Promise<Population> {
  const one = async (text: string) => String((await pool.query(text)).rows[0]?.id)
  const managerId = await one(`select id from identity where alias = 'mgr.one'`)
  const ownerId = await one(`select id from identity where alias = 'dora.finch'`)
  const adminId = await one(`select id from identity where alias = 'admin'`)
  const sourceId = await one(`select id from source where connector = 'scim' limit 1`)
  await pool.query(
    `insert into identity (id, alias, name, first_name, last_name, email, manager_id, created_at, modified_at)
     select md5('person' || n), 'bench.' || n, 'Bench Person ' || n, 'Bench', 'Person ' || n, 'bench.' || n || '@example.com', $1, now(), now()
     from generate_series(1, ${people}) n`,
    [managerId],
  )
  await pool.query(
    `insert into account (id, source_id, native_identity, identity_id, name, created_at, modified_at)
     select md5('account' || n), $1, 'bench.' || n, md5('person' || n), 'bench.' || n, now(), now() from generate_series(1, ${people}) n`,
    [sourceId],
  )
  await pool.query(
    `insert into access_item (id, type, name, owner_id, source_id, attribute, value, requestable, created_at, modified_at)
     select md5('value' || n), 'ENTITLEMENT', 'bench ' || n, $2, $1, 'groups', 'bench ' || n, true, now(), now() from generate_series(1, ${roles}) n`,
    [sourceId, ownerId],
  )
  await pool.query(
    `insert into access_item (id, type, name, owner_id, requestable, request_config, created_at, modified_at)
     select md5('role' || n), 'ROLE', 'Bench Role ' || n, $1, true, (select request_config from access_item where name = 'Finance Analyst'), now(), now()
     from generate_series(1, ${roles}) n`,
    [ownerId],
  )
  await pool.query(`insert into access_item_part select md5('role' || n), md5('value' || n) from generate_series(1, ${roles}) n`)
  const ids = async (text: string) => (await pool.query(text)).rows.map((row) => String(row.id))
  return {
    personIds: await ids(`select id from identity where alias like 'bench.%' order by id`),
    roleIds: await ids(`select id from access_item where name like 'Bench Role %' order by id`),
    managerId,
    ownerId,
    adminId,
    busyId: await one(`select md5('person1') as id`),
  }
}

const portion = 50_000

/** Stores requests `from` (not in it) to `to`, oldest first, and tells the planner of them. */
export async function fillRequests(pool: pg.Pool, population: Population, from: number, to: number): Promise<void> {
  if (to <= from) return
  // The index of words is made anew: row by row it would take longer than all the rest.
  const { rows } = await pool.query(
    `select indexname, indexdef from pg_indexes where indexname = 'audit_event_words' and schemaname = current_schema`,
  )
  if (to - from >= portion) await pool.query('drop index audit_event_words')
  for (let begin = from; begin < to; begin += portion) await fillPortion(pool, population, begin, Math.min(begin + portion, to))
  if (to - from >= portion) await pool.query(rows[0].indexdef)
  for (const table of ['access_request', 'requested_item', 'approval', 'approval_candidate', 'audit_event'])
    await pool.query(`vacuum analyze ${table}`)
}

/** Request n was made n seconds after the start of 2020; every twentieth still waits for the manager. */
const request = `
  (select n, md5('request' || n) as id, md5('item' || n) as item_id, timestamptz '2020-01-01' + n * interval '1 second' as at, n % 20 = 0 as waits,
    md5('person' || case when n % 20 = 1 then 1 else 1 + n % ${people} end) as person_id, md5('role' || 1 + n % ${roles}) as role_id
   from generate_series($1::int + 1, $2::int) n) r`

async function fillPortion(pool: pg.Pool, { managerId, ownerId }: Population, from: number, to: number): Promise<void> {
  const client = await pool.connect()
  const run = (text: string, values: unknown[] = []) => client.query(text, [from, to, ...values])
  try {
    // All at once: an approval that waits and whom nobody holds would be mended.
    await client.query('begin; set local synchronous_commit = off')
    await run(`insert into access_request (id, kind, requester_id, recipient_id, attributes_hash, created_at)
      select id, 'GRANT', person_id, person_id, n, at from ${request}`)
    await run(`insert into requested_item (id, request_id, kind, requester_id, recipient_id, item_type, item_id, state, same_ask, comment, policy,
        step_number, approvals_started_at, approvals_finished_at, provisioning_started_at, finished_at, created_at, modified_at)
      select item_id, id, 'GRANT', person_id, person_id, 'ROLE', role_id, case when waits then 'AWAITING_APPROVAL' else 'PROVISIONED' end, n::text,
        'for the year end', (select request_config -> 'grant' from access_item where id = role_id), case when waits then 0 else 2 end, at,
        case when not waits then at end, case when not waits then at end, case when not waits then at end, at, at from ${request}`)
    await fillApprovals(run, 0, managerId, '')
    await fillApprovals(run, 1, ownerId, 'where not waits')
    await run(
      `insert into audit_event (id, action, actor_id, target_id, tracking_number, canonical, leaf_hash, words, created_at)
       select md5('event' || n), 'ACCESS_REQUEST_REQUESTED', person_id, person_id, id,
         json_build_object('action', 'ACCESS_REQUEST_REQUESTED', 'actor', json_build_object('id', person_id, 'name', 'Bench Person'), 'at', at,
           'details', json_build_object('comment', 'for the year end', 'itemId', role_id, 'itemType', 'ROLE', 'requestedItemId', item_id),
           'id', md5('event' || n), 'target', json_build_object('id', person_id, 'name', 'Bench Person'), 'trackingNumber', id)::text,
         md5(n::text), array_to_tsvector(array[md5('event' || n), person_id, id, item_id, role_id, 'role', 'for', 'the', 'year', 'end', 'bench', 'person']), at
       from ${request}`,
    )
    await client.query('commit')
  } finally {
    client.release()
  }
}

async function fillApprovals(
  run: (text: string, values?: unknown[]) => Promise<unknown>,
  step: number,
  holderId: string,
  which: string,
): Promise<void> {
  await run(
    `insert into approval (id, requested_item_id, step_number, scheme, original_owner_type, original_owner_id, owner_id, named_id, rule_holder_id,
       state, decided_by, decided_at, explanation, created_at, modified_at)
     select md5('approval${step} ' || n), item_id, ${step}, ${step === 0 ? `'MANAGER'` : `'OWNER'`}, 'IDENTITY', $3, $3, $3, $3,
       case when waits then 'PENDING' else 'APPROVED' end, case when not waits then $3 end, case when not waits then at end, '[]', at, at
     from ${request} ${which}`,
    [holderId],
  )
  await run(
    `insert into approval_candidate (approval_id, identity_id, open, created_at) select md5('approval${step} ' || n), $3, waits, at from ${request} ${which}`,
    [holderId],
  )
}
