import { daysSince, shiftedBy } from '../domain/demo-year.ts'
import { insertDemoRows } from '../store/demo-rows.ts'
import type { Context } from './context.ts'

/** What was shipped: the rows of every table, in the order in which they can be written. */
export interface ShippedYear {
  endsAt: Date
  tables: { name: string; rows: string }[]
}

/** Writes the year of the demo organisation into an empty database, moved by whole days so that it ends within the last one. All or nothing. */
export async function loadDemoYear({ db }: Pick<Context, 'db'>, year: ShippedYear): Promise<void> {
  const days = daysSince(year.endsAt, db.realNow())
  await db.transaction(async (tx) => {
    for (const { name, rows } of year.tables) await insertDemoRows(tx, name, shiftedBy(rows, days))
  })
}
