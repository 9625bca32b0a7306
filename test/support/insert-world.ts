import type { RequestConfig, RequestRules, Selector, Step } from '../../src/domain/access-model.ts'
import type { ScopedRules } from '../../src/domain/approval-rules.ts'
import type { TestApp } from './app.ts'
import type { ItemRules, RandomWorld } from './random-world.ts'

/** Puts a world into the database as fast as that goes: one statement for each table. */

type Row = Record<string, unknown>

/** Under names with a prefix; the world's admins are the only ones of the tenant then. */
export async function insertWorld(app: TestApp, prefix: string, { world, rules }: RandomWorld): Promise<void> {
  const own = <T extends string | null>(name: T) => (name === null ? null : prefix + name)
  const stamp = { created_at: world.begins, modified_at: world.begins }
  const people = [...world.people].map(([name, one]) => ({ name, ...one }))
  await app.sql(`update identity set is_admin = false where is_admin`)
  await app.sql(`delete from setting`)
  await insert(
    app,
    'identity',
    people.map(({ name, department, active }) => ({
      id: own(name),
      alias: own(name),
      name,
      department,
      status: active ? 'ACTIVE' : 'INACTIVE',
      is_admin: world.admins.includes(name),
      ...stamp,
    })),
  )
  await app.sql(`update identity p set manager_id = w.manager from unnest($1::text[], $2::text[]) w (id, manager) where w.id = p.id`, [
    people.map(({ name }) => own(name)),
    people.map(({ manager }) => own(manager)),
  ])
  await insert(
    app,
    'governance_group',
    [...world.groups.keys()].map((name) => ({ id: own(name), name: own(name), ...stamp })),
  )
  const members = [...world.groups].flatMap(([group, names]) => names.map((name) => ({ group_id: own(group), identity_id: own(name) })))
  await insert(app, 'governance_group_member', members)
  await insert(
    app,
    'source',
    [...world.sources].map(([name, owner]) => ({ id: own(name), name: own(name), owner_id: own(owner), ...stamp })),
  )
  await insertItems(app, prefix, { world, rules }, stamp)
  await app.sql(`insert into setting (key, value, modified_at) values ('access-request-config', $1, now())`, [
    JSON.stringify({ anyoneForAnyone: true }),
  ])
}

async function insertItems(app: TestApp, prefix: string, { world, rules }: RandomWorld, stamp: Row): Promise<void> {
  const own = <T extends string | null>(name: T) => (name === null ? null : prefix + name)
  const items = [...world.items]
  await insert(
    app,
    'access_item',
    items.map(([name, item]) => {
      const isEntitlement = item.type === 'ENTITLEMENT'
      return {
        id: own(name),
        type: item.type,
        name: own(name),
        owner_id: own(item.owner),
        additional_owner_ids: item.additionalOwners.map(own),
        additional_group_ids: item.additionalGroups.map(own),
        source_id: own(item.source),
        attribute: isEntitlement ? 'groups' : null,
        value: isEntitlement ? own(name) : null,
        requestable: true,
        privileged: item.privileged,
        request_config: configIn(prefix, rules.get(name)),
        ...stamp,
      }
    }),
  )
  const owned = items.flatMap(([name, { applicationOwner }]) => (applicationOwner === null ? [] : [{ name, applicationOwner }]))
  await insert(
    app,
    'application',
    owned.map(({ name, applicationOwner }) => ({
      id: own(`app of ${name}`),
      name: own(`app of ${name}`),
      owner_id: own(applicationOwner),
      ...stamp,
    })),
  )
  await insert(
    app,
    'application_access_profile',
    owned.map(({ name }) => ({ application_id: own(`app of ${name}`), access_profile_id: own(name) })),
  )
  const held = [...world.holds].flatMap(([person, names]) => names.map((name) => ({ person, name })))
  await insert(
    app,
    'assignment',
    held.map(({ person, name }) => ({
      id: `${prefix}${person} ${name}`,
      identity_id: own(person),
      item_type: world.items.get(name)?.type,
      item_id: own(name),
      origin: 'REQUESTED',
      state: 'ACTIVE',
      ...stamp,
    })),
  )
  for (const [name, { approvals }] of rules) await setApprovals(app, prefix, name, approvals)
}

async function insert(app: TestApp, table: string, rows: Row[]): Promise<void> {
  if (rows.length === 0) return
  const columns = Object.keys(rows[0] ?? {})
  const values = rows.flatMap((row) => columns.map((column) => row[column] ?? null))
  const places = rows.map((_row, at) => `(${columns.map((_column, place) => `$${at * columns.length + place + 1}`).join(', ')})`)
  await app.sql(`insert into ${table} (${columns.join(', ')}) values ${places.join(', ')}`, values)
}

/** Says something else of an item, with ids instead of names. */
export async function setRules(app: TestApp, prefix: string, item: string, rules: ItemRules): Promise<void> {
  await app.sql(`update access_item set request_config = $2 where id = $1`, [prefix + item, configIn(prefix, rules)])
  await setApprovals(app, prefix, item, rules.approvals)
}

async function setApprovals(app: TestApp, prefix: string, item: string, approvals: ScopedRules): Promise<void> {
  const fallback = approvals.fallbackApproverId
  const own = fallback ? { ...approvals, fallbackApproverId: prefix + fallback } : approvals
  await app.sql(
    `insert into setting (key, value, modified_at) values ($1, $2, now()) on conflict (key) do update set value = excluded.value`,
    [`approval-config/${prefix}${item}`, JSON.stringify(own)],
  )
}

function configIn(prefix: string, rules: ItemRules | undefined): string | null {
  if (!rules) return null
  const config: RequestConfig = { grant: rulesIn(prefix, rules.grant), revoke: rulesIn(prefix, rules.revoke) }
  return JSON.stringify(config)
}

function rulesIn(prefix: string, rules: RequestRules): RequestRules {
  const selectorIn = (selector: Selector): Selector => (selector.groupId ? { ...selector, groupId: prefix + selector.groupId } : selector)
  const stepIn = (step: Step): Step => ('asks' in step ? { ...step, asks: step.asks.map(selectorIn) } : selectorIn(step))
  return { ...rules, steps: rules.steps.map(stepIn) }
}
