import { DomainError } from './errors.ts'

export type OwnerType = 'IDENTITY' | 'GOVERNANCE_GROUP'

export interface OwnerRef {
  type: OwnerType
  id: string
}

/** One side of a policy: what it is called and its entitlements, as they were written down. */
export interface SodSide {
  name: string
  entitlementIds: string[]
}

/** What is kept with a policy for those who read it; nothing acts on it. */
export interface SodNotes {
  externalReference: string | null
  compensatingControls: string | null
  level: string | null
  secondaryOwners: OwnerRef[]
  violationOwner: Record<string, unknown> | null
}

/** What an org admin decides about a policy. */
export interface SodPolicyTerms {
  name: string
  description: string | null
  state: 'ENFORCED' | 'NOT_ENFORCED'
  owner: OwnerRef
  left: SodSide
  right: SodSide
  correctionAdvice: string | null
  tags: string[]
  notes: SodNotes
}

/** Something a policy names, and the field of the caller's input that does. */
export interface PolicyReference {
  type: OwnerType | 'ENTITLEMENT'
  id: string
  field: string
}

/** Passes when no entitlement stands on both sides: such a policy would be broken by one entitlement alone. Refuses with the field. */
export function mayStandApart(left: PolicyReference[], right: PolicyReference[]): void {
  const onTheLeft = new Set(left.map(({ id }) => id))
  const twice = right.find(({ id }) => onTheLeft.has(id))
  if (twice) throw new DomainError('invalid', 'stands on the left side too; an entitlement cannot conflict with itself.', twice.field)
}
