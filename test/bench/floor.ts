import type pg from 'pg'
import { systemClock } from '../../src/adapters/clock.ts'
import { timeOrderedIds } from '../../src/adapters/ids.ts'
import type { Population } from './fill.ts'
import { type Done, perSecond } from './measure.ts'
import type { Pairs } from './pairs.ts'

/**
 * The floor: the rows that one life leaves behind and nothing else, one statement for each table and change, in the six transactions that a life
 * cannot do without (asked, agreed, agreed, planned, sent, done). Nothing is read, checked or worked out. The tables are the product's own, with
 * their indexes.
 */

const ids = timeOrderedIds(systemClock)

type Run = (text: string, values?: unknown[]) => Promise<unknown>

const names = new Map<string, string>()

function nameOf(text: string): string {
  const name = names.get(text) ?? `floor ${names.size}`
  names.set(text, name)
  return name
}

async function inTransaction(pool: pg.Pool, inTurns: boolean, work: (run: Run) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  const sent: Promise<unknown>[] = []
  const run: Run = (text, values) => {
    // Prepared once per connection: what the statements cost, not what reading them costs.
    const answer = client.query(values ? { name: nameOf(text), text, values } : text)
    sent.push(answer)
    return inTurns ? Promise.resolve() : answer
  }
  try {
    await run('begin')
    await work(run)
    await run('commit')
    await Promise.all(sent)
  } finally {
    client.release()
  }
}

/** Whom and what a life is about, and the ids of its rows. */
interface Life {
  person: string
  role: string
  place: { account: string; source: string; value: string }
  request: string
  item: string
  first: string
  second: string
  assignment: string
  grant: string
  step: string
  now: Date
  round: number
  people: Population
}

/** So many lives a second. In turns: the statements of a transaction go out without waiting. */
export async function floorLives(
  pool: pg.Pool,
  people: Population,
  pairs: Pairs,
  { seconds, callers, inTurns }: { seconds: number; callers: number; inTurns: boolean },
): Promise<Done> {
  return perSecond(seconds, Array.from({ length: callers }), () => floorLife(pool, people, pairs, inTurns))
}

async function floorLife(pool: pg.Pool, people: Population, pairs: Pairs, inTurns: boolean): Promise<void> {
  const { round, personId: person, roleId: role } = pairs.next()
  const { rows } = await pool.query({
    name: 'floor place',
    text: `select c.id as account, c.source_id as source, p.part_id as value from account c, access_item_part p where c.identity_id = $1 and p.whole_id = $2`,
    values: [person, role],
  })
  const [request = '', item = '', first = '', second = '', assignment = '', grant = '', step = ''] = Array.from({ length: 7 }, ids.next)
  const made = { request, item, first, second, assignment, grant, step }
  const life: Life = { person, role, place: rows[0], ...made, now: systemClock.now(), round, people }
  for (const part of [asked, agreed, agreedLast, planned, noted, done]) await inTransaction(pool, inTurns, (run) => part(run, life))
}

async function asked(run: Run, life: Life): Promise<void> {
  const { request, item, person, role, now, round } = life
  await run(
    `insert into access_request (id, kind, requester_id, recipient_id, attributes_hash, created_at) values ($1, 'GRANT', $2, $2, 1, $3)`,
    [request, person, now],
  )
  await run(
    `insert into requested_item (id, request_id, kind, requester_id, recipient_id, item_type, item_id, state, same_ask, comment, policy, approvals_started_at, created_at, modified_at)
     values ($1, $2, 'GRANT', $3, $3, 'ROLE', $4, 'AWAITING_APPROVAL', $5, 'x', '{"steps": ["MANAGER", "OWNER"]}', $6, $6, $6)`,
    [item, request, person, role, `floor ${round}`, now],
  )
  await ask(run, life.first, item, 0, life.people.managerId, now)
  await audit(run, life, 'ACCESS_REQUEST_REQUESTED')
  await audit(run, life, 'APPROVAL_REQUEST_CREATED')
  await outgoing(run, 'access-request-submitted', now)
}

async function agreed(run: Run, life: Life): Promise<void> {
  const { item, now, people } = life
  await answer(run, life.first, people.managerId, now)
  await ask(run, life.second, item, 1, people.ownerId, now)
  await run('update requested_item set step_number = 1, modified_at = $2 where id = $1', [item, now])
  await audit(run, life, 'APPROVAL_REQUEST_APPROVED')
  await audit(run, life, 'APPROVAL_REQUEST_CREATED')
}

async function agreedLast(run: Run, life: Life): Promise<void> {
  const { item, now, people } = life
  await answer(run, life.second, people.ownerId, now)
  await run(`update requested_item set state = 'PROVISIONING', approvals_finished_at = $2, modified_at = $2 where id = $1`, [item, now])
  await audit(run, life, 'APPROVAL_REQUEST_APPROVED')
  await audit(run, life, 'ACCESS_REQUEST_APPROVED')
  await outgoing(run, 'access-request-decision', now)
  await run(`insert into job (id, name, key, payload, run_at) values ($1, 'floor-provision', $1, '{}', 'infinity')`, [item])
}

async function planned(run: Run, { item, person, role, place, assignment, grant, step, now }: Life): Promise<void> {
  await run(
    `insert into assignment (id, identity_id, item_type, item_id, origin, state, requested_item_id, created_at, modified_at)
     values ($1, $2, 'ROLE', $3, 'REQUESTED', 'PENDING', $4, $5, $5)`,
    [assignment, person, role, item, now],
  )
  await run(
    'insert into access_grant (id, account_id, entitlement_id, present, created_at) values ($1, $2, $3, false, $4) on conflict (account_id, entitlement_id) do update set present = false returning id',
    [grant, place.account, place.value, now],
  )
  await run(
    'insert into assignment_grant (assignment_id, grant_id) select $1, id from access_grant where account_id = $2 and entitlement_id = $3',
    [assignment, place.account, place.value],
  )
  await run(
    `insert into provisioning_step (id, requested_item_id, assignment_id, grant_id, source_id, account_id, operation, state, created_at, modified_at)
     select $1, $2, $3, id, $4, $5, 'ADD', 'INTENDED', $7, $7 from access_grant where account_id = $5 and entitlement_id = $6`,
    [step, item, assignment, place.source, place.account, place.value, now],
  )
  await run('delete from job where id = $1', [item])
  await run(`insert into job (id, name, key, payload, run_at) values ($1, 'floor-step', $1, '{}', 'infinity')`, [step])
}

async function noted(run: Run, { step, now }: Life): Promise<void> {
  await run(`update provisioning_step set state = 'SENT', attempts = 1, modified_at = $2 where id = $1`, [step, now])
}

async function done(run: Run, life: Life): Promise<void> {
  const { item, place, assignment, step, now } = life
  await run(`update provisioning_step set state = 'DONE', verified = true, modified_at = $2 where id = $1`, [step, now])
  await run('update access_grant set present = true, checked_at = $3 where account_id = $1 and entitlement_id = $2', [
    place.account,
    place.value,
    now,
  ])
  await run(`update assignment set state = 'ACTIVE', modified_at = $2 where id = $1`, [assignment, now])
  await run(`update requested_item set state = 'PROVISIONED', finished_at = $2, modified_at = $2 where id = $1`, [item, now])
  await audit(run, life, 'ACCESS_REQUEST_PROCESSED')
  await outgoing(run, 'provisioning-completed', now)
  await run('delete from job where id = $1', [step])
}

async function ask(run: Run, id: string, item: string, step: number, holder: string, now: Date): Promise<void> {
  await run(
    `insert into approval (id, requested_item_id, step_number, scheme, original_owner_type, original_owner_id, owner_id, state, explanation, created_at, modified_at)
     values ($1, $2, $3, 'MANAGER', 'IDENTITY', $4, $4, 'PENDING', '[]', $5, $5)`,
    [id, item, step, holder, now],
  )
  await run('insert into approval_candidate (approval_id, identity_id, open, created_at) values ($1, $2, true, $3)', [id, holder, now])
  await run(
    `insert into notification (id, kind, identity_id, approval_id, occurrence, once_key, created_at) values ($1, 'APPROVAL_WAITING', $2, $3, '', $1, $4)`,
    [ids.next(), holder, id, now],
  )
}

async function answer(run: Run, id: string, by: string, now: Date): Promise<void> {
  await run(`update approval set state = 'APPROVED', decided_by = $2, decided_at = $3, modified_at = $3 where id = $1`, [id, by, now])
  await run('update approval_candidate set open = false where approval_id = $1', [id])
}

async function audit(run: Run, { person, request, item, now }: Life, action: string): Promise<void> {
  const id = ids.next()
  const canonical = JSON.stringify({
    action,
    actor: { id: person, name: 'Floor' },
    at: now,
    details: { item },
    id,
    target: { id: person },
    trackingNumber: request,
  })
  const words = [id, person, request, item, 'floor']
  await run(
    `insert into audit_event (id, action, actor_id, target_id, tracking_number, canonical, leaf_hash, words, created_at)
     values ($1, $2, $3, $3, $4, $5, $1, array_to_tsvector($6::text[]), $7)`,
    [id, action, person, request, canonical, words, now],
  )
}

async function outgoing(run: Run, type: string, now: Date): Promise<void> {
  await run(`insert into outgoing_event (id, type, payload, created_at) values ($1, $2, '{}', $3)`, [ids.next(), type, now])
}
