import { touchWebSession } from '../store/web-sessions.ts'
import type { Context } from './context.ts'

/** Notes that a session is in use, so that it does not end as idle. */
export async function noteSessionUse({ db }: Pick<Context, 'db'>, sessionId: string): Promise<void> {
  await touchWebSession(db.sql, sessionId)
}
