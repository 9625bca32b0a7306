import { enqueue } from '../store/jobs.ts'
import { listEndingSoon, listPeopleToMail, tellPeople } from '../store/notifications.ts'
import type { MailContext } from './send-notifications.ts'

const BATCH = 100

/**
 * Sees to the mails that are due: tells holders whose access ends soon, and has sent what waited long enough for others to join it. Every
 * node may run it at any time; returns how much it found. A job that was lost is found again here, because there is no other way to one.
 */
export async function followNotices(context: MailContext): Promise<number> {
  const told = await tellOfEnds(context)
  const people = await listPeopleToMail(context.db.sql, context.mail.settleMs)
  // In one order on every node, so that two of them cannot wait for each other.
  const jobs = people.sort().map((key) => ({ name: 'send-notifications' as const, key }))
  if (jobs.length > 0) await context.db.transaction((tx) => enqueue(tx, jobs, context.ids.next))
  return told + people.length
}

async function tellOfEnds({ db, ids, mail }: MailContext): Promise<number> {
  if (mail.endingSoonDays === 0) return 0
  const ending = await listEndingSoon(db.sql, await db.businessNow(), mail.endingSoonDays, BATCH)
  if (ending.length === 0) return 0
  const notices = ending.map(({ assignmentId, personId, occurrence }) => ({
    kind: 'ENDING_SOON' as const,
    personId,
    about: { assignmentId },
    occurrence,
  }))
  await db.transaction((tx) => tellPeople(tx, notices, ids.next))
  return ending.length
}
