import { personOf } from '../domain/actor.ts'
import { DAY_MS } from '../domain/business-clock.ts'
import type { TenantConfig } from '../domain/tenant-config.ts'
import { loadAdminCounts, loadHomeCounts } from '../store/home.ts'
import { findPersonCard } from '../store/people.ts'
import { loadTenantConfig } from '../store/settings.ts'
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
    const [config, counts, card, administration] = await Promise.all([
      loadTenantConfig(db.sql),
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
        mayAskFor: circleOf(config, call.actor.isAdmin, leads),
        soon: instant(soon),
      },
    }
  },
} satisfies Record<string, Handler>

/** For whom somebody may ask, as the list of those people tells it. */
function circleOf(config: TenantConfig, isAdmin: boolean, leads: boolean): 'SELF' | 'REPORTS' | 'ANYBODY' {
  if (isAdmin) return 'ANYBODY'
  if (config.approvalsMustBeExternal) return 'SELF'
  if (config.anyoneForAnyone) return 'ANYBODY'
  return config.managerForReports && leads ? 'REPORTS' : 'SELF'
}
