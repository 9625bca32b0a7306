import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { AssignmentOrigin, ItemType, Policy, RequestConfig, RequestKind } from '../domain/access-model.ts'
import type { AccountChoice } from '../domain/held.ts'
import type { ApprovalState, AssignmentState, ItemState, StepState, WorkItemState } from '../domain/lifecycle.ts'
import type { NoticeKind } from '../domain/notice.ts'
import type { StepCause } from '../domain/provisioning.ts'
import type { ReassignedWork } from '../domain/reassignment.ts'
import type { Reason } from '../domain/routing.ts'
import type { SodCheck } from '../domain/sod.ts'
import type { OwnerType, SodNotes } from '../domain/sod-policy.ts'
import type { MailErrorKind } from '../ports.ts'
import type { SyncTables } from './tables-sync.ts'

/** The rows as they are: one interface per table of migrations/, in the same order. */

type Json<T> = ColumnType<T, string, string>
type NullableJson<T> = ColumnType<T | null, string | null, string | null>
type NullableDate = Date | null
type Metadata = NullableJson<Record<string, string>>

export interface Tables extends SyncTables {
  identity: {
    id: string
    alias: string
    name: string
    first_name: Generated<string>
    last_name: Generated<string>
    email: string | null
    manager_id: string | null
    department: string | null
    status: Generated<'ACTIVE' | 'INACTIVE'>
    is_admin: Generated<boolean>
    created_at: Date
    modified_at: Date
    to_mend: Generated<boolean>
  }
  governance_group: {
    id: string
    name: string
    description: string | null
    owner_id: string | null
    created_at: Date
    modified_at: Date
  }
  governance_group_member: { group_id: string; identity_id: string }
  source: {
    id: string
    name: string
    description: string | null
    owner_id: string
    connector: string | null
    connector_settings: string | null
    request_config: NullableJson<RequestConfig>
    created_at: Date
    modified_at: Date
    max_jobs: Generated<number | null>
    paused_until: Generated<Date | null>
    disables_leavers: Generated<boolean>
  }
  access_item: {
    id: string
    type: ItemType
    name: string
    description: string | null
    owner_id: string | null
    additional_owner_ids: Generated<string[]>
    additional_group_ids: Generated<string[]>
    source_id: string | null
    attribute: string | null
    value: string | null
    requestable: Generated<boolean>
    enabled: Generated<boolean>
    privileged: Generated<boolean>
    request_config: NullableJson<RequestConfig>
    seen_in: Generated<string | null>
    created_at: Date
    modified_at: Date
  }
  access_item_part: { whole_id: string; part_id: string }
  application: {
    id: string
    name: string
    description: string | null
    owner_id: string | null
    source_id: string | null
    created_at: Date
    modified_at: Date
  }
  application_access_profile: { application_id: string; access_profile_id: string }
  account: {
    id: string
    source_id: string
    native_identity: string
    identity_id: string | null
    name: string
    disabled: Generated<boolean>
    present: Generated<boolean>
    seen_in: Generated<string | null>
    switched_off: Generated<boolean>
    leased_by: string | null
    leased_until: NullableDate
    created_at: Date
    modified_at: Date
  }
  access_request: {
    id: string
    kind: RequestKind
    requester_id: string
    recipient_id: string
    attributes_hash: number
    client_metadata: Metadata
    created_at: Date
  }
  requested_item: {
    id: string
    request_id: string
    kind: RequestKind
    requester_id: string
    recipient_id: string
    item_type: ItemType
    item_id: string
    state: ItemState
    same_ask: string
    comment: string | null
    client_metadata: Metadata
    start_at: NullableDate
    end_at: NullableDate
    current_start_at: NullableDate
    current_end_at: NullableDate
    account_selection: NullableJson<AccountChoice[]>
    assignment_id: string | null
    native_identity: string | null
    policy: Json<Policy>
    step_number: Generated<number>
    approvals_started_at: NullableDate
    approvals_finished_at: NullableDate
    provisioning_started_at: NullableDate
    finished_at: NullableDate
    cancelled_by: string | null
    cancel_comment: string | null
    duplicate: Generated<boolean>
    close_execution: 'Terminated' | 'Completed' | null
    close_completion: 'Success' | 'Incomplete' | 'Failure' | null
    close_message: string | null
    error_messages: JSONColumnType<string[], string | undefined, string>
    created_at: Date
    modified_at: Date
    sod: NullableJson<SodCheck>
  }
  approval: {
    id: string
    requested_item_id: string
    step_number: number
    scheme: string
    original_owner_type: 'IDENTITY' | 'GOVERNANCE_GROUP'
    original_owner_id: string
    owner_id: string | null
    state: ApprovalState
    decided_by: string | null
    decided_at: NullableDate
    comment: string | null
    explanation: Json<Reason[]>
    remind_at: NullableDate
    escalate_at: NullableDate
    expires_at: NullableDate
    created_at: Date
    modified_at: Date
    reminders_sent: Generated<number>
    escalations: Generated<number>
    round_started_at: NullableDate
    named_id: string | null
    rule_holder_id: string | null
  }
  approval_candidate: { approval_id: string; identity_id: string; open: boolean; created_at: Date }
  approval_move: {
    id: string
    approval_id: string
    reason: 'MANUAL_REASSIGNMENT' | 'AUTOMATIC_REASSIGNMENT' | 'AUTO_ESCALATION' | 'SELF_REVIEW_DELEGATION'
    from_name: string
    to_id: string
    to_name: string
    moved_by_name: string | null
    comment: string | null
    created_at: Date
  }
  assignment: {
    id: string
    identity_id: string
    item_type: ItemType
    item_id: string
    origin: AssignmentOrigin
    state: AssignmentState
    account_id: string | null
    requested_item_id: string | null
    start_at: NullableDate
    end_at: NullableDate
    end_set_at: Generated<Date | null>
    created_at: Date
    modified_at: Date
  }
  access_grant: {
    id: string
    account_id: string
    entitlement_id: string
    present: boolean
    checked_at: NullableDate
    touched_at: Generated<Date | null>
    created_at: Date
  }
  assignment_grant: { assignment_id: string; grant_id: string }
  provisioning_step: {
    id: string
    requested_item_id: string | null
    assignment_id: string | null
    grant_id: string
    source_id: string
    account_id: string
    operation: 'ADD' | 'REMOVE'
    state: StepState
    attempts: Generated<number>
    first_tried_at: NullableDate
    retry_at: NullableDate
    last_error: string | null
    verified: Generated<boolean>
    taken: Generated<boolean>
    in_doubt: Generated<boolean>
    cause: Generated<StepCause | null>
    created_at: Date
    modified_at: Date
  }
  work_item: {
    id: string
    step_id: string
    requested_item_id: string | null
    owner_id: string
    original_owner_id: string
    state: WorkItemState
    description: string
    completed_by: string | null
    completed_at: NullableDate
    comment: string | null
    forward_history: JSONColumnType<ForwardEntry[], string | undefined, string>
    created_at: Date
    modified_at: Date
  }
  job: {
    id: string
    name: string
    key: string
    payload: Json<Record<string, string>>
    run_at: Generated<Date>
    attempts: Generated<number>
    locked_by: string | null
    locked_until: NullableDate
    last_error: string | null
    source_id: Generated<string | null>
    account_id: Generated<string | null>
  }
  audit_event: {
    id: string
    action: string
    actor_id: string | null
    target_id: string | null
    tracking_number: string | null
    canonical: string
    leaf_hash: string
    /** A tsvector. */
    words: Generated<string>
    created_at: Date
  }
  outgoing_event: { id: string; type: string; payload: Json<object>; created_at: Date; handled_at: NullableDate }
  oauth_client: {
    id: string
    name: string
    secret_hash: string
    identity_id: string | null
    scopes: string[]
    token_validity_seconds: Generated<number>
    expires_at: NullableDate
    last_used_at: NullableDate
    created_by: string | null
    created_at: Date
    managed: Generated<boolean>
    never_expires_confirmed: Generated<boolean>
  }
  setting: { key: string; value: Json<unknown>; modified_at: Date }
  idempotency_key: { client_id: string; key: string; request_hash: string; status: number; body: string; created_at: Generated<Date> }
  sod_policy: {
    id: string
    name: string
    description: string | null
    type: 'CONFLICTING_ACCESS_BASED'
    state: 'ENFORCED' | 'NOT_ENFORCED'
    owner_type: OwnerType
    owner_id: string
    left_name: string
    right_name: string
    correction_advice: string | null
    tags: string[]
    notes: Json<SodNotes>
    creator_id: string
    modifier_id: string | null
    created_at: Date
    modified_at: Date
  }
  sod_policy_entitlement: { policy_id: string; entitlement_id: string; side: 'LEFT' | 'RIGHT'; place: number }
  notification: {
    id: string
    kind: NoticeKind
    identity_id: string
    approval_id: string | null
    requested_item_id: string | null
    assignment_id: string | null
    work_item_id: Generated<string | null>
    occurrence: string
    once_key: string
    state: Generated<'WAITING' | 'SENT' | 'DROPPED' | 'FAILED'>
    mail_id: string | null
    attempts: Generated<number>
    failure: MailErrorKind | null
    last_error: string | null
    leased_by: string | null
    waiting_since: Generated<Date>
    leased_until: NullableDate
    retry_at: NullableDate
    ended_at: NullableDate
    created_at: Date
  }
  reassignment: {
    id: string
    from_id: string
    kind: ReassignedWork
    to_id: string
    start_at: Date
    end_at: NullableDate
    follow_at: NullableDate
    followed_to: Generated<string>
    looks: Generated<number>
    created_by: string
    modified_by: string
    created_at: Date
    modified_at: Date
  }
  bulk_move: { id: string; to_id: string | null; comment: string; ordered_by: string; created_at: Date; finished_at: NullableDate }
  bulk_move_part: {
    bulk_move_id: string
    place: number
    from_id: string
    approval_id: string | null
    work_item_id: string | null
    outcome: Generated<'WAITING' | 'MOVED' | 'LEFT' | 'FAILED'>
    attempts: Generated<number>
    to_id: string | null
    reason: string | null
  }
  sweep_turn: { name: string; taken_at: Date }
  web_session: {
    id: string
    secret_hash: string
    identity_id: string
    method: 'OPENID' | 'SANDBOX'
    created_at: Generated<Date>
    used_at: Generated<Date>
  }
  business_clock: { only_row: Generated<boolean>; held_at: NullableDate; offset_ms: ColumnType<string, number, number> }
}

/** One hand-over of a work item, as the wire lists them: names, not ids. */
export interface ForwardEntry {
  oldApproverName: string
  newApproverName: string
  comment: string | null
  modified: string
  forwarderName: string | null
  reassignmentType: 'MANUAL_REASSIGNMENT' | 'AUTOMATIC_REASSIGNMENT'
}
