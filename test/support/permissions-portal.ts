import type { eventOperations } from '../../src/api/events.ts'
import type { heldAccessOperations } from '../../src/api/held-access.ts'
import type { homeOperations } from '../../src/api/home.ts'
import type { insightOperations } from '../../src/api/insight.ts'
import type { requestCenterOperations } from '../../src/api/request-center.ts'
import type { sessionOperations } from '../../src/api/session.ts'
import type { timelineOperations } from '../../src/api/timeline.ts'
import type { Line } from './permissions.ts'

type Rows = typeof sessionOperations &
  typeof eventOperations &
  typeof requestCenterOperations &
  typeof heldAccessOperations &
  typeof timelineOperations &
  typeof homeOperations &
  typeof insightOperations

const everyone: Line['expect'] = ['ok', 'ok', 'ok', 'ok', 'ok']

const adminOnly: Line['expect'] = [403, 403, 403, 403, 'ok']
const forAll = () => ({ query: '?for=all' })

const line = (expect: Line['expect'], call: Line['call'] = () => ({})): Line => ({ expect, call })

/** One line per row that the web client needs beyond the wire. */
export const portalPermissions: Record<keyof Rows, Line> = {
  getSession: line(everyone),
  // Whom one may ask for.
  searchRequestCenter: line(['ok', 'ok', 403, 403, 'ok'], (s) => ({ query: `?for=${s.alice}` })),
  getRequestCenterItem: line(everyone, (s) => ({ params: { id: s.itemId } })),
  listRequestCenterChoices: line(everyone),
  listRequestCenterPeople: line(everyone),
  listHeldAccess: line(['ok', 'ok', 403, 403, 'ok'], (s) => ({ query: `?for=${s.alice}` })),
  getAccessRequestTimeline: line(['ok', 'ok', 'ok', 403, 'ok'], (s) => ({ params: { id: s.requestId } })),
  remindApprovers: line(['ok', 403, 403, 403, 'ok'], (s) => ({ params: { id: s.requestId } })),
  getHome: line(everyone),
  // Whoever is no org admin is told of their own team.
  getInsightRequests: line(adminOnly, forAll),
  listInsightRequests: line(everyone),
  getInsightDecisionTimes: line(adminOnly, forAll),
  listInsightDecisions: line(everyone),
  getInsightExpiring: line(adminOnly, forAll),
  getInsightPending: line(adminOnly, forAll),
  listInsightPending: line(everyone),
  getInsightProvisioning: line(adminOnly, forAll),
  listInsightProvisioning: line(everyone),
  streamEvents: line(everyone, () => ({ query: '?seconds=0' })),
  endSession: line(everyone),
  // There is no provider in these tests.
  signIn: line([404, 404, 404, 404, 404]),
  signInCallback: line([404, 404, 404, 404, 404]),
  listSandboxPeople: line(everyone),
  startSandboxSession: line(everyone, (s) => ({ body: { personId: s.alice } })),
}
