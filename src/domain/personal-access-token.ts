import { latestEnd } from './access-model.ts'
import { type Actor, hasScope } from './actor.ts'
import { DomainError } from './errors.ts'

/** What its owner decides about a personal access token. */
export interface TokenTerms {
  name: string
  scopes: string[]
  tokenValiditySeconds: number
  /** Null: it never expires. */
  expiresAt: Date | null
  /** The owner said that they know what a token without an end means. */
  neverExpiresConfirmed: boolean
}

export const MOST_TOKENS_PER_PERSON = 10

/** Passes when the person may have one more token under this name; refuses when ten are there or the name is taken. */
export function mayAddToken(existing: { id: string; name: string }[], name: string): void {
  if (existing.length >= MOST_TOKENS_PER_PERSON) {
    throw new DomainError('invalid', `A person has at most ${MOST_TOKENS_PER_PERSON} personal access tokens; delete one first.`)
  }
  mayBeNamed(existing, name)
}

/** Passes when none of the tokens has the name. */
export function mayBeNamed(others: { name: string }[], name: string): void {
  if (others.some((token) => token.name === name))
    throw new DomainError('invalid', 'another of your personal access tokens has this name.', 'name')
}

/** Passes when the caller's own token has every scope that the new one shall have: a narrow token cannot make a wide one. */
export function mayGiveScopes(actor: Actor, scopes: string[]): void {
  const beyond = scopes.filter((scope) => !hasScope(actor, [scope]))
  if (beyond.length > 0) throw new DomainError('forbidden', `your own token does not have ${beyond.join(', ')}.`, 'scope')
}

/** Passes when the end lies after `now` (real time), or when there is none and the owner has confirmed that. */
export function mayExpire({ expiresAt, neverExpiresConfirmed }: Pick<TokenTerms, 'expiresAt' | 'neverExpiresConfirmed'>, now: Date): void {
  if (expiresAt !== null && expiresAt <= now) throw new DomainError('invalid', 'must lie in the future.', 'expirationDate')
  if (expiresAt === null && !neverExpiresConfirmed) {
    throw new DomainError('invalid', 'a token without an end needs userAwareTokenNeverExpires to be true.', 'expirationDate')
  }
}

/** The end a token gets when nobody names one: six months from `now`. */
export function usualExpiry(now: Date): Date {
  return latestEnd(now, { value: 6, unit: 'MONTHS' })
}
