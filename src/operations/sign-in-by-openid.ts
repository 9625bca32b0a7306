import { recordAudit } from '../store/audit.ts'
import { listPeopleCalled } from '../store/people.ts'
import type { SessionLife } from '../store/web-sessions.ts'
import type { ClientContext } from './make-client.ts'
import { startWebSession } from './start-web-session.ts'

/** Which claim names a person, and what of ours it is compared with. */
export interface OpenIdMatch {
  claim: string
  by: 'email' | 'alias'
}

/** Why somebody whom the provider let in is not let in here. */
export type SignInProblem = 'unknown-person' | 'inactive-person' | 'ambiguous-person' | 'unverified-email'

/**
 * Takes what the provider says of somebody; starts a session of the one person that the claim names and returns its secret, or says why
 * nobody can be let in. Both become part of the record.
 */
export async function signInByOpenId(
  context: ClientContext,
  claims: Record<string, unknown>,
  match: OpenIdMatch,
  life: SessionLife,
): Promise<{ secret: string } | { problem: SignInProblem }> {
  const found = await findOne(context, claims, match)
  if ('personId' in found) return startWebSession(context, found.personId, 'OPENID', life)
  const { db, ids } = context
  const details = { problem: found.problem, claim: match.claim, value: textOf(claims[match.claim]), subject: textOf(claims['sub']) }
  const nobody = { id: null, name: 'nobody' }
  await db.transaction((tx) =>
    recordAudit(tx, [{ id: ids.next(), action: 'SIGN_IN_REFUSED', actor: nobody, target: nobody, trackingNumber: null, details }]),
  )
  return found
}

async function findOne(
  { db }: ClientContext,
  claims: Record<string, unknown>,
  { claim, by }: OpenIdMatch,
): Promise<{ personId: string } | { problem: SignInProblem }> {
  const name = textOf(claims[claim])
  if (name === null) return { problem: 'unknown-person' }
  // An address that anybody may write into their profile is no proof of who they are.
  if (claim === 'email' && claims['email_verified'] === false) return { problem: 'unverified-email' }
  const people = await listPeopleCalled(db.sql, by, name)
  const active = people.filter((person) => person.active)
  const [first] = active
  if (first === undefined) return { problem: people.length > 0 ? 'inactive-person' : 'unknown-person' }
  return active.length === 1 ? { personId: first.id } : { problem: 'ambiguous-person' }
}

function textOf(claim: unknown): string | null {
  const text = typeof claim === 'string' ? claim.trim() : ''
  return text === '' || text.length > 500 || text.includes('\0') ? null : text
}
