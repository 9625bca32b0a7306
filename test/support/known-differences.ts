import type { Dialect } from '../../src/api/dialect.ts'
import type { Difference } from './compare-published.ts'
import { searchDifferences } from './known-differences-search.ts'

/** A difference from the published schemas that is meant, and why. One that no longer exists must go. */
export interface Known {
  operations: RegExp
  place: RegExp
  kind: Difference['kind']
  /** Only in these; else wherever it is found. */
  in?: readonly Dialect[]
  reason: string
}

const scopes: Known[] = [
  { operations: /^(get|list)/, place: /^scope .*:(manage|update)$/, kind: 'extra', reason: 'who may change something may read it' },
  {
    operations: /AccessRequest$|Approvals$|ApprovalSummary$/,
    place: /^scope idn:access-request-approvals:/,
    kind: 'extra',
    in: ['beta'],
    reason: 'beta names only sp:scopes:all; tokens made for the other versions work there as well',
  },
  {
    operations: /^getAccessRequestApprovalSummary$/,
    place: /-summary:read$/,
    kind: 'extra',
    reason: 'the scope of beta works in every version',
  },
  {
    operations: /^(cancelAccessRequest|loadAccountSelections)$/,
    place: /^scope idn:access-request-self:manage$/,
    kind: 'extra',
    reason: 'whoever may ask for themselves may also look at their choices and take the request back',
  },
  {
    operations: /^loadAccountSelections$/,
    place: /^scope idn:access-request:(create|manage)$/,
    kind: 'extra',
    reason: 'the versions name different scopes; either works in all',
  },
  {
    operations: /^cancelAccessRequestInBulk$/,
    place: /:write$/,
    kind: 'extra',
    reason: 'the prose names the right to write, the schema to manage',
  },
  { operations: /^getIdentity$/, place: /direct-report:read$/, kind: 'extra', reason: 'managers read their reports with it' },
  {
    operations: /AccountActivit/,
    place: /^scope sp:scopes:all$/,
    kind: 'extra',
    reason: 'no scope is published, so only the widest is enough',
  },
]

const later: Known[] = [
  {
    operations: /Status$|Approvals$|WorkItems?$|ApprovalItem/,
    place: /\.(form|jitDetails)$/,
    kind: 'unsent',
    reason: 'forms and just-in-time details are not there (see docs/compatibility.md)',
  },
  {
    operations: /WorkItems?$|ApprovalItem/,
    place: /\.remediationItems\[\]\.\*$/,
    kind: 'unsent',
    reason: 'our work items are manual provisioning only: this list is null',
  },
  {
    operations: /./,
    place: /accessModelMetadata\.attributes\[\]\.\*$/,
    kind: 'unsent',
    reason: 'there is no access model metadata: the list is empty',
  },
  { operations: /Role/, place: /(\.dimensionSchema|assignedDimensions\[\]\.\*)$/, kind: 'unsent', reason: 'roles have no dimensions here' },
  {
    operations: /Entitlement/,
    place: /directPermissions\[\]\.\*$/,
    kind: 'unsent',
    reason: 'entitlements have no direct permissions here: the list is empty',
  },
  {
    operations: /Entitlement/,
    place: /privilegeLevel\.setBy$/,
    kind: 'unsent',
    reason: 'a privilege comes from the import, not from a person',
  },
  { operations: /Account/, place: /ownerIdentity$/, kind: 'unsent', reason: 'accounts of machines are not there' },
  {
    operations: /Source/,
    place: /\.(connectorClass|connectorImplementationId|deleteThreshold|since|passwordPolicies\[\]\.\*|schemas\[\]\.\*)$/,
    kind: 'unsent',
    reason: 'says how the other product runs its connectors; ours have none of it',
  },
  {
    operations: /SodPolic/,
    place: /allowedControls\[\]/,
    kind: 'unsent',
    reason: 'compensating controls are not there: the list is empty',
  },
]

const more: Known[] = [
  {
    operations: /RequestStatus$/,
    place: /\.approvalDetails\[\]\./,
    kind: 'extra',
    reason: 'live answers carry these keys beyond the schema (more-about-approvals)',
  },
  {
    operations: /RequestStatus$/,
    place: /\.workItemId$/,
    kind: 'extra',
    reason: 'without it nobody finds the work item that a row waits for (work-item-has-an-id)',
  },
  {
    operations: /WorkItems?$|ApprovalItem/,
    place: /\.(accessRequestId|forwardHistory)$/,
    kind: 'extra',
    reason: 'which request the work belongs to, and how it moved (work-item-has-an-id)',
  },
  {
    operations: /RoleAssignment/,
    place: /\.type$/,
    kind: 'extra',
    in: ['beta'],
    reason: 'the references of later versions; beta leaves out their type',
  },
  {
    operations: /^startPredictSodViolations$/,
    place: /requestId$/,
    kind: 'extra',
    reason: 'the schema demands one without describing it (prediction-has-an-id)',
  },
  {
    operations: /^forwardWorkItem$/,
    place: /^answer$/,
    kind: 'extra',
    reason: 'an empty object, as every other accepted command answers (forwarded-work-answers-an-object)',
  },
  { operations: /./, place: /^body\[\]\.from$/, kind: 'extra', reason: 'move and copy of RFC 6902 need it, and the schema forgot it' },
  {
    operations: /^(createAccessRequest|loadAccountSelections)$/,
    place: /\.(identityType|formInstanceId|nativeIdentity|requestedForWithRequestedItems)$/,
    kind: 'extra',
    in: ['beta', 'v3', 'v2024', 'v2025', 'v2026'],
    reason: 'read as in v1, and refused with a clear text where it is not there yet',
  },
  {
    operations: /^createAccessRequest$/,
    place: /^body\.(requestedFor|requestedItems)$/,
    kind: 'undemanded',
    reason: 'the nested form does without them (flat-lists-in-nested-form)',
  },
  {
    operations: /^(approve|reject)AccessRequest$/,
    place: /^body\.(author|created)$/,
    kind: 'ignored',
    reason: 'the caller is the author, and now is the time',
  },
  {
    operations: /ApprovalItem/,
    place: /^body$/,
    kind: 'extra',
    reason: 'a text may say why the work was not done (words-with-a-rejection)',
  },
  { operations: /^getWorkItem$/, place: /^query ownerId$/, kind: 'extra', reason: 'published in beta; taken and not needed' },
  {
    operations: /^getEntitlementDetailsForIdentity$/,
    place: /^query /,
    kind: 'extra',
    reason: 'published as part of a path that has no place for them',
  },
  { operations: /^listEntitlement/, place: /^query /, kind: 'extra', reason: 'a parameter that other versions publish' },
  { operations: /^listAccountActivities$/, place: /^query type$/, kind: 'extra', reason: 'published in beta' },
]

const moving: Known[] = [
  {
    operations: /^listReassignmentConfigurations$/,
    place: /^query (limit|offset|count)$/,
    kind: 'extra',
    reason: 'beta publishes pages and the later versions forgot them; one list may be long',
  },
  {
    operations: /Reassignment|^putTenantConfiguration$/,
    place: /^body\.(reassignedToId|configType|configDetails)$/,
    kind: 'demanded',
    reason: 'the schema demands nothing, and without these nothing is said',
  },
  {
    operations: /^(approveBulkAccessRequest|(approve|reject)ApprovalInBulk|moveApproval)$/,
    place: /^scope idn:access-request-approvals:manage$/,
    kind: 'extra',
    reason: 'whoever may decide one by one may do so in bulk (bulk-for-approvers)',
  },
  {
    operations: /ApprovalInBulk$|^(cancelApproval|moveApproval|updateApprovalsReassign)$/,
    place: /^body\.(approvalIds|reassignTo)$/,
    kind: 'demanded',
    reason: 'the schema demands nothing, and without these there is nothing to do',
  },
]

const refusals: Known[] = [
  {
    operations: /./,
    place: /^401\.error_description$/,
    kind: 'extra',
    reason: 'only the token endpoint, which shares the shape, says more',
  },
]

const bodies: Known[] = [
  {
    operations: /SodPolicy$/,
    place: /^body\.(id|created|modified|creatorId|modifierId|policyQuery|scheduled)$/,
    kind: 'ignored',
    reason: 'made by the server',
  },
  { operations: /SodPolicy$/, place: /\.name$/, kind: 'ignored', reason: 'of a reference only the id counts' },
  { operations: /SodPolicy$/, place: /\.allowedControls\[\]/, kind: 'ignored', reason: 'compensating controls are not there' },
  {
    operations: /Sod|^startViolationCheck$/,
    place: /^body/,
    kind: 'demanded',
    reason: 'the schema demands nothing, and without these there is nothing to check',
  },
]

/** Operations that write the catalogue, but for access requests. */
const writes = /^(create|patch|delete|update|put)\w*(Role|AccessProfile|Entitlement|Workgroup)/

const catalogueBodies: Known[] = [
  { operations: writes, place: /\.(name|displayName|emailAddress)$/, kind: 'ignored', reason: 'of a reference only the id counts' },
  { operations: writes, place: /^body\[\]\.name$/, kind: 'ignored', reason: 'of a reference only the id counts' },
  {
    operations: writes,
    place: /^body\.(id|created|modified|memberCount|connectionCount)$/,
    kind: 'ignored',
    reason: 'made by the server',
  },
  {
    operations: writes,
    place: /^body/,
    kind: 'demanded',
    reason: 'the schema demands nothing, and without these there is nothing named or nothing to do',
  },
  {
    operations: /^updateAccessProfilesInBulk$/,
    place: /^body\.(id|requestable)$/,
    kind: 'undemanded',
    reason: 'the schema demands of the list what it means of each in it',
  },
  { operations: /^updateAccessProfilesInBulk$/, place: /^412$/, kind: 'missing', reason: 'it is not said what for' },
  {
    operations: writes,
    place: /accessRequestConfig\.(formDefinitionId|dimensionSchema)$/,
    kind: 'extra',
    reason: 'other versions publish it; refused with a clear text as there',
  },
  {
    operations: writes,
    place: /^body\.jsonPatch\[\]\.from$/,
    kind: 'extra',
    reason: 'move and copy of RFC 6902 need it, and the schema forgot it',
  },
  {
    operations: /^createAccessProfile$/,
    place: /^scope .*:read$/,
    kind: 'missing',
    reason: 'who may only read makes nothing (read-scopes-do-not-write)',
  },
  {
    operations: /^(patchEntitlement|updateEntitlementsInBulk)$/,
    place: /^scope .*:(manage|update)$/,
    kind: 'extra',
    reason: 'the versions name different scopes; either works in all',
  },
]

const names: Known[] = [
  {
    operations: /^forwardWorkItem$/,
    place: /^operationId$/,
    kind: 'other',
    in: ['beta', 'v3'],
    reason: 'one operation has one name here; only documents show it',
  },
]

const slips: Known[] = [
  {
    operations: /^getCountCompletedWorkItems$/,
    place: /^answer$/,
    kind: 'type',
    in: ['beta'],
    reason: 'beta shows a list of one count where every other version shows the count (completed-count-is-one-count)',
  },
  {
    operations: /^getCountCompletedWorkItems$/,
    place: /^query (limit|offset)$/,
    kind: 'missing',
    in: ['beta'],
    reason: 'beta takes a page of the one count (completed-count-is-one-count)',
  },
]

export const knownDifferences: Known[] = [
  ...scopes,
  ...later,
  ...more,
  ...moving,
  ...refusals,
  ...bodies,
  ...catalogueBodies,
  ...names,
  ...slips,
  ...searchDifferences,
]

/** Operations that no published document holds, and why they are there. */
export const unpublished: { operations: RegExp; reason: string }[] = [
  { operations: /SourceApps?$/, reason: 'published, but not in the documents that lie beside the repository' },
  { operations: /^getEntitlementDetailsForIdentityByPath$/, reason: 'the form whose path has a place for the published path parameters' },
]
