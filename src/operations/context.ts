import type { Ids } from '../ports.ts'
import type { Database } from '../store/db.ts'

/** What every operation is given: where to write and how to name what is new. */
export interface Context {
  db: Database
  ids: Ids
}
