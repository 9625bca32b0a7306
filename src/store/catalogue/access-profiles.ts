import { sql } from 'kysely'
import type { Reader } from '../db.ts'
import type { Page, PageQuery } from '../lists/page.ts'
import { isOfType, type WholeRow, wholes } from './items.ts'
import { findRow, listRows } from './listing.ts'

/** A page of the access profiles, by name; of one application where it is named. */
export async function listAccessProfiles(reader: Reader, query: PageQuery, applicationId?: string): Promise<Page<WholeRow>> {
  const ofApplication = sql`i.id in (select access_profile_id from application_access_profile where application_id = ${applicationId ?? null})`
  return listRows(reader, wholes, [isOfType('ACCESS_PROFILE'), applicationId === undefined ? undefined : ofApplication], query)
}

/** One access profile, or undefined. */
export async function findAccessProfile(reader: Reader, id: string): Promise<WholeRow | undefined> {
  return findRow(reader, wholes, id, [isOfType('ACCESS_PROFILE')])
}
