import type { Ids } from '../ports.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { listTouchedMemberships, type TouchedMembership } from '../store/import/memberships.ts'

/** As the record names it. */
export const theImport = { id: null, name: 'countersign import' }

const AT_ONCE = 1_000

/** Writes into the record whose memberships an import (its transaction) has begun, ended or given another origin: nobody else asked for it. */
export async function recordMemberships(tx: Tx, ids: Ids): Promise<void> {
  let last: string | undefined = ''
  while (last !== undefined) {
    const touched: TouchedMembership[] = await listTouchedMemberships(tx, last, AT_ONCE)
    await recordAudit(
      tx,
      touched.map(({ id, change, identityId, identityName, ...item }) => ({
        id: ids.next(),
        action: `MEMBERSHIP_${change}`,
        actor: theImport,
        target: { id: identityId, name: identityName },
        trackingNumber: null,
        details: { assignmentId: id, ...item },
      })),
    )
    last = touched.at(-1)?.id
  }
}
