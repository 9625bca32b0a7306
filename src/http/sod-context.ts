import type { Conflict, ConflictingAccess, SodCheck } from '../domain/sod.ts'

/** What a check of separation of duties found, as status rows and approvals carry it. */
export function sodContext({ state, uuid, conflicts }: SodCheck) {
  const violatedPolicies = conflicts.map(({ policy }) => policyRef(policy))
  return { state, uuid, violationCheckResult: { clientMetadata: {}, violationContexts: violationContexts(conflicts), violatedPolicies } }
}

/** One context for each policy that is broken, with what breaks it on either side. */
export function violationContexts(conflicts: Conflict[]) {
  return conflicts.map(({ policy, left, right }) => ({
    policy: policyRef(policy),
    conflictingAccessCriteria: {
      leftCriteria: { criteriaList: left.map(accessRef) },
      rightCriteria: { criteriaList: right.map(accessRef) },
    },
  }))
}

// compat: sod-policy-is-a-policy. The contract types the policy of a predicted violation as SOD_POLICY and as ENTITLEMENT at once; it is
// the former, as everywhere else.
function policyRef({ id, name }: Conflict['policy']) {
  return { type: 'SOD_POLICY', id, name }
}

function accessRef({ existing, id, name }: ConflictingAccess) {
  return { existing, type: 'ENTITLEMENT', id, name }
}
