import { listSearchedActivities } from '../../store/search/account-activities.ts'
import { listSearchedEvents } from '../../store/search/events.ts'
import { listSearchedIdentities } from '../../store/search/identities.ts'
import type { Call } from '../call.ts'
import { accountActivityDocument } from './account-activities.ts'
import { eventDocument } from './events.ts'
import type { Origin, SearchIndex } from './fields.ts'
import { identityDocument } from './identities.ts'

interface Wanted {
  id: string
  index: SearchIndex
}

/** The documents, in the order in which they are wanted; undefined for one that is not there, or hidden as a duplicate. */
export async function loadDocuments(
  call: Call,
  wanted: Wanted[],
  origin: Origin,
  hideDuplicates: boolean,
): Promise<(object | undefined)[]> {
  const found = new Map<string, object>()
  for (const name of new Set(wanted.map(({ index }) => index.name))) {
    const ids = wanted.flatMap(({ id, index }) => (index.name === name ? [id] : []))
    for (const [id, document] of await loaders[name](call, ids, origin, hideDuplicates)) found.set(`${name} ${id}`, document)
  }
  return wanted.map(({ id, index }) => found.get(`${index.name} ${id}`))
}

type Loader = (call: Call, ids: string[], origin: Origin, hideDuplicates: boolean) => Promise<[string, object][]>

const loaders: Record<SearchIndex['name'], Loader> = {
  events: async (call, ids, origin) => (await listSearchedEvents(call.app.db.sql, ids)).map((row) => [row.id, eventDocument(row, origin)]),
  identities: async (call, ids, origin) =>
    (await listSearchedIdentities(call.app.db.sql, ids)).map((row) => [row.id, identityDocument(row, origin)]),
  accountactivities: async (call, ids, origin, hideDuplicates) => {
    const rows = await listSearchedActivities(call.app.db.sql, ids, hideDuplicates)
    return rows.filter((row) => row.items.length > 0).map((row) => [row.id, accountActivityDocument(row, origin)])
  },
}
