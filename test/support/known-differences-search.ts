import type { Known } from './known-differences.ts'

const operations = /^search(Post|Get)$/

/**
 * The contract's answer is any of six kinds of documents at once, which compares badly; test/contract/search-schemas.test.ts compares each of
 * ours with its own.
 */
export const searchDifferences: Known[] = [
  {
    operations: /^search(Post|Count)$/,
    place: /^body\.(query\.innerHit|textQuery|typeAheadQuery)\./,
    kind: 'undemanded',
    reason: 'these parts are refused as a whole (search-by-query-only)',
  },
  {
    operations,
    place: /./,
    kind: 'unsent',
    reason: 'of the six kinds of documents three are not there, and of ours each has its own keys (three-indices)',
  },
  { operations, place: /\.(actor|target)\.id$/, kind: 'extra', reason: 'names are not unique: the id says who it was' },
  {
    operations: /^searchGet$/,
    place: /^answer\.(org|pod|_type|_version)$/,
    kind: 'extra',
    reason: 'a document is the same read alone as in a list',
  },
  {
    operations,
    place: /^answer(\[\])?\.type$/,
    kind: 'words',
    reason: 'the type of an event is its category; another kind of document has a type of its own',
  },
]

/** Of each kind of document, what the contract has and we do not say, and why. */
export const unsaidInDocuments: Record<'event' | 'accountactivity' | 'identity', { place: RegExp; reason: string }[]> = {
  event: [{ place: /\.(stack|ipAddress|details)$/, reason: 'the record does not know them' }],
  accountactivity: [
    { place: /\.type$/, reason: 'deprecated; _type says it' },
    { place: /\.originalRequests\[\]\.result$/, reason: 'what came of it stands with the account requests' },
    { place: /\.expansionItems\[\]\.\*$/, reason: 'what a role comes down to stands with the account requests: the list is empty' },
    { place: /\.result\.ticketId$/, reason: 'there are no tickets elsewhere' },
  ],
  identity: [
    { place: /answer\.type$/, reason: 'deprecated; _type says it' },
    {
      place: /answer\.(phone|employeeNumber|identityProfile|source|processing\w+|visibleSegment\w*|tags\w*)$/,
      reason: 'nobody has them here',
    },
    { place: /answer\.(apps|appCount|owns|ownsCount)$/, reason: 'told by the lists of applications, sources, items and groups' },
    {
      place: /accounts\[\]\.(locked|privileged|manuallyCorrelated|passwordLastSet|supportsPasswordChange|source\.type|\w+Attributes)$/,
      reason: 'not known of an account, or told by GET /accounts',
    },
    { place: /access\[\]\.(revocable|standalone)$/, reason: 'told by /revocable-objects and /identities/{id}/role-assignments' },
  ],
}
