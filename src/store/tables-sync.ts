import type { Generated } from 'kysely'
import type { DriftKind } from '../domain/drift.ts'
import type { DriftState, SyncState } from '../domain/lifecycle.ts'

/** The rows of what is read at targets, as they are. */

type NullableDate = Date | null

export interface SyncTables {
  source_sync: {
    id: string
    source_id: string
    state: SyncState
    is_first: boolean
    started_by: string
    started_at: Date
    finished_at: NullableDate
    began_at: Generated<Date>
    leased_until: NullableDate
    accounts: Generated<number>
    entitlements: Generated<number>
    new_accounts: Generated<number>
    new_entitlements: Generated<number>
    imported: Generated<number>
    added: Generated<number>
    removed: Generated<number>
    skipped: Generated<number>
    missing: Generated<number>
    missing_names: Generated<string[]>
    error: string | null
  }
  source_drift: {
    id: string
    source_id: string
    grant_id: string
    kind: DriftKind
    state: DriftState
    found_at: Date
    ended_at: NullableDate
    ended_by: string | null
  }
}
