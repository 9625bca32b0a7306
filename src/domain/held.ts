import type { AssignmentOrigin } from './access-model.ts'

/** What people hold already, and which of it the words of a request mean. */

export interface AccountChoice {
  sourceId: string | null
  accounts: { accountUuid: string | null; nativeIdentity: string | null }[]
}

/** An account that held access sits on. */
export interface AccountOn {
  id: string
  sourceId: string
  nativeIdentity: string
}

/** An assignment of one of the recipients on one of the items. */
export interface Held {
  assignmentId: string
  recipientId: string
  itemId: string
  origin: AssignmentOrigin
  /** Where its values are; empty while nobody can say (it waits for its start, or comes to nothing at any target). */
  accounts: AccountOn[]
  startAt: Date | null
  endAt: Date | null
  requestId: string | null
  /** False when some value of it never came to be: asking again is no duplicate, but a repair. */
  whole: boolean
  /** True when its removal has failed for good: it is not held any more, but a revoke may try again. */
  ending: boolean
}

/** How a request can say which of several holdings of one item it means. */
export interface Naming {
  assignmentId: string | null
  nativeIdentity: string | null
  accountSelection: AccountChoice[] | null
}

/** True for an account that is one of the chosen, by its id or its name. */
export function isChosen(account: Pick<AccountOn, 'id' | 'nativeIdentity'>, choice: AccountChoice): boolean {
  return choice.accounts.some(({ accountUuid, nativeIdentity }) => nativeIdentity === account.nativeIdentity || accountUuid === account.id)
}

/**
 * True when a holding is one that a request means: the assignment it names, on the accounts it names. A choice speaks of its own source
 * only, and a holding of which nobody can say where it is may be meant by any.
 */
export function isMeant(
  held: Pick<Held, 'assignmentId' | 'accounts'>,
  { assignmentId, nativeIdentity, accountSelection }: Naming,
): boolean {
  if (assignmentId !== null && held.assignmentId !== assignmentId) return false
  if (held.accounts.length === 0) return true
  if (nativeIdentity !== null && !held.accounts.some((account) => account.nativeIdentity === nativeIdentity)) return false
  return (accountSelection ?? []).every((choice) => {
    const here = held.accounts.filter(({ sourceId }) => sourceId === choice.sourceId)
    return here.length === 0 || here.some((account) => isChosen(account, choice))
  })
}

/**
 * Takes the holdings that a request may mean; returns why it must say which, or undefined when all sit on the same accounts. Whoever has
 * access on two accounts of a source and asks to change "it" could mean either.
 */
export function whyUnclear(meant: Pick<Held, 'accounts'>[]): string | undefined {
  if (meant.length < 2) return undefined
  const names = new Map<string, Map<string, string>>()
  for (const { id, sourceId, nativeIdentity } of meant.flatMap(({ accounts }) => accounts))
    names.set(sourceId, (names.get(sourceId) ?? new Map()).set(id, nativeIdentity))
  const several = [...names.values()].find((here) => here.size > 1)
  if (!several) return undefined
  const accounts = [...several.values()].sort().join(', ')
  return `this access is held on several accounts of one source (${accounts}): say which by nativeIdentity or assignmentId.`
}

/** What two requests about one item say of accounts may be the same accounts: true unless both name some of one source and they differ. */
export function mayMeanTheSame(one: Naming, other: Naming): boolean {
  if (one.assignmentId !== null && other.assignmentId !== null && one.assignmentId !== other.assignmentId) return false
  if (one.nativeIdentity !== null && other.nativeIdentity !== null && one.nativeIdentity !== other.nativeIdentity) return false
  return !differs(one, other) && !differs(other, one)
}

function differs({ accountSelection }: Naming, other: Naming): boolean {
  return (accountSelection ?? []).some((choice) => {
    const names = choice.accounts.map(({ nativeIdentity }) => nativeIdentity)
    const theirs = other.accountSelection?.filter(({ sourceId }) => sourceId === choice.sourceId).flatMap(({ accounts }) => accounts)
    const theirNames = theirs?.map(({ nativeIdentity }) => nativeIdentity) ?? []
    // With several sources nobody knows which of them a bare name is for.
    if (other.nativeIdentity !== null && accountSelection?.length === 1) theirNames.push(other.nativeIdentity)
    return names.length > 0 && theirNames.length > 0 && !theirNames.some((name) => names.includes(name))
  })
}

/** The same choice with both the id and the name of every account that is known. */
export function wholeChoice(selection: AccountChoice[] | null, known: AccountOn[]): AccountChoice[] | null {
  if (selection === null) return null
  return selection.map((choice) => ({
    sourceId: choice.sourceId,
    accounts: choice.accounts.map((one) => {
      const account = known.find(
        ({ id, sourceId, nativeIdentity }) =>
          sourceId === choice.sourceId && (id === one.accountUuid || nativeIdentity === one.nativeIdentity),
      )
      return account ? { accountUuid: account.id, nativeIdentity: account.nativeIdentity } : one
    }),
  }))
}
