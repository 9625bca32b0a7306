import { handoverOf, reasonsOf, type StandInFacts, type StandInStep } from '../domain/reassignment.ts'
import type { Ids } from '../ports.ts'
import { explainApproval } from '../store/approval-timers.ts'
import { insertMove } from '../store/approvals.ts'
import type { Tx } from '../store/db.ts'

/** Writes the way an approval took from those who are away to those who stand in for them into its history and its explanation. */
export async function recordStandIns(tx: Tx, ids: Ids, approvalId: string, steps: StandInStep[], facts: StandInFacts): Promise<void> {
  const name = (id: string) => facts.people.get(id)?.name ?? ''
  for (const step of steps) {
    const { reason, fromId, toId } = handoverOf(step)
    const to = { id: toId, name: name(toId) }
    await insertMove(tx, { id: ids.next(), approvalId, reason, fromName: name(fromId), to, movedByName: null, comment: null })
    for (const why of reasonsOf(step, facts)) await explainApproval(tx, approvalId, why)
  }
}
