import type { eventOperations } from '../../src/api/events.ts'
import type { sessionOperations } from '../../src/api/session.ts'
import type { Line } from './permissions.ts'

type Rows = typeof sessionOperations & typeof eventOperations

const everyone: Line['expect'] = ['ok', 'ok', 'ok', 'ok', 'ok']

const line = (expect: Line['expect'], call: Line['call'] = () => ({})): Line => ({ expect, call })

/** One line per row that the web client needs beyond the wire. */
export const portalPermissions: Record<keyof Rows, Line> = {
  getSession: line(everyone),
  streamEvents: line(everyone, () => ({ query: '?seconds=0' })),
  endSession: line(everyone),
  // There is no provider in these tests.
  signIn: line([404, 404, 404, 404, 404]),
  signInCallback: line([404, 404, 404, 404, 404]),
  listSandboxPeople: line(everyone),
  startSandboxSession: line(everyone, (s) => ({ body: { personId: s.alice } })),
}
