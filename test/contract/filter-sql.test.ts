import fc from 'fast-check'
import { Kysely, PostgresDialect, type SelectQueryBuilder, sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { FilterNode, FilterValue, Sorter } from '../../src/domain/filter.ts'
import { type FilterColumn, filterSql, sorterSql } from '../../src/store/filter.ts'

const vocabulary = [
  ['', 'a', 'A', 'aB', 'Ab', 'abc', 'ABC', 'axc', 'Z', 'z', '[', '^', ' a ', 'a\nb', 'NULL', 'null', '{a,b}', ','],
  ['%', '_', 'a%c', 'a_c', '\\', 'a\\c', "O'Hara", '"', '""', 'say "hi"', "'; drop table thing"],
  ['Äpfel', 'äpfel', 'ÄPFEL', 'ΟΔΟΣ', 'İ', 'ß', '日本', '🙂', '🙂a', '\ue000'],
].flat()
const dates = [0, 1, 999, 1000, 1_767_225_600_000, 1_767_225_600_001, 1_767_229_200_000, -62_135_596_800_000].map((ms) => new Date(ms))
const amounts = [-1.5, 0, 1, 2, 2.25, 1_000_000]

const maybe = <T>(from: readonly T[]) => fc.option(fc.constantFrom(...from), { freq: 6 })
const some = fc.array(fc.constantFrom(...vocabulary), { maxLength: 3 })
const thing = fc.record({
  name: maybe(vocabulary),
  label: fc.constantFrom(...vocabulary),
  code: maybe(vocabulary),
  at: maybe(dates),
  flag: maybe([false, true]),
  amount: maybe(amounts),
  tags: fc.option(some, { freq: 6 }),
  owner_ids: fc.option(some, { freq: 6 }),
})
// The same rows in every run.
const things = fc.sample(thing, { numRuns: 200, seed: 7 }).map((row, at) => ({ ...row, id: `id-${String(at).padStart(4, '0')}` }))
type Thing = (typeof things)[number]

const columns = {
  id: { sql: sql.ref('thing.id'), type: 'id', notNull: true },
  name: { sql: sql.ref('thing.name'), type: 'string' },
  label: { sql: sql.ref('thing.label'), type: 'string', notNull: true },
  code: { sql: sql.ref('thing.code'), type: 'id' },
  at: { sql: sql.ref('thing.at'), type: 'date' },
  flag: { sql: sql.ref('thing.flag'), type: 'boolean' },
  amount: { sql: sql.ref('thing.amount'), type: 'number' },
  tags: { sql: sql.ref('thing.tags'), type: 'string', array: true },
  'owner.ids': { sql: sql.ref('thing.owner_ids'), type: 'id', array: true },
} satisfies Record<string, FilterColumn>
const columnOf = (field: string): FilterColumn => columns[field as keyof typeof columns]
const heldBy = (thing: Thing, field: string) => thing[field.replace('.', '_') as keyof Thing]

// --- The same rules once more, as plainly as possible ---

type Condition = Extract<FilterNode, { field: string }>
const fold = (text: string) => text.replace(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32))

function keyOf(value: FilterValue, type: FilterColumn['type']): string | number {
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'string') return type === 'string' ? fold(value) : value
  return Number(value)
}

function order(left: string | number, right: string | number): number {
  if (typeof left === 'string' && typeof right === 'string') return Buffer.compare(Buffer.from(left), Buffer.from(right))
  return Number(left) - Number(right)
}

function matchesScalar(node: Condition, value: FilterValue | null, type: FilterColumn['type']): boolean {
  if (node.node === 'present') return node.present === (value !== null)
  if (node.node === 'list') return value !== null && node.values.some((one) => order(keyOf(one, type), keyOf(value, type)) === 0)
  if (node.operator === 'ne') return value === null || order(keyOf(value, type), keyOf(node.value, type)) !== 0
  if (value === null) return false
  const text = value instanceof Date ? value.toISOString() : String(keyOf(value, type))
  if (node.operator === 'sw') return text.startsWith(String(keyOf(node.value, type)))
  if (node.operator === 'co') return text.includes(String(keyOf(node.value, type)))
  const by = order(keyOf(value, type), keyOf(node.value, type))
  return { eq: by === 0, gt: by > 0, ge: by >= 0, lt: by < 0, le: by <= 0 }[node.operator]
}

function matchesArray(node: Condition, value: readonly string[] | null, type: FilterColumn['type']): boolean {
  const holds = (one: FilterValue) => (value ?? []).some((held) => keyOf(held, type) === keyOf(one, type))
  if (node.node === 'present') return node.present === (value !== null && value.length > 0)
  if (node.node === 'list') return node.operator === 'ca' ? node.values.every(holds) : node.values.some(holds)
  return (node.operator === 'eq') === holds(node.value)
}

function matches(node: FilterNode, thing: Thing): boolean {
  if (node.node === 'not') return !matches(node.part, thing)
  if ('parts' in node) return node.parts[node.node === 'and' ? 'every' : 'some']((part) => matches(part, thing))
  const value = heldBy(thing, node.field)
  const { type, array } = columnOf(node.field)
  return array ? matchesArray(node, value as string[] | null, type) : matchesScalar(node, value as FilterValue | null, type)
}

// --- Random filters, with values that are often in the table ---

const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...vocabulary) },
  { weight: 3, arbitrary: fc.constantFrom(...vocabulary).map((word) => [...word].slice(0, 2).join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0')) },
)
const values: Record<FilterColumn['type'], fc.Arbitrary<FilterValue>> = {
  string: text,
  id: text,
  date: fc.constantFrom(...dates, new Date(500), new Date('9999-12-31T23:59:59.999Z')),
  boolean: fc.boolean(),
  number: fc.oneof(fc.constantFrom(...amounts), fc.double({ noNaN: true, noDefaultInfinity: true })),
}

const comparisons = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const
const dateStarts = fc.constantFrom('1970', '1970-01-01T00:00:00.9', '2026-01-01T0', '2', '0001-')
type Operator = Extract<FilterNode, { node: 'compare' }>['operator']

function operatorsOf({ type, array }: FilterColumn): readonly Operator[] {
  if (array || type === 'boolean') return ['eq', 'ne']
  return type === 'string' || type === 'id' ? [...comparisons, 'sw', 'co'] : comparisons
}

const compare = (field: string, operator: Operator, value: FilterValue): FilterNode => ({ node: 'compare', field, operator, value })
const listed = (field: string, operator: 'in' | 'ca', values: FilterValue[]): FilterNode => ({ node: 'list', field, operator, values })

function conditions(field: string): fc.Arbitrary<FilterNode> {
  const column = columnOf(field)
  const value = values[column.type]
  const lists = fc.constantFrom(...(column.array ? (['in', 'ca'] as const) : (['in'] as const)))
  return fc.oneof(
    fc.tuple(fc.constantFrom(...operatorsOf(column)), value).map(([operator, value]) => compare(field, operator, value)),
    fc.tuple(lists, fc.array(value, { minLength: 1, maxLength: 4 })).map(([operator, values]) => listed(field, operator, values)),
    fc.boolean().map((present): FilterNode => ({ node: 'present', field, present })),
    ...(column.type === 'date' ? [dateStarts.map((start) => compare(field, 'sw', start))] : []),
  )
}

const condition = fc.oneof(...Object.keys(columns).map(conditions))
const idTie = sql`thing.id`
let db: Kysely<{ thing: Thing }>
const { tree } = fc.letrec<{ tree: FilterNode }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'tree' },
    condition,
    fc.record({ node: fc.constantFrom('and' as const, 'or' as const), parts: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ node: fc.constant('not' as const), part: tie('tree') }),
  ),
}))

beforeAll(async () => {
  // One connection, because a temporary table belongs to its connection.
  const pool = new pg.Pool({ connectionString: inject('databaseUrl'), max: 1, options: '-c timezone=America/New_York' })
  db = new Kysely<{ thing: Thing }>({ dialect: new PostgresDialect({ pool }) })
  // Some columns have a collation of their own: the rules must not depend on it.
  await sql`create temporary table thing (
    id text collate "C" primary key, name text collate "und-x-icu", label text collate "C" not null, code text collate "und-x-icu",
    at timestamptz, flag boolean, amount numeric, tags text[] collate "und-x-icu", owner_ids text[] collate "und-x-icu"
  )`.execute(db)
  await sql`create index thing_label on thing (lower(label), id)`.execute(db)
  await db.insertInto('thing').values(things).execute()
})

afterAll(() => db.destroy())

const expected = (node: FilterNode) => things.filter((thing) => matches(node, thing)).map(({ id }) => id)

async function find(node: FilterNode): Promise<string[]> {
  const rows = await db.selectFrom('thing').select('id').where(filterSql(node, columns)).orderBy(idTie).execute()
  return rows.map(({ id }) => id)
}

/** The plan that would be made for a table too large to be read as a whole. */
async function planOf(query: SelectQueryBuilder<{ thing: Thing }, 'thing', { id: string }>): Promise<string> {
  await sql`set enable_seqscan = off`.execute(db)
  const lines = await query.explain<{ 'QUERY PLAN': string }>()
  await sql`reset enable_seqscan`.execute(db)
  return lines.map((line) => line['QUERY PLAN']).join('\n')
}

describe('filterSql', () => {
  test('finds for every condition on every field what the plain rules find', async () => {
    for (const field of Object.keys(columns)) {
      for (const node of fc.sample(conditions(field), { numRuns: 60, seed: 1 })) {
        expect(await find(node), JSON.stringify(node)).toEqual(expected(node))
      }
    }
  })

  test('finds for any filter what the plain rules find', async () => {
    let selective = 0
    await fc.assert(
      fc.asyncProperty(tree, async (node) => {
        const ids = expected(node)
        expect(await find(node)).toEqual(ids)
        if (ids.length > 0 && ids.length < things.length) selective += 1
      }),
      { numRuns: 500 },
    )
    // Filters that find nothing or everything would agree by accident.
    expect(selective).toBeGreaterThan(200)
  })

  test('a filter and its "not" share out the rows, those without a value too', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (node) => {
        const both = [...(await find(node)), ...(await find({ node: 'not', part: node }))]
        expect(both.sort()).toEqual(things.map(({ id }) => id))
      }),
      { numRuns: 100 },
    )
  })

  test.each(vocabulary)('%j equals itself, begins with itself and contains itself', async (name) => {
    const ids = things.filter((thing) => thing.name === name).map(({ id }) => id)
    expect(ids.length).toBeGreaterThan(0)
    for (const operator of ['eq', 'sw', 'co', 'ge', 'le'] as const) {
      expect(await find(compare('name', operator, name))).toEqual(expect.arrayContaining(ids))
    }
  })

  test('neither what the user wrote nor how many values there are is in the SQL text', () => {
    const textOf = (node: FilterNode) => filterSql(node, columns).compile(db).sql
    for (const field of ['name', 'code', 'tags', 'owner.ids']) {
      const operators = operatorsOf(columnOf(field))
      for (const operator of operators) expect(textOf(compare(field, operator, 'mark'))).not.toContain('mark')
      expect(textOf(listed(field, 'in', ['mark']))).not.toContain('mark')
      expect(textOf(listed(field, 'in', ['mark', 'b', 'c']))).toBe(textOf(listed(field, 'in', ['a'])))
    }
    expect(textOf(compare('at', 'sw', 'mark'))).not.toContain('mark')
  })

  test('a filter as long as the grammar allows is answered', async () => {
    const part = compare('name', 'ne', 'x')
    const nested = Array.from({ length: 50 }).reduce<FilterNode>((inner) => ({ node: 'not', part: inner }), part)
    expect(await find({ node: 'or', parts: [nested, ...Array.from({ length: 2_000 }, () => part)] })).toHaveLength(200)
  })

  test.each([
    ['equality', compare('label', 'eq', 'ABC')],
    ['a beginning', compare('label', 'sw', 'A_')],
    ['a list', listed('label', 'in', ['a', 'B'])],
    ['an order', compare('label', 'lt', 'a')],
  ])('an index on lower(column) serves %s', async (_, node) => {
    const text = await planOf(db.selectFrom('thing').select('id').where(filterSql(node, columns)))
    expect(text).toMatch(/Index Cond:.*lower\(label\)/)
  })

  const mistakes: [what: string, node: FilterNode, message: string][] = [
    ['a field without a column', compare('nmae', 'eq', 'a'), "no column for the field 'nmae'"],
    ['a field that only every object has', compare('constructor', 'eq', 'a'), "no column for the field 'constructor'"],
    ['a text for a date', compare('at', 'eq', '2026-01-01'), "the value for 'at' is not of its type 'date'"],
    ['a number for a text', compare('name', 'sw', 1), "the value for 'name' is not of its type 'string'"],
    ['a look into a boolean', compare('flag', 'sw', 't'), "'flag' has no text to look into"],
    ['an order of arrays', compare('tags', 'gt', 'a'), "'tags' is an array and cannot be used with 'gt'"],
    ['"ca" without an array', listed('name', 'ca', ['a']), "'name' is not an array"],
    ['"and" of nothing', { node: 'and', parts: [] }, "'and' without parts"],
  ]
  test.each(mistakes)('%s is an Error before anything is asked', (_, node, message) => {
    expect(() => filterSql({ node: 'not', part: node }, columns)).toThrow(message)
  })
})

describe('sorterSql', () => {
  const sortable = Object.keys(columns).filter((field) => !columnOf(field).array)
  const sorter = fc.record({ field: fc.constantFrom(...sortable), descending: fc.boolean() })
  const sorters = fc.uniqueArray(sorter, { selector: ({ field }) => field, maxLength: 4 })

  function inOrder(by: readonly Sorter[]): string[] {
    const compareBy = (left: Thing, right: Thing) => {
      for (const { field, descending } of by) {
        const [a, b] = [heldBy(left, field), heldBy(right, field)] as [FilterValue | null, FilterValue | null]
        const { type } = columnOf(field)
        const ordered = a === null || b === null ? Number(a === null) - Number(b === null) : order(keyOf(a, type), keyOf(b, type))
        if (ordered !== 0) return descending && a !== null && b !== null ? -ordered : ordered
      }
      return order(left.id, right.id)
    }
    return [...things].sort(compareBy).map(({ id }) => id)
  }

  function query(by: readonly Sorter[]) {
    const order = sorterSql(by, columns, [idTie])
    return db.selectFrom('thing').select('id').orderBy(order)
  }

  test('pages laid one after another are the whole list as the plain rules sort it, rows without a value last', async () => {
    await fc.assert(
      fc.asyncProperty(sorters, fc.constantFrom(7, 50, 199, 200), async (by, size) => {
        const ids: string[] = []
        for (let offset = 0; offset < things.length; offset += size) {
          ids.push(...(await query(by).limit(size).offset(offset).execute()).map(({ id }) => id))
        }
        expect(ids).toEqual(inOrder(by))
      }),
      { numRuns: 60 },
    )
  })

  test.each([false, true])('an index on a column that always has a value gives the order (descending: %s)', async (descending) => {
    const text = await planOf(query([{ field: 'label', descending }]).limit(5))
    expect(text).toMatch(descending ? /Index (Only )?Scan Backward using thing_label/ : /Index (Only )?Scan using thing_label/)
  })

  test('a field without a column, an array and a list without a tie-breaker are Errors', () => {
    expect(() => sorterSql([{ field: 'nmae', descending: false }], columns, [idTie])).toThrow("no column for the field 'nmae'")
    expect(() => sorterSql([{ field: 'tags', descending: false }], columns, [idTie])).toThrow("'tags' is an array and cannot be sorted by")
    expect(() => sorterSql([{ field: 'name', descending: false }], columns, [])).toThrow('needs a tie-breaker')
  })
})
