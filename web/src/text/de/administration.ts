import { allRequests } from './all-requests.ts'
import { configuration } from './configuration.ts'
import { directory } from './directory.ts'
import { insight } from './insight.ts'
import { items } from './items.ts'
import { rules } from './rules.ts'
import { running } from './running.ts'
import { search } from './search.ts'
import { tasks } from './tasks.ts'

/** The messages of the pages for those who run the tenant, and of manual work. */
export const administration = {
  ...tasks,
  ...allRequests,
  ...configuration,
  ...rules,
  ...items,
  ...directory,
  ...running,
  ...insight,
  ...search,
} as const
