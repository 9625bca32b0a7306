import { Type } from 'typebox'
import type { Operation } from './operation.ts'
import { enumOf, Flag, IdentityRef, Instant, nullable, paging, Text } from './schema.ts'
import { Sentence } from './shared-shapes.ts'

/** Operations of our own: how sources do, reading what their targets have, and what came or went behind our back. */

export const SourceHealthStates = ['MANUAL', 'NOT_CONNECTED', 'PAUSED', 'FAILING', 'NOT_CHECKED', 'HEALTHY'] as const
export const SyncStates = ['RUNNING', 'DONE', 'FAILED'] as const
export const DriftKinds = ['ADDED', 'REMOVED'] as const
export const DriftStates = ['OPEN', 'ADOPTED', 'REVERTED', 'GONE'] as const

const Whole = Type.Integer()

const Sync = Type.Object({
  id: Text,
  state: enumOf(SyncStates),
  isFirst: Type.Boolean({ description: 'What the first reading finds is taken for granted; later ones report it as drift.' }),
  startedBy: Text,
  startedAt: Instant,
  finishedAt: nullable(Instant),
  accounts: Whole,
  entitlements: Whole,
  newAccounts: Whole,
  newEntitlements: Whole,
  imported: Whole,
  added: Whole,
  removed: Whole,
  skipped: Type.Integer({ description: 'Accounts that could not be compared because somebody was at work on them.' }),
  missing: Type.Integer({ description: 'Entitlements of ours that the target does not have.' }),
  missingNames: Type.Array(Text),
  error: nullable(Text),
})

const SourceHealth = Type.Object({
  id: Text,
  name: Text,
  owner: IdentityRef,
  connector: nullable(Text),
  state: enumOf(SourceHealthStates),
  why: Text,
  sentence: Sentence,
  maxJobs: Type.Integer({ description: 'Jobs that may be at work with its target at a time, on all nodes together.' }),
  hasOwnLimit: Flag,
  pausedUntil: nullable(Instant),
  lastSeenAt: nullable(Instant),
  jobsAtWork: Whole,
  jobsWaiting: Whole,
  trying: Whole,
  failed: Whole,
  workItems: Whole,
  lastError: nullable(Type.Object({ text: Text, at: Instant })),
  openDrift: Whole,
  syncQueued: Flag,
  disablesLeavers: Type.Boolean({ description: 'Whether the accounts of people who leave are disabled at its target.' }),
  switches: Type.Array(
    Type.Object({ nativeIdentity: Text, to: enumOf(['DISABLED', 'ENABLED']), state: enumOf(['WAITING', 'FAILED']), error: nullable(Text) }),
    { description: 'Accounts that are to be disabled or enabled: the first hundred, those that were given up before the others.' },
  ),
  lastSync: nullable(Sync),
})

const Drift = Type.Object({
  id: Text,
  kind: enumOf(DriftKinds),
  state: enumOf(DriftStates),
  foundAt: Instant,
  endedAt: nullable(Instant),
  endedBy: nullable(Text),
  account: Type.Object({ id: Text, nativeIdentity: Text, owner: nullable(IdentityRef) }),
  entitlement: Type.Object({ id: Text, name: Text, attribute: Text, value: Text }),
  heldBy: Type.Array(Type.Object({ assignmentId: Text, name: Text, origin: Text, accessRequestId: nullable(Text) })),
})

const DriftIds = Type.Object(
  { driftIds: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { minItems: 1, maxItems: 500 }) },
  { additionalProperties: false },
)
const SettledDrift = Type.Object({ settled: Type.Array(Text), refused: Type.Array(Type.Object({ id: Text, reason: Text })) })

const shared = { own: true, dialects: ['v1'], tag: 'Countersign', levels: ['ORG_ADMIN'] } as const
const reads = ['idn:sources:read', 'idn:sources:manage'] as const
const writes = ['idn:sources:manage'] as const

export const sourceSyncOperations = {
  listSourceHealth: {
    ...shared,
    method: 'GET',
    path: '/sources',
    summary: 'How sources do: whether their targets answer, what waits for them, and what their last reading found.',
    scopes: reads,
    query: paging,
    status: 200,
    answer: Type.Array(SourceHealth),
  },
  getSourceHealth: {
    ...shared,
    method: 'GET',
    path: '/sources/:id',
    summary: 'How one source does.',
    scopes: reads,
    status: 200,
    answer: SourceHealth,
  },
  syncSource: {
    ...shared,
    method: 'POST',
    path: '/sources/:id/sync',
    summary: 'Have a worker read all accounts and entitlements that the target of a source has. Nothing is changed there.',
    scopes: writes,
    status: 202,
    answer: SourceHealth,
  },
  limitSource: {
    ...shared,
    method: 'PUT',
    path: '/sources/:id/limit',
    summary: 'Set how many jobs may be at work with the target of a source at a time; null: as many as is usual.',
    scopes: writes,
    body: Type.Object({ maxJobs: nullable(Type.Integer({ minimum: 1, maximum: 1000 })) }, { additionalProperties: false }),
    status: 200,
    answer: SourceHealth,
  },
  setSourceLeavers: {
    ...shared,
    method: 'PUT',
    path: '/sources/:id/leavers',
    summary: 'Say whether the accounts of people who leave are disabled at the target of a source, and enabled again when they return.',
    scopes: writes,
    body: Type.Object({ disableAccounts: Type.Boolean() }, { additionalProperties: false }),
    status: 200,
    answer: SourceHealth,
  },
  listSourceDrift: {
    ...shared,
    method: 'GET',
    path: '/sources/:id/drift',
    summary: 'Values that came to accounts or left them behind our back, the oldest first.',
    scopes: reads,
    query: {
      all: Type.Optional(Type.Boolean({ default: false, description: 'True: also what was dealt with, or is none any more.' })),
      ...paging,
    },
    status: 200,
    answer: Type.Array(Drift),
  },
  adoptSourceDrift: {
    ...shared,
    method: 'POST',
    path: '/sources/:id/drift/adopt',
    summary: 'Follow the target: what was added becomes imported access, what was removed is given up.',
    scopes: writes,
    body: DriftIds,
    status: 202,
    answer: SettledDrift,
  },
  revertSourceDrift: {
    ...shared,
    method: 'POST',
    path: '/sources/:id/drift/revert',
    summary: 'Make the target follow us: what was added is removed there, what was removed is put back.',
    scopes: writes,
    body: DriftIds,
    status: 202,
    answer: SettledDrift,
  },
} as const satisfies Record<string, Operation>
