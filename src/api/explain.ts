import { Type } from 'typebox'
import { Schemes } from './access-request-status.ts'
import { AccessRequestBody } from './access-requests.ts'
import type { Operation } from './operation.ts'
import { AccessRequestType, enumOf, Flag, IdentityRef, Instant, ItemTypes, nullable, reference, Text } from './schema.ts'
import { MaxDuration, Sentence, SodContext } from './shared-shapes.ts'

/** Operations of our own: what would become of a request, and why somebody is asked. */

const Reason = Type.Object({ rule: Text, text: Text, sentence: Sentence })
/** How many of them hold it, of how many there are, and that as a share (0 to 1; null where there is nobody). */
const Share = Type.Object({ holding: Type.Integer(), total: Type.Integer(), share: nullable(Type.Number()) })
const NamedThing = Type.Object({ id: Text, name: Text })

export const PreviewResponse = Type.Object({
  refused: nullable(Type.Object({ field: nullable(Text), reason: Text })),
  items: Type.Array(
    Type.Object({
      requestedFor: Text,
      requestedObject: reference(ItemTypes),
      cancelledBecause: nullable(Text),
      cancelledSentence: Sentence,
      steps: Type.Array(
        Type.Object({
          stepNumber: Type.Integer(),
          /** How many of the questions of this step need a yes. */
          needed: Type.Integer(),
          scheme: enumOf(Schemes),
          turn: enumOf(['NOW', 'LATER', 'PASSED']),
          people: Type.Array(IdentityRef),
          group: nullable(reference(['GOVERNANCE_GROUP'])),
          explanation: Type.Array(Reason),
        }),
      ),
      sodViolationContext: nullable(SodContext),
      limits: Type.Object({
        commentRequired: Flag,
        denialCommentRequired: Flag,
        endDateRequired: Flag,
        maxPermittedAccessDuration: nullable(MaxDuration),
        latestRemoveDate: nullable(Instant),
      }),
    }),
  ),
})

export const ApprovalExplanation = Type.Object({
  approvalId: Text,
  requestType: AccessRequestType,
  /** True when agreeing takes access away. */
  isRemoval: Flag,
  /** What agreeing does, in one sentence. */
  headline: Text,
  why: Type.Array(Reason),
  requestedObject: reference(ItemTypes),
  requestedFor: IdentityRef,
  startDate: nullable(Instant),
  currentStartDate: nullable(Instant),
  removeDate: nullable(Instant),
  currentRemoveDate: nullable(Instant),
  peers: Type.Object({
    sameManager: Share,
    sameDepartment: Share,
  }),
  alreadyHeld: Type.Array(Type.Object({ type: enumOf(ItemTypes), id: Text, name: Text, since: Instant, removeDate: nullable(Instant) })),
  lastGranted: nullable(Type.Object({ at: Instant, to: NamedThing })),
})

const tag = 'Countersign'

export const explainOperations = {
  previewAccessRequest: {
    method: 'POST',
    path: '/access-requests/preview',
    own: true,
    dialects: ['v1'],
    tag,
    summary: 'What would become of a request: its steps, the people in them and why, or the refusal. Nothing is stored.',
    scopes: ['idn:access-request:manage', 'idn:access-request-self:manage'],
    levels: ['ORG_ADMIN', 'USER'],
    body: AccessRequestBody,
    status: 200,
    answer: PreviewResponse,
  },
  explainApproval: {
    method: 'GET',
    path: '/approvals/:approvalId/explanation',
    own: true,
    dialects: ['v1'],
    tag,
    summary: 'Why an approver is asked, and what helps to decide: who else holds it, what the person has already, when it was last given.',
    scopes: ['idn:access-request-approvals:read', 'idn:access-request-approvals:manage'],
    levels: ['ORG_ADMIN', 'USER'],
    status: 200,
    answer: ApprovalExplanation,
  },
} as const satisfies Record<string, Operation>
