import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import pg from 'pg'
import { demoYearFile, organisationHash } from '../../src/adapters/demo-year.ts'

const root = join(import.meta.dirname, '..', '..')

/** What a new sandbox makes for itself, what only works while it lasts, and what nobody looks at again. */
const leftOut = new Set([
  'schema_migration',
  'oauth_client',
  'web_session',
  'job',
  'idempotency_key',
  'business_clock',
  'outgoing_event',
  'sweep_turn',
  'source_sync',
  'source_drift',
])

/** What a sandbox of its own has in these columns means nothing in another. */
const emptied: Record<string, string[]> = {
  source: ['connector', 'connector_settings', 'paused_until'],
  account: ['leased_by', 'leased_until'],
}

/** What only the making of the year has put into the record. */
const ofTheMaking = ['SANDBOX_CLOCK_SET', 'SIGNED_IN', 'SIGNED_OUT', 'OAUTH_CLIENT_CREATED', 'SOURCE_CONNECTOR_UPDATED']

/** Writes all rows of a sandbox into demo/year, in an order in which they can be written again; returns how many there are of each table. */
export async function dumpYear(url: string, endsAt: Date): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=countersign -c timezone=UTC' })
  await client.connect()
  try {
    const tables = await tablesInOrder(client)
    const counts: Record<string, number> = {}
    const lines: string[] = []
    for (const table of tables) {
      const rows = await rowsOf(client, table)
      counts[table] = rows.length
      lines.push(`[${rows.join(',')}]`)
    }
    const organisation = await organisationHash(join(root, 'demo', 'organisation'))
    const { rows: migrations } = await client.query<{ name: string }>('select name from schema_migration order by name')
    const head = { endsAt: endsAt.toISOString(), organisation, migrations: migrations.map(({ name }) => name), tables }
    const text = [JSON.stringify(head), ...lines, ''].join('\n')
    await mkdir(join(root, 'demo', 'year'), { recursive: true })
    const options = {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_LGWIN]: 24,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      },
    }
    await writeFile(join(root, 'demo', 'year', demoYearFile), brotliCompressSync(text, options))
    return counts
  } finally {
    await client.end()
  }
}

/** The users and groups as the target has them at the end: what a new sandbox's target begins with. */
export async function dumpTarget(folder: string): Promise<void> {
  const state = JSON.parse(await readFile(join(folder, 'demo-target', 'state.json'), 'utf8')) as TargetState
  const userNames = new Map(Object.values(state.users).map((user) => [user.id, user.attributes.userName]))
  const users = Object.values(state.users).map((user) => user.attributes)
  const groups = Object.values(state.groups).map(({ attributes, members }) => ({
    ...attributes,
    members: members.map((id) => userNames.get(id)),
  }))
  await writeFile(join(root, 'demo', 'year', 'scim-target-seed.json'), `${JSON.stringify({ users, groups }, null, 2)}\n`)
}

interface TargetState {
  users: Record<string, { id: string; attributes: { userName: string } }>
  groups: Record<string, { attributes: { displayName: string }; members: string[] }>
}

/** Every table after those it refers to. */
async function tablesInOrder(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; after: string[] }>(`
    select c.relname as name, array_remove(array_agg(distinct f.relname::text) filter (where f.oid <> c.oid), null) as after
    from pg_class c left join pg_constraint k on k.conrelid = c.oid and k.contype = 'f' left join pg_class f on f.oid = k.confrelid
    where c.relnamespace = 'countersign'::regnamespace and c.relkind = 'r' group by c.relname order by c.relname`)
  const left = rows.filter(({ name }) => !leftOut.has(name))
  const done: string[] = []
  while (left.length > 0) {
    const at = left.findIndex(({ after }) => (after ?? []).every((name) => done.includes(name) || leftOut.has(name)))
    if (at < 0) throw new Error(`tables refer to each other in a circle: ${left.map(({ name }) => name).join(', ')}`)
    done.push(...left.splice(at, 1).map(({ name }) => name))
  }
  return done
}

async function rowsOf(client: pg.Client, table: string): Promise<string[]> {
  const { rows: columns } = await client.query<{ name: string; isKey: boolean }>(
    `select a.attname as name, coalesce(a.attnum = any(i.indkey), false) as "isKey" from pg_attribute a
      left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
      where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum`,
    [table],
  )
  const kept = columns.filter(({ name }) => !emptied[table]?.includes(name)).map(({ name }) => client.escapeIdentifier(name))
  const key = columns.filter(({ isKey }) => isKey).map(({ name }) => client.escapeIdentifier(name))
  const which =
    table === 'audit_event' ? `where action not in (${ofTheMaking.map((action) => client.escapeLiteral(action)).join(', ')})` : ''
  const { rows } = await client.query<{ row: string }>(
    `select to_jsonb(t)::text as row from (
      select ${kept.join(', ')} from ${client.escapeIdentifier(table)} ${which} order by ${key.join(', ')}) t`,
  )
  return rows.map(({ row }) => (table === 'notification' ? asTold(row) : row))
}

/** A new sandbox writes to nobody about what was a year ago. */
function asTold(row: string): string {
  const notice = JSON.parse(row) as Record<string, unknown>
  if (notice['state'] !== 'WAITING') return row
  return JSON.stringify({
    ...notice,
    state: 'DROPPED',
    last_error: 'Nobody was written to while the year was made.',
    ended_at: notice['created_at'],
    waiting_since: notice['created_at'],
  })
}
