import { allRequests } from './all-requests.ts'
import { tasks } from './tasks.ts'

/** The messages of the pages for those who run the tenant, and of manual work. */
export const administration = { ...tasks, ...allRequests } as const
