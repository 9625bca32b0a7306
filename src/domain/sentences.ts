/**
 * What people are told of why they are asked, why something waits and why nothing came of it. Each sentence is written once, here, and
 * kept as text: records and mails have it in English. Whoever shows it in another language gets its id and what stands in its gaps.
 */
export const sentences = {
  manages: '{name} is the manager of the person the access is for.',
  ownsItem: '{name} owns the requested item.',
  ownsSource: '{name} owns the source of the requested item.',
  ownsApp: '{name} owns the application of the requested item.',
  isMember: '{name} is a member of the governance group asked.',
  isOneOfOwners: '{name} is one of the owners of the requested item.',
  isAdditionalOwner: '{name} is an additional owner of the requested item.',
  isOwnerGroupMember: '{name} is a member of an additional owner group of the requested item.',
  groupAsked: 'The governance group {group} is asked; any one member decides.',
  unnamedGroupAsked: 'The governance group of this step is asked; any one member decides.',
  severalMembers: '{name} is a member of the governance group {group}; several members are asked.',
  noManager: 'The person the access is for has no manager.',
  nobodyNamed: 'Nobody is named for the step {step}.',
  noGroup: 'No governance group is named.',
  groupEmpty: 'The governance group has no member who may decide.',
  becauseOf: 'The policy has this step because {parts}.',
  wouldBreak: 'The request would break separation of duties: {policies}.',
  noStepHolds: 'The policy has steps, and the condition of none of them holds here.',
  inactive: '{name} is not active, so the question goes to their manager.',
  hasSay: '{name} has a say in this request already, so their manager is asked.',
  ownAccess: '{name} would decide on their own access, so their manager is asked.',
  ownRequest: '{name} made the request, so their manager is asked.',
  fallback: '{name} is the fallback approver.',
  lastResort: '{name} is an org admin, the last resort.',
  standsIn: '{name} stands in for {other} until {until}.',
  standsInOpen: '{name} stands in for {other} until further notice.',
  askedInstead: '{name} is asked instead.',
  workInactive: '{name} is not active, so it goes to their manager.',
  workOwnAccess: 'The access is for {name}, so it goes to their manager.',
  handedOver: '{name} handed it over.',
  takenFrom: 'It was taken from them.',
  hadBefore: '{name} had it before.',
  moreMustAgree: 'More people must agree than the step names.',
  automatic: 'The requester is the approver and automatic approval is on.',
  approvedBefore: 'The same person approved an earlier step of this request.',
  approvedBeside: 'The same person approved another question of this step.',
  enoughAgreed: 'Enough others have agreed.',
  unable: 'Cannot answer any more: {names}.',
  haveSay: 'Different people are asked, and these have a say in this request already: {names}.',
  movedPart: '{name} moved the part of {other} to {to}.',
  forwarded: '{name} forwarded it to {to}.',
  decidesFor: '{name} decides as an org admin, in place of {other}.',
  otherManager: '{name} has another manager now, so they are asked.',
  nobodyAbove: 'Nobody answered in time, and there is nobody above who may decide: it stays where it is.',
  passedUp: '{from} did not answer in time, so it was passed up to {to}.',
  agreedByTime: 'Nobody answered in time, and the configuration then agrees.',
  alreadyAsked: 'Duplicate: the same access is already asked for in request {request}.',
  alreadyHeld: 'Duplicate: the access is already held, with the same account and dates.',
  alreadyDone: 'Duplicate: request {request} has done this already.',
  nothingToRevoke: 'There is nothing to revoke: the access is not held.',
  waitsForDecision: 'Waits for a decision by {names}.',
  waitsForWork: 'Waits for work by hand of {names}.',
  waitsOutside: 'Waits for an answer from outside.',
  startOverdue: 'Should have begun at {at}; no worker runs.',
  targetPaused: '{source} has asked to be left alone until {until}.',
  notConfirmed: '{source} took the change and does not show it; tried {count} times.',
  targetFull: '{source} is at work with as much as it may have at a time.',
  notAnswered: '{source} has not answered yet.',
  notTaken: 'No worker has taken it up.',
  notLooked: 'No worker has looked for it.',
  otherRequest: 'Waits for an earlier request for the same access, which is being carried out.',
  notGiven: '{source} did not give what was asked for on account {account}: {error}',
  notTakenAway: '{source} did not take away what was asked for on account {account}: {error}',
  notGivenEnded:
    '{source} did not give what was asked for on account {account}: {error} Its end date has passed: ask for it again, or close it.',
  notTakenAwayEnded:
    '{source} did not take away what was asked for on account {account}: {error} Its end date has passed: ask for it again, or close it.',
  itFailed: 'It failed.',
  itFailedEnded: 'It failed. Its end date has passed: ask for it again, or close it.',
  troubledOnce: '{source}: {error} (1 try)',
  troubledOnceNext: '{source}: {error} (1 try, the next at {at})',
  troubled: '{source}: {error} ({count} tries)',
  troubledNext: '{source}: {error} ({count} tries, the next at {at})',
  triedAgain: '{problem} It is tried again every five minutes.',
  byHand: 'Its owner does the work by hand.',
  noSettings: 'Its connector has no settings yet.',
  leftAlone: 'Its target has asked to be left alone until {until}.',
  callsFail: 'Calls to its target fail.',
  unreadable: 'It could not be read.',
  notAsked: 'Its target was not asked yet.',
  answers: 'Its target answers.',
  answersButOne: 'Its target answers; {count} call was given up.',
  answersButSome: 'Its target answers; {count} calls were given up.',
} as const

export type SentenceId = keyof typeof sentences

type Gaps<Text extends string> = Text extends `${string}{${infer Gap}}${infer Rest}` ? Gap | Gaps<Rest> : never
type Values<Id extends SentenceId> = Record<Gaps<(typeof sentences)[Id]>, string>

/** The sentence with its gaps filled. */
export function say<Id extends SentenceId>(id: Id, ...[values]: Gaps<(typeof sentences)[Id]> extends never ? [] : [Values<Id>]): string {
  const given: Record<string, string> = values ?? {}
  return sentences[id].replace(/\{(\w+)\}/g, (_, gap: string) => given[gap] ?? '')
}

/** A sentence without its language. */
export interface Told {
  id: SentenceId
  values: Record<string, string>
}

/** From the longest on: what says more is not taken for what says less. */
const patterns = (Object.keys(sentences) as SentenceId[])
  .map((id) => ({ id, pattern: patternOf(sentences[id]) }))
  .sort((a, b) => sentences[b.id].length - sentences[a.id].length)

function patternOf(text: string): RegExp {
  const quoted = text.replace(/[.*+?^$()|[\]\\]/g, '\\$&')
  return new RegExp(`^${quoted.replace(/\{(\w+)\}/g, '(?<$1>.+?)')}$`, 's')
}

/** Which sentence a text is, and with what in its gaps; undefined for any other text, such as what a target said. */
export function recognise(text: string): Told | undefined {
  for (const { id, pattern } of patterns) {
    const found = pattern.exec(text)
    if (found) return { id, values: { ...found.groups } }
  }
  return undefined
}
