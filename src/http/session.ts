import type { Static } from 'typebox'
import type { Session } from '../api/session.ts'
import { DomainError } from '../domain/errors.ts'
import { endWebSession } from '../operations/end-web-session.ts'
import { startWebSession } from '../operations/start-web-session.ts'
import { loadClock } from '../store/clock.ts'
import { findPersonCard, listPersonCards } from '../store/people.ts'
import { findWebSession } from '../store/web-sessions.ts'
import { type Call, type Handler, queryText } from './call.ts'
import { hostOf } from './same-origin.ts'
import { endedSessionCookie, sessionCookie, sessionSecret } from './session-cookie.ts'
import { instant } from './wire-names.ts'

export const sessionHandlers = {
  getSession: async (call) => ({ body: await toWire(call, sessionSecret(call.app.settings, call.headers)) }),
  endSession: async (call) => {
    await endGiven(call)
    return { headers: { 'Set-Cookie': endedSessionCookie(call.app.settings) } }
  },
  listSandboxPeople: async (call) => {
    demandLoopback(call)
    return { body: await listPersonCards(call.app.db.sql, queryText(call, 'q') ?? '', Number(call.query['limit'])) }
  },
  startSandboxSession: async (call) => {
    demandLoopback(call)
    const { personId } = call.body as { personId: string }
    const { secret } = await startWebSession(call.app, personId, 'SANDBOX', call.app.settings.session)
    await endGiven(call)
    const actor = { ...call.actor, identityId: personId, sessionId: 'new' }
    return { body: await toWire({ ...call, actor }, secret), headers: { 'Set-Cookie': sessionCookie(call.app.settings, secret) } }
  },
} satisfies Record<string, Handler>

/** The session that the caller came with, if any: whoever signs in anew leaves nothing behind. */
export async function endGiven({ app, actor }: Pick<Call, 'app' | 'actor'>): Promise<void> {
  if (actor.sessionId !== undefined) await endWebSession(app, actor, actor.sessionId)
}

/**
 * A page of somebody else may point its own name at 127.0.0.1 and would then be of our origin. It cannot make the browser lie about the name,
 * so a sandbox answers to loopback names and to its own public one. Refuses others (forbidden).
 */
function demandLoopback({ app, headers }: Call): void {
  const host = headers.host ?? ''
  if (/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host) || host === hostOf(app.settings.publicUrl)) return
  throw new DomainError('forbidden', 'A sandbox lets people in on loopback names only; set COUNTERSIGN_PUBLIC_URL to use another.')
}

const base = '/countersign/v1'

async function toWire({ app, actor, headers }: Call, secret: string | undefined): Promise<Static<typeof Session>> {
  const { settings, db } = app
  const person = actor.identityId === null ? undefined : await findPersonCard(db.sql, actor.identityId)
  const hash = actor.sessionId === undefined || secret === undefined ? undefined : app.clientSecrets.hash(secret)
  const session = hash === undefined ? undefined : await findWebSession(db.sql, hash, settings.session)
  const { now, held } = await loadClock(db)
  return {
    person: person ?? null,
    session: session
      ? {
          method: session.method,
          startedAt: instant(session.startedAt),
          endsAt: instant(session.endsAt),
          idleMs: settings.session.idleMs,
        }
      : null,
    mode: settings.sandbox ? 'sandbox' : 'production',
    tenantName: settings.tenantName,
    locale: /^[A-Za-z0-9-]{1,35}/.exec(headers['accept-language'] ?? '')?.[0] ?? 'en',
    clock: { now: instant(now), held },
    signIn: { openId: app.openId ? `${base}/sign-in` : null, sandbox: settings.sandbox ? `${base}/sandbox/people` : null },
  }
}
