import { Type } from 'typebox'
import { ErrorMessage, enumOf, Flag, IdentityRef, Instant, nullable, StringMap, Text } from './schema.ts'

/** Shapes that request status and approvals have in common. */

export const Comment = Type.Object({ comment: nullable(Text), created: Instant, author: IdentityRef })

export const ForwardHistory = Type.Object({
  oldApproverName: Text,
  newApproverName: Text,
  comment: nullable(Text),
  modified: Instant,
  forwarderName: nullable(Text),
  reassignmentType: enumOf(['MANUAL_REASSIGNMENT', 'AUTOMATIC_REASSIGNMENT', 'AUTO_ESCALATION', 'SELF_REVIEW_DELEGATION']),
})

const Criteria = Type.Object({
  criteriaList: Type.Array(Type.Object({ existing: Flag, type: enumOf(['ENTITLEMENT']), id: Text, name: Text })),
})

const SodPolicyRef = Type.Object({ type: enumOf(['SOD_POLICY']), id: Text, name: Text })

export const SodContext = Type.Object({
  state: enumOf(['SUCCESS', 'ERROR']),
  uuid: Text,
  violationCheckResult: Type.Object({
    message: Type.Optional(ErrorMessage),
    clientMetadata: StringMap,
    violationContexts: Type.Array(
      Type.Object({ policy: SodPolicyRef, conflictingAccessCriteria: Type.Object({ leftCriteria: Criteria, rightCriteria: Criteria }) }),
    ),
    violatedPolicies: Type.Array(SodPolicyRef),
  }),
})

export const RequestedAccount = Type.Object({
  name: Text,
  type: enumOf(['ACCOUNT']),
  accountUuid: nullable(Text),
  accountId: nullable(Text),
  sourceName: Text,
})

/** A text without its language, for clients that speak another than English; null where the text is nobody's but its own, such as what a target said. */
export const Sentence = nullable(
  Type.Object(
    { id: Text, values: Type.Record(Type.String(), Text) },
    { description: 'Which sentence the text is, and what stands in its gaps.' },
  ),
)

export const MaxDuration = Type.Object({ value: Type.Integer(), timeUnit: enumOf(['HOURS', 'DAYS', 'WEEKS', 'MONTHS']) })

export const StepStates = ['PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'CANCELLED', 'ARCHIVED'] as const

/** What became of one of many: done, refused (unknown, not theirs, too late or otherwise impossible, not allowed as it stands), or failed. */
export const BulkOutcomes = ['DONE', 'NOT_FOUND', 'FORBIDDEN', 'CONFLICT', 'INVALID', 'FAILED'] as const

// compat: bulk-tells-each. The contract answers an empty object, also for ids that do not exist; here it says what became of each.
export const BulkAnswer = Type.Object({
  results: Type.Array(Type.Object({ id: Text, outcome: enumOf(BulkOutcomes), reason: nullable(Text) })),
})
