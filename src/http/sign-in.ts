import cookiePlugin from '@fastify/cookie'
import { DomainError } from '../domain/errors.ts'
import { safeReturnPath } from '../domain/return-path.ts'
import { signInByOpenId } from '../operations/sign-in-by-openid.ts'
import { OpenIdError, type OpenIdProvider, type SignInChecks } from '../ports.ts'
import type { Answer, Call, Handler } from './call.ts'
import { queryText } from './call.ts'
import { endGiven } from './session.ts'
import { isHttps, readCookie, sessionCookie } from './session-cookie.ts'

const { serialize } = cookiePlugin.fastifyCookie

const path = '/countersign/v1/sign-in'
/** So long a person may take at the provider. */
const AWAY_MS = 600_000

/** What the browser keeps while its person is away, sealed. */
interface Away {
  checks: SignInChecks
  returnTo: string
  endsAtMs: number
}

export const signInHandlers = {
  signIn: async (call) => {
    const provider = providerOf(call)
    const returnTo = safeReturnPath(queryText(call, 'return'))
    return withProblems(call, returnTo, async () => {
      const { url, checks } = await provider.begin(redirectUri(call))
      const away: Away = { checks, returnTo, endsAtMs: call.app.clock.now().getTime() + AWAY_MS }
      return { headers: { Location: url, 'Set-Cookie': awayCookie(call, checks.state, call.app.secrets.seal(JSON.stringify(away))) } }
    })
  },
  signInCallback: async (call) => {
    const provider = providerOf(call)
    const state = queryText(call, 'state') ?? ''
    const away = readAway(call, state)
    if (!away) return toProblem('expired', '/', call.trackingId)
    const answer = await withProblems(call, away.returnTo, () => comeBack(call, provider, away))
    const cookies = [answer.headers?.['Set-Cookie'] ?? [], awayCookie(call, state, undefined)].flat()
    return { ...answer, headers: { ...answer.headers, 'Set-Cookie': cookies } }
  },
} satisfies Record<string, Handler>

async function comeBack(call: Call, provider: OpenIdProvider, { checks, returnTo }: Away): Promise<Answer> {
  const { app } = call
  const { openIdMatch, session } = app.settings
  const claims = await provider.finish({ cameBackTo: addressOf(call), checks, claim: openIdMatch.claim })
  const outcome = await signInByOpenId(app, claims, openIdMatch, session)
  if ('problem' in outcome) return toProblem(outcome.problem, returnTo, call.trackingId)
  await endGiven(call)
  return { headers: { Location: returnTo, 'Set-Cookie': sessionCookie(app.settings, outcome.secret) } }
}

function providerOf({ app }: Call): OpenIdProvider {
  if (!app.openId) throw new DomainError('not_found', 'Signing in with OpenID Connect is not set up here.')
  return app.openId
}

/** What goes wrong at the provider leads to the client's own page, which says so; the log has the reason. */
async function withProblems(call: Call, returnTo: string, step: () => Promise<Answer>): Promise<Answer> {
  try {
    return await step()
  } catch (error) {
    if (!(error instanceof OpenIdError)) throw error
    call.app.log.warn({ kind: error.kind, reason: error.message, trackingId: call.trackingId }, 'somebody could not sign in')
    return toProblem(`provider-${error.kind}`, returnTo, call.trackingId)
  }
}

function toProblem(problem: string, returnTo: string, trackingId: string): Answer {
  return { headers: { Location: `/sign-in?${new URLSearchParams({ problem, return: returnTo, tracking: trackingId })}` } }
}

function redirectUri({ app, headers }: Call): string {
  return `${app.settings.publicUrl || `http://${headers.host ?? ''}`}${path}/callback`
}

/** The address the browser came back to, as it was told to come. */
function addressOf(call: Call): string {
  const address = new URL(redirectUri(call))
  for (const [name, value] of Object.entries(call.query)) address.searchParams.set(name, String(value))
  return address.href
}

// A name of its own for every attempt, so that two tabs do not take each other's.
const nameOf = (state: string) => `countersign_away_${state.replace(/[^\w-]/g, '').slice(0, 12)}`

/** Lax and not strict: the browser comes back from elsewhere and must bring it. */
function awayCookie({ app }: Call, state: string, sealed: string | undefined): string {
  const terms = { path, httpOnly: true, sameSite: 'lax', secure: isHttps(app.settings) } as const
  return serialize(nameOf(state), sealed ?? '', { ...terms, maxAge: sealed === undefined ? 0 : AWAY_MS / 1000 })
}

function readAway({ app, headers }: Call, state: string): Away | undefined {
  const sealed = readCookie(headers, nameOf(state))
  const text = sealed === undefined ? undefined : opened(() => app.secrets.open(sealed))
  if (text === undefined) return undefined
  const away = JSON.parse(text) as Away
  return away.checks.state === state && away.endsAtMs > app.clock.now().getTime() ? away : undefined
}

/** Undefined for what we did not seal. */
function opened(open: () => string): string | undefined {
  try {
    return open()
  } catch {
    return undefined
  }
}
