import { DAY_MS } from '../domain/business-clock.ts'
import type { KeptMails } from '../ports.ts'
import { deleteOldSyncs } from '../store/source-syncs.ts'
import { deleteOldAnswers, deleteOldEvents, deleteOldNotices } from '../store/tidying.ts'
import type { Context } from './context.ts'

/** How long what nobody needs any more is kept, in days; 0: for ever. */
export interface Retention {
  answersDays: number
  eventsDays: number
  noticesDays: number
}

export interface TidyContext extends Context {
  keep: Retention
  /** Where mails are files; undefined where they go to a server. */
  keptMails: KeptMails | undefined
}

const AT_ONCE = 1_000
/** What is left over is for the next time: a node that starts with years of leftovers does not do all of it at one go. */
const MOST_PORTIONS = 50
/**
 * Throws away what is older than it is kept: answers for idempotency keys, events for others, notices that went out, readings of targets, and
 * mails that are files. Any number of nodes may do it at once; returns how much it removed.
 */
export async function tidyUp({ db, keep, keptMails }: TidyContext): Promise<number> {
  let removed = 0
  const each: [number, (days: number) => Promise<number>][] = [
    [keep.answersDays, (days) => deleteOldAnswers(db, days, AT_ONCE)],
    [keep.eventsDays, (days) => deleteOldEvents(db, days, AT_ONCE)],
    [keep.eventsDays, (days) => deleteOldSyncs(db, days, AT_ONCE)],
    [keep.noticesDays, (days) => deleteOldNotices(db, days, AT_ONCE)],
  ]
  for (const [days, remove] of each) if (days > 0) removed += await inPortions(() => remove(days))
  if (keep.noticesDays > 0 && keptMails)
    removed += await keptMails.deleteOlderThan(new Date(db.realNow().getTime() - keep.noticesDays * DAY_MS))
  return removed
}

async function inPortions(remove: () => Promise<number>): Promise<number> {
  let removed = 0
  for (let portion = 0; portion < MOST_PORTIONS; portion++) {
    const now = await remove()
    removed += now
    if (now < AT_ONCE) break
  }
  return removed
}
