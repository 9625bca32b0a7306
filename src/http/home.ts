import { personOf } from '../domain/actor.ts'
import { DAY_MS } from '../domain/business-clock.ts'
import { loadAdminCounts, loadHomeCounts } from '../store/home.ts'
import { findPersonCard } from '../store/people.ts'
import type { Handler } from './call.ts'
import { instant } from './wire-names.ts'

const RECENT_DAYS = 30

export const homeHandlers = {
  getHome: async (call) => {
    const { db } = call.app
    const me = personOf(call.actor)
    const now = await db.businessNow()
    const later = (days: number) => new Date(now.getTime() + days * DAY_MS)
    const soon = later(Number(call.query['days']))
    const [counts, card, administration] = await Promise.all([
      loadHomeCounts(db.sql, me, now, soon),
      findPersonCard(db.sql, me),
      call.actor.isAdmin ? loadAdminCounts(db.sql, later(-RECENT_DAYS)) : null,
    ])
    const { teamOpenRequests, teamEndingAccess, ...own } = counts
    const leads = (card?.managerOf ?? 0) > 0
    return {
      body: {
        ...own,
        team: leads ? { openRequests: teamOpenRequests, endingAccess: teamEndingAccess } : null,
        administration,
        soon: instant(soon),
      },
    }
  },
} satisfies Record<string, Handler>
